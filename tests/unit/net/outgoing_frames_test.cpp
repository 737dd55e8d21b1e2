#include "net/outgoing_frames.hpp"

#include <gtest/gtest.h>

#include <string>

namespace samtal::net {
namespace {

SharedText frame(std::string text) {
    return std::make_shared<std::string const>(std::move(text));
}

TEST(OutgoingFrames, TakesNoMoreThanItsBytesUntilSomeAreWritten) {
    OutgoingFrames frames{300};
    EXPECT_TRUE(frames.add(frame(std::string(100, 'a'))));
    EXPECT_TRUE(frames.add(frame(std::string(100, 'b'))));
    EXPECT_FALSE(frames.add(frame(std::string(100, 'c'))));
    EXPECT_EQ(frames.take().size(), 2U);
    EXPECT_TRUE(frames.being_written());
    EXPECT_FALSE(frames.half_empty()) << "what is being written still takes room";
    frames.written();
    EXPECT_TRUE(frames.half_empty());
    EXPECT_TRUE(frames.add(frame(std::string(100, 'c'))));
}

TEST(OutgoingFrames, DropsWhatWaitsAndNotWhatIsBeingWritten) {
    OutgoingFrames frames{200};
    EXPECT_TRUE(frames.add(frame(std::string(100, 'a'))));
    EXPECT_EQ(frames.take().size(), 1U);
    EXPECT_TRUE(frames.add(frame("b")));
    frames.drop();
    EXPECT_TRUE(frames.empty());
    EXPECT_FALSE(frames.add(frame(std::string(100, 'c'))));
    frames.written();
    EXPECT_TRUE(frames.add(frame(std::string(100, 'c'))));
}

TEST(OutgoingFrames, B3_NeedsNoMoreMemoryHoweverManyPassWhileSomeAlwaysWait) {
    OutgoingFrames frames{1'000'000};
    int came = 0;
    int went = 0;
    for (; came < 20; ++came) EXPECT_TRUE(frames.add(frame(std::to_string(came))));
    for (int round = 0; round < 10'000; ++round) {
        auto const batch = frames.take();
        for (auto const& text : batch) ASSERT_EQ(*text, std::to_string(went++));
        frames.written();
        for (std::size_t n = 0; n < batch.size(); ++n, ++came)
            ASSERT_TRUE(frames.add(frame(std::to_string(came))));
        ASSERT_FALSE(frames.empty());
        ASSERT_LE(frames.places(), 64U);
    }
    EXPECT_EQ(*frames.take().front(), std::to_string(went));
}

}  // namespace
}  // namespace samtal::net
