#include "samtal/ops/log.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace samtal::ops {
namespace {

/// The lines that `write` leaves on standard error.
template <class Write>
std::string lines_of(Write write) {
    ::testing::internal::CaptureStderr();
    write();
    return ::testing::internal::GetCapturedStderr();
}

class LogTest : public ::testing::Test {
protected:
    LogTest() { EXPECT_TRUE(start_log("samtal-test", "info")); }
};

TEST_F(LogTest, WritesOneJsonObjectALine) {
    auto const line = lines_of([] {
        write_log(Level::warning, "database.gone",
                  fields(field("purpose", "chat_messaging"), field("after_s", 3)));
    });
    ASSERT_EQ(std::ranges::count(line, '\n'), 1);
    auto const parsed = nlohmann::json::parse(line);
    EXPECT_EQ(parsed["level"], "warning");
    EXPECT_EQ(parsed["service"], "samtal-test");
    EXPECT_EQ(parsed["event"], "database.gone");
    EXPECT_EQ(parsed["purpose"], "chat_messaging");
    EXPECT_EQ(parsed["after_s"], 3);
    EXPECT_TRUE(parsed["at"].is_string());
}

TEST_F(LogTest, KeepsAnEventOnItsLineWhateverItsTextHolds) {
    std::string const hostile = "a\r\n{\"level\":\"forged\"}\t\x1b[31m\\ {} %s \x7f";
    auto const line = lines_of([&] { write_log(Level::info, "x", field("text", hostile)); });
    ASSERT_EQ(std::ranges::count(line, '\n'), 1);
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(line)["text"], hostile);
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
    EXPECT_EQ(lines_of([] { write_log(Level::debug, "x"); }), "");
    set_log_level("debug");
    EXPECT_NE(lines_of([] { write_log(Level::debug, "x"); }), "");
    EXPECT_FALSE(start_log("samtal-test", "loud"));
}

}  // namespace
}  // namespace samtal::ops
