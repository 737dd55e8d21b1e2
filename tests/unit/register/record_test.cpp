#include "samtal/register/record.hpp"

#include <gtest/gtest.h>

namespace samtal::processing {
namespace {

TEST(Record, CellsAreNoFormulasAndKeepQuotesAndCommas) {
    Register r = built_in();
    r.purposes.front().title = {"=HYPERLINK(\"x\")", "-1+1"};
    r.purposes.front().reason = {"a, \"b\"", "@c"};
    auto const sv = record(r, RecordFormat::csv, "sv");
    EXPECT_NE(sv.find("\"'=HYPERLINK(\"\"x\"\")\""), std::string::npos);
    EXPECT_NE(sv.find("\"a, \"\"b\"\"\""), std::string::npos);
    auto const en = record(r, RecordFormat::csv, "en");
    EXPECT_NE(en.find("\"'-1+1\""), std::string::npos);
    EXPECT_NE(en.find("\"'@c\""), std::string::npos);
}

TEST(Record, MarkdownShowsMarkupAsItIs) {
    Register r = built_in();
    r.purposes.front().title.sv = "# <b>*fet*</b>";
    EXPECT_NE(record(r, RecordFormat::markdown, "sv").find("## \\# \\<b\\>\\*fet\\*\\</b\\>"), std::string::npos);
}

TEST(Record, IsTheSameEachTime) {
    for (auto const format : {RecordFormat::markdown, RecordFormat::csv, RecordFormat::json})
        EXPECT_EQ(record(built_in(), format, "en"), record(built_in(), format, "en"));
}

}  // namespace
}  // namespace samtal::processing
