#pragma once

#include "samtal/core/id.hpp"
#include "samtal/core/time.hpp"

#include <pqxx/pqxx>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Between C++ and PostgreSQL's text format. Times travel as whole milliseconds since 1970: a statement writes
// `to_timestamp($1 / 1000.0)`, reads `(extract(epoch FROM t) * 1000)::bigint`.
namespace samtal::storage {

[[nodiscard]] inline std::int64_t ms(Timestamp at) {
    return at.time_since_epoch().count();
}
[[nodiscard]] inline Timestamp time_of(pqxx::field const& f) {
    return Timestamp{std::chrono::milliseconds{f.as<std::int64_t>()}};
}
[[nodiscard]] inline std::optional<Timestamp> optional_time_of(pqxx::field const& f) {
    if (f.is_null()) return std::nullopt;
    return time_of(f);
}
template <class SomeId>
[[nodiscard]] SomeId id_of(pqxx::field const& f) {
    return SomeId::parse(std::string_view{f.c_str(), f.size()}).value();
}
[[nodiscard]] inline std::string text_of(pqxx::field const& f) {
    return {f.c_str(), f.size()};
}

/// A bytea parameter in hex, which both libpqxx 6 and 7 pass on as it is: "\x…".
[[nodiscard]] std::string bytea(std::string_view bytes);
/// The bytes of a bytea column.
[[nodiscard]] std::string bytes_of(pqxx::field const&);

/// Array literals for `$1::uuid[]` and friends.
class ArrayLiteral {
public:
    void add(std::string_view plain);  // uuid, number, "\x…": nothing that needs more than quotes
    void add_text(std::string_view any);
    void add_null();
    [[nodiscard]] std::string text() const { return text_ + "}"; }

private:
    void separate();
    std::string text_ = "{";
};

}  // namespace samtal::storage
