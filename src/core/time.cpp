#include "samtal/core/time.hpp"

#include <fmt/format.h>

namespace samtal {

namespace {

using namespace std::chrono;

/// Reads fixed-width decimal digits and single characters off the front of a text.
class Cursor {
public:
    explicit Cursor(std::string_view text) noexcept : rest_{text} {}

    int number(std::size_t width) noexcept {
        if (rest_.size() < width) return fail();
        int value = 0;
        for (char const c : rest_.substr(0, width)) {
            if (c < '0' || c > '9') return fail();
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(width);
        return value;
    }
    bool take(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool take_either(char a, char b) noexcept { return take(a) || take(b); }
    void expect(bool good) noexcept { good_ = good_ && good; }
    [[nodiscard]] bool next_is_digit() const noexcept {
        return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
    }
    [[nodiscard]] bool finished() const noexcept { return good_ && rest_.empty(); }
    [[nodiscard]] bool good() const noexcept { return good_; }

private:
    int fail() noexcept {
        good_ = false;
        return 0;
    }

    std::string_view rest_;
    bool good_ = true;
};

Timestamp read_date(Cursor& in) noexcept {
    year const y{in.number(4)};
    in.expect(in.take('-'));
    month const m{static_cast<unsigned>(in.number(2))};
    in.expect(in.take('-'));
    day const d{static_cast<unsigned>(in.number(2))};
    year_month_day const date{y, m, d};
    in.expect(date.ok() && y >= year{1970});
    return date.ok() ? Timestamp{sys_days{date}} : Timestamp{};
}

milliseconds read_fraction(Cursor& in) noexcept {
    milliseconds fraction{0};
    if (!in.take('.')) return fraction;
    in.expect(in.next_is_digit());
    for (int scale = 100; in.good() && in.next_is_digit(); scale /= 10)
        fraction += milliseconds{in.number(1) * scale};
    return fraction;
}

minutes read_offset(Cursor& in) noexcept {
    if (in.take_either('Z', 'z')) return minutes{0};
    bool const west = in.take('-');
    in.expect(west || in.take('+'));
    int const h = in.number(2);
    in.expect(in.take(':'));
    int const m = in.number(2);
    in.expect(h < 24 && m < 60);
    minutes const offset = hours{h} + minutes{m};
    return west ? -offset : offset;
}

}  // namespace

std::string rfc3339(Timestamp at) {
    auto const day_point = floor<days>(at);
    year_month_day const date{day_point};
    hh_mm_ss const time{at - day_point};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       time.subseconds().count());
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept {
    Cursor in{text};
    Timestamp at = read_date(in);
    in.expect(in.take_either('T', 't'));
    int const h = in.number(2);
    in.expect(in.take(':'));
    int const m = in.number(2);
    in.expect(in.take(':'));
    int const s = in.number(2);
    in.expect(h < 24 && m < 60 && s < 61);  // 60: a leap second counts as the next one
    at += hours{h} + minutes{m} + seconds{s} + read_fraction(in);
    at -= read_offset(in);
    if (!in.finished() || at < Timestamp{}) return std::nullopt;
    return at;
}

std::optional<Timestamp> parse_full_date(std::string_view text) noexcept {
    Cursor in{text};
    Timestamp const at = read_date(in);
    if (!in.finished()) return std::nullopt;
    return at;
}

}  // namespace samtal
