#include "samtal/core/random_bytes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

namespace samtal {
namespace {

using Nonce = std::array<std::uint8_t, 24>;  // does not divide what is drawn at once

TEST(RandomBytes, AreHandedOutOnceOnAllThreads) {
    std::mutex mutex;
    std::set<Nonce> seen;
    auto const draw = [&] {
        for (int n = 0; n < 5'000; ++n) {
            Nonce nonce{};
            draw_public_random(nonce);
            std::scoped_lock const lock{mutex};
            seen.insert(nonce);
        }
    };
    std::thread across{draw};
    draw();
    across.join();
    EXPECT_EQ(seen.size(), 10'000U);
    EXPECT_FALSE(seen.contains(Nonce{}));
}

TEST(RandomBytes, AreNotForWhatIsLong) {
    std::array<std::uint8_t, 65> key{};
    EXPECT_THROW(draw_public_random(key), std::runtime_error);
}

}  // namespace
}  // namespace samtal
