#include "samtal/statistics/release.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace samtal::statistics {
namespace {

storage::Key key(unsigned char fill) {
    storage::Key k;
    k.fill(fill);
    return k;
}

std::string const one_frame{"\x00\x07\x00\x02\x04\xe2\x00\x05\xff\xff\xff\xff\xff\xff\xff\xff", 16};

TEST(Frames, AreReadAsFourBigEndianIntegers) {
    auto const frames = read_frames(one_frame + one_frame);
    ASSERT_TRUE(frames);
    ASSERT_EQ(frames->size(), 2U);
    EXPECT_EQ(frames->at(1).metric, 7);
    EXPECT_EQ(frames->at(1).bucket, 2);
    EXPECT_EQ(frames->at(1).epoch, first_epoch(20'000) + 5);
    EXPECT_EQ(frames->at(1).value, Frame::suppressed);
}

TEST(Frames, AreWholeOrRefused) {
    EXPECT_FALSE(read_frames(""));
    EXPECT_FALSE(read_frames(one_frame + "x"));
    EXPECT_FALSE(read_frames(std::string_view{one_frame}.substr(1)));
}

TEST(Frames, AreTakenOnlyWithTheLinksKey) {
    std::string const mac = link_mac(key(1), one_frame);
    EXPECT_EQ(mac.size(), 64U);
    EXPECT_TRUE(link_mac_is_genuine(key(1), one_frame, mac));
    EXPECT_FALSE(link_mac_is_genuine(key(2), one_frame, mac));
    EXPECT_FALSE(link_mac_is_genuine(key(1), one_frame + one_frame, mac));
    EXPECT_FALSE(link_mac_is_genuine(key(1), one_frame, ""));
    EXPECT_FALSE(link_mac_is_genuine(key(1), one_frame, mac.substr(1)));
}

TEST(Frames, EpochsGrowWithDaysAndTheirParts) {
    EXPECT_EQ(day_of(first_epoch(20'000)), 20'000U);
    EXPECT_EQ(day_of(first_epoch(20'001) - 1), 20'000U);
    EXPECT_LT(first_epoch(20'000) + 4095, first_epoch(20'001));
}

TEST(LinkKey, MustBe32BytesLong) {
    auto const file = std::filesystem::path{::testing::TempDir()} / "samtal-link-key-test";
    auto const write = [&file](std::string const& content) { std::ofstream{file, std::ios::binary} << content; };
    write(std::string(32, 'k'));
    EXPECT_EQ(read_link_key(file), key('k'));
    write(std::string(31, 'k'));
    EXPECT_THROW(static_cast<void>(read_link_key(file)), std::runtime_error);
    write(std::string(33, 'k'));
    EXPECT_THROW(static_cast<void>(read_link_key(file)), std::runtime_error);
    std::filesystem::remove(file);
    EXPECT_THROW(static_cast<void>(read_link_key(file)), std::runtime_error);
}

}  // namespace
}  // namespace samtal::statistics
