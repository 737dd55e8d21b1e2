#include "rights/archive_html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace samtal::rights {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto attack = "</td></table><script>alert(\"x\" + 'y')</script>&amp;";
constexpr auto harmless =
    "&lt;/td&gt;&lt;/table&gt;&lt;script&gt;alert(&quot;x&quot; + &#39;y&#39;)&lt;/script&gt;&amp;amp;";

ArchivePlan plan(std::string const& text, std::string language = "sv") {
    processing::Words const words{text, text};
    processing::Register in_force;
    in_force.controller = in_force.contact = in_force.authority = in_force.version = text;
    in_force.categories = {{text, words}};
    in_force.recipients = {{text, words, text, text, text, text, text}};
    processing::PurposeEntry purpose;
    purpose.title = purpose.reason = purpose.kept = words;
    purpose.basis = purpose.law = text;
    purpose.categories = purpose.recipients = {text};
    in_force.purposes = {purpose};
    ArchiveTable const table{text, text, text, {{text, ColumnKind::plain, text}}, {{text, text, text}}};
    return {std::move(language), in_force, {table}, {{text, text, text}}};
}

std::string page(ArchivePlan const& p, ArchiveRow const& row) {
    return html_head(p, View::access, parse_rfc3339("2026-03-04T05:06:07Z").value()) + html_table(p.tables[0]) +
           html_row(row) + html_table_end(p, p.tables[0], 1) + html_foot(p);
}

TEST(ArchiveHtml, EscapesWhateverComesFromElsewhere) {
    std::string const html = page(plan(attack), {"{}", {attack}});
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, HasSubstr(std::string{"<td>"} + harmless + "</td>"));
    EXPECT_THAT(html, HasSubstr(std::string{"<th>"} + harmless + "</th>"));
    EXPECT_THAT(html, HasSubstr(std::string{"<h3>"} + harmless + "</h3>"));
}

TEST(ArchiveHtml, ShowsAnAbsentValueAsAnEmptyCell) {
    EXPECT_EQ(html_row({"{}", {std::nullopt, "x"}}), "<tr><td></td><td>x</td></tr>\n");
}

TEST(ArchiveHtml, SpeaksTheLanguageAndSaysWhenThereIsNothing) {
    auto const sv = plan("x", "sv");
    auto const en = plan("x", "en");
    EXPECT_THAT(html_table_end(sv, sv.tables[0], 0), HasSubstr("Inga uppgifter."));
    EXPECT_THAT(html_table_end(en, en.tables[0], 0), HasSubstr("No data."));
    EXPECT_THAT(html_table_end(en, en.tables[0], 1), Not(HasSubstr("No data.")));
    Timestamp const made = parse_rfc3339("2026-03-04T05:06:07Z").value();
    EXPECT_THAT(html_head(sv, View::portability, made), HasSubstr("<html lang=\"sv\">"));
    EXPECT_THAT(html_head(sv, View::portability, made), HasSubstr("artikel 20"));
    EXPECT_THAT(html_head(en, View::access, made), HasSubstr("Article 15"));
    EXPECT_THAT(html_head(en, View::access, made), HasSubstr("2026-03-04T05:06:07.000Z"));
}

}  // namespace
}  // namespace samtal::rights
