#include "samtal/core/random_bytes.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace samtal {

void draw_public_random(std::span<std::uint8_t> out) {
    constexpr std::size_t most_at_once = 256;  // what getrandom() gives without interruption
    thread_local std::array<std::uint8_t, most_at_once> pool;
    thread_local std::size_t used = most_at_once;
    if (out.size() > pool.size() / 4) throw std::runtime_error{"too many random bytes at once"};
    if (used + out.size() > pool.size()) {
        if (::getrandom(pool.data(), pool.size(), 0) != static_cast<ssize_t>(pool.size()))
            throw std::runtime_error{"the operating system gives no random bytes"};
        used = 0;
    }
    auto const from = pool.begin() + static_cast<std::ptrdiff_t>(used);
    std::copy_n(from, out.size(), out.begin());
    std::fill_n(from, out.size(), std::uint8_t{0});  // handed out once
    used += out.size();
}

}  // namespace samtal
