#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace samtal::processing {

/// An ISO 8601 duration of years, months and days.
struct Period {
    unsigned years = 0, months = 0, days = 0;

    [[nodiscard]] static std::optional<Period> parse(std::string_view);
    [[nodiscard]] bool is_zero() const noexcept { return years == 0 && months == 0 && days == 0; }
    /// "1 år och 6 månader"
    [[nodiscard]] std::string in_words(std::string_view language) const;
};

/// How long the law lets some data live.
struct Limit {
    std::string of, period;
    unsigned days;  // how few that can be, whichever months it falls in
    std::string law;
};

[[nodiscard]] bool is_longer(Period const&, Limit const&);

}  // namespace samtal::processing
