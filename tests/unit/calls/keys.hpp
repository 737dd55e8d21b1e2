#pragma once

#include "samtal/storage/key_store.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace samtal::calls {

/// Keys of one test's run.
class Keys {
public:
    Keys() { storage::KeyRing::create_missing(directory_); }
    ~Keys() { std::filesystem::remove_all(directory_); }
    Keys(Keys const&) = delete;
    Keys& operator=(Keys const&) = delete;
    [[nodiscard]] storage::KeyRing ring() const { return storage::KeyRing{directory_}; }

private:
    std::string directory_ = ::testing::TempDir() + "samtal-calls-keys";
};

}  // namespace samtal::calls
