#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace samtal::delivery {

/// Carries packets from each server to all others, in order from each, and may lose some.
class Bus {
public:
    struct Listener {
        std::function<void(std::string_view)> heard;  // one thread at a time
        std::function<void()> lost;                   // something may not have come
    };
    static constexpr std::size_t most_bytes = 1024 * 1024;  // of a packet, sealed: NATS' own limit

    virtual ~Bus() = default;
    virtual void listen(Listener) = 0;
    /// May block while the bus is slow. False: it went nowhere.
    virtual bool publish(std::string_view packet) = 0;
    [[nodiscard]] virtual bool connected() const noexcept = 0;
    /// Nothing is heard any more when this returns.
    virtual void close() = 0;
};

}  // namespace samtal::delivery
