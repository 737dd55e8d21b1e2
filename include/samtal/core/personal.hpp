#pragma once

#include "samtal/core/permit.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace samtal {

/// A value of one personal field. It opens only with a permit for a purpose that the register lets
/// read that field, and prints as "[personal]", so it can sit in a struct that is logged.
template <class T, class Field>
class Personal {
public:
    explicit Personal(T value) : value_{std::move(value)} {}

    template <Purpose P>
        requires may_read<P, Field>
    [[nodiscard]] T const& open(Permit<P> const&) const& noexcept {
        return value_;
    }

private:
    T value_;
};

}  // namespace samtal

template <class T, class Field>
struct fmt::formatter<samtal::Personal<T, Field>> : fmt::formatter<std::string_view> {
    template <class Context>
    auto format(samtal::Personal<T, Field> const&, Context& out) const {
        return fmt::formatter<std::string_view>::format("[personal]", out);
    }
};
