#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::contacts {

/// The content lines of a vCard text (RFC 6350 §3.2), unfolded. Lines end in CRLF or, as many programs write them,
/// in LF. `text` outlives it.
class ContentLines {
public:
    explicit ContentLines(std::string_view text);
    /// Nothing after the last.
    [[nodiscard]] std::optional<std::string> next();

private:
    std::string_view physical();
    std::string_view rest_;
};

/// "item1.TEL;TYPE=cell:+46701740605", taken apart.
struct Property {
    std::string name;      // in upper case, without its group
    std::string encoding;  // in upper case; vCard 3.0 and older
    std::string value;     // as it stands
};
/// Nothing for a line that is none.
[[nodiscard]] std::optional<Property> property_of(std::string_view line);

/// A text value without its backslashes; a line break becomes a space.
[[nodiscard]] std::string unescaped(std::string_view value);
/// The parts between semicolons, each unescaped.
[[nodiscard]] std::vector<std::string> components(std::string_view value);
/// A text value with the backslashes it needs.
[[nodiscard]] std::string escaped(std::string_view text);
/// The line, folded at 75 bytes and never inside of a character, with its line end.
[[nodiscard]] std::string folded(std::string_view line);

}  // namespace samtal::contacts
