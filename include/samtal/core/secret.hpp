#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace samtal {

/// A password, token or key on its way through the server: prints as "[secret]" and is wiped when it goes.
class Secret {
public:
    explicit Secret(std::string value) noexcept : value_{std::move(value)} {}
    Secret(Secret&& other) noexcept : value_{std::move(other.value_)} { wipe(other.value_); }
    Secret& operator=(Secret&& other) noexcept {
        wipe(value_);
        value_ = std::move(other.value_);
        wipe(other.value_);
        return *this;
    }
    Secret(Secret const&) = delete;
    Secret& operator=(Secret const&) = delete;
    ~Secret() { wipe(value_); }

    [[nodiscard]] std::string_view reveal() const noexcept { return value_; }

private:
    /// A volatile loop, because the compiler may drop a memset nobody reads.
    static void wipe(std::string& value) noexcept {
        for (std::size_t i = 0; i < value.size(); ++i) static_cast<char volatile&>(value[i]) = 0;
        value.clear();
    }

    std::string value_;
};

}  // namespace samtal

template <>
struct fmt::formatter<samtal::Secret> : fmt::formatter<std::string_view> {
    template <class Context>
    auto format(samtal::Secret const&, Context& out) const {
        return fmt::formatter<std::string_view>::format("[secret]", out);
    }
};
