#pragma once

#include <cstddef>
#include <cstdint>

namespace samtal::net {

/// What passed on a connection until now, as its system sees it.
struct Traffic {
    std::uint32_t reads = 0;  // how often we began to read
    std::size_t unread = 0;   // bytes that came and that we did not read
    std::int64_t taken = 0;   // bytes that the peer's system has taken
    std::size_t untaken = 0;  // bytes that it has not
};

/// Tells a client that reads slowly, or waits for us, from one that is gone. It is looked at a few times in the
/// time for which it may be silent, whether or not we read: while its frame is handled we do not.
class Liveness {
public:
    static constexpr int looks = 4;  // in that time
    enum class Verdict : unsigned char { well, ask, gone };

    Verdict look(Traffic const& now) noexcept {
        bool const heard = now.reads != last_.reads || now.unread > last_.unread;
        // Only of what stood at the last look: the system of a client that hangs takes in a ping, too.
        bool const took = last_.untaken > 0 && now.taken > last_.taken;
        last_ = now;
        quiet_ = heard || took ? 0 : quiet_ + 1;
        if (quiet_ == looks) return Verdict::gone;
        return quiet_ == 1 ? Verdict::ask : Verdict::well;
    }

private:
    Traffic last_;
    int quiet_ = 0;
};

}  // namespace samtal::net
