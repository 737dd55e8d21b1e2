#include "samtal/core/uuid_v7.hpp"

#include "samtal/core/random_bytes.hpp"

#include <atomic>
#include <cstdint>

namespace samtal {

namespace {

/// 48 bits of milliseconds and a 12-bit counter (RFC 9562 §6.2, method 1): the next after what this process handed
/// out last. A time that lies a little behind follows the last one; one that lies further away is a simulated
/// clock's, or a clock that was set, and starts anew.
std::uint64_t next_uuid_time(std::uint64_t ms) {
    constexpr std::uint64_t a_second = std::uint64_t{1000} << 12U;
    static std::atomic<std::uint64_t> last{0};
    std::uint64_t const wanted = ms << 12U;
    std::uint64_t before = last.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do next = wanted <= before && before - wanted < a_second ? before + 1 : wanted;
    while (!last.compare_exchange_weak(before, next, std::memory_order_relaxed));
    return next;
}

}  // namespace

boost::uuids::uuid uuid_v7(std::chrono::system_clock::time_point now) {
    using std::chrono::milliseconds;
    boost::uuids::uuid id;
    draw_public_random({id.begin(), id.size()});
    auto const ms = std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count();
    std::uint64_t const time = next_uuid_time(static_cast<std::uint64_t>(ms) & 0xffff'ffff'ffffU);
    for (std::size_t i = 0; i < 6; ++i) id.data[i] = static_cast<std::uint8_t>(time >> (52 - 8 * i));
    id.data[6] = static_cast<std::uint8_t>(0x70U | ((time >> 8U) & 0x0fU));
    id.data[7] = static_cast<std::uint8_t>(time);
    id.data[8] = static_cast<std::uint8_t>(0x80U | (id.data[8] & 0x3fU));
    return id;
}

}  // namespace samtal
