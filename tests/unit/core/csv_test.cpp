#include "samtal/core/csv.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace samtal {
namespace {

std::string line(std::vector<std::optional<std::string>> const& cells) {
    return csv_line(cells);
}

TEST(Csv, QuotesAsRfc4180Says) {
    EXPECT_EQ(line({"a", "b c", ""}), "a,b c,\r\n");
    EXPECT_EQ(line({"a,b", "say \"hi\"", "two\nlines", "two\r\nlines"}),
              "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"two\r\nlines\"\r\n");
    EXPECT_EQ(line({std::nullopt, "x", std::nullopt}), ",x,\r\n");
}

TEST(Csv, LetsNoCellBecomeAFormula) {
    for (std::string const begin : {"=", "+", "-", "@", "\t"})
        EXPECT_EQ(line({begin + "1"}), "'" + begin + "1\r\n");
    EXPECT_EQ(line({"\r1"}), "\"'\r1\"\r\n");
    EXPECT_EQ(line({"=A1,\"x\""}), "\"'=A1,\"\"x\"\"\"\r\n");
    EXPECT_EQ(line({"=", "1=1", "a-b"}), "'=,1=1,a-b\r\n");
}

}  // namespace
}  // namespace samtal
