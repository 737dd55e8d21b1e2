#pragma once

#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace samtal {

/// Expected outcomes a caller must handle. Breakage (database down, bug) is an exception instead.
enum class Errc {
    invalid,          // 400
    unauthenticated,  // 401
    denied,           // 403
    not_found,        // 404: absent, or somebody else's
    conflict,         // 409
    throttled,        // 429: this caller, too often
    exhausted,        // 503: the server has no room for it now
};

/// Text that stands in the source. User data cannot become a Literal, so it cannot leak through an Error.
class Literal {
public:
    consteval Literal(char const* text) : text_{text} {}
    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

private:
    std::string_view text_;
};

struct Error {
    Errc code = Errc::invalid;
    Literal reason = "no error";  // for a person; Boost.System needs a default, nothing reads it
    Literal field = "";           // which input field, when there is one
    Literal problem = "";         // stable name of the problem type where the code's own is too coarse
    std::string_view purpose{};   // for consent-required: a name out of the register, never data
};

template <class T>
using Result = boost::system::result<T, Error>;

/// Called by Result::value() when there is no value: reaching this is a bug in the caller.
[[noreturn]] inline void throw_exception_from_error(Error const& e, boost::source_location const&) {
    throw std::logic_error{"unchecked Result: " + std::string{e.reason.text()}};
}

/// Something that cannot be used now and may be again: the database, the key store. Becomes 503.
class Unavailable : public std::runtime_error {
public:
    explicit Unavailable(Literal what) : std::runtime_error{std::string{what.text()}} {}
};

}  // namespace samtal
