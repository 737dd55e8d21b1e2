#include "samtal/storage/key_store.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "support/database.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace samtal::storage {
namespace {

class KeyRingTest : public ::testing::Test {
protected:
    ~KeyRingTest() override { std::filesystem::remove_all(directory); }

    [[nodiscard]] bool there(std::string const& name) const {
        return std::filesystem::exists(directory + "/" + name);
    }
    [[nodiscard]] std::string content(std::string const& name) const {
        std::ifstream in{directory + "/" + name, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

    std::string directory =
        std::filesystem::temp_directory_path() / ("ring-" + testing::fresh_id<UserId>().text());
};

TEST_F(KeyRingTest, IsMadeOnce) {
    EXPECT_EQ(KeyRing::create_missing(directory), 4);
    std::string const kek = content("kek-1.key");
    EXPECT_EQ(kek.size(), 32U);
    EXPECT_EQ(KeyRing::create_missing(directory), 0);
    EXPECT_EQ(content("kek-1.key"), kek);
    EXPECT_EQ(std::filesystem::status(directory + "/kek-1.key").permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(KeyRingTest, TakesTheKeyOfOldAsTheFirstEpochs) {
    KeyRing::create_missing(directory);
    std::filesystem::rename(directory + "/kek-1.key", directory + "/kek.key");
    std::string const kek = content("kek.key");
    EXPECT_THROW(KeyRing{directory}, std::runtime_error);
    EXPECT_EQ(KeyRing::create_missing(directory), 0);
    EXPECT_EQ(content("kek-1.key"), kek);
    EXPECT_FALSE(there("kek.key"));
    EXPECT_NO_THROW(KeyRing{directory});
}

TEST_F(KeyRingTest, MakesNoFirstEpochAgainAfterRotations) {
    KeyRing::create_missing(directory);
    std::filesystem::rename(directory + "/kek-1.key", directory + "/kek-7.key");
    EXPECT_EQ(KeyRing::create_missing(directory), 0);
    EXPECT_FALSE(there("kek-1.key"));
}

}  // namespace
}  // namespace samtal::storage
