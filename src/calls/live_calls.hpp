#pragma once

#include "samtal/calls/call_states.hpp"
#include "samtal/core/time.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace samtal::calls {

/// Calls under way, by the switch's name for them.
class LiveCalls final : public CallStates {
public:
    explicit LiveCalls(Clock clock) : clock_{std::move(clock)} {}

    void begin(std::string const& call, std::vector<UserId> const& people);
    void end(std::string const& call);

    [[nodiscard]] bool on_a_call(UserId) const override;
    void observe(std::function<void(UserId, bool)> changed) override { changed_ = std::move(changed); }

private:
    struct Live {
        std::vector<UserId> people;
        Timestamp forgotten_at;
    };
    struct Busy {
        std::size_t calls = 0;
        Timestamp until;  // when the last of them is forgotten
    };
    using Changes = std::vector<std::pair<UserId, bool>>;
    void forget_old(Timestamp now, Changes&);
    void forget(std::map<std::string, Live>::iterator, Changes&);
    void tell(Changes const&) const;

    static constexpr std::chrono::hours longest{4};
    static constexpr std::size_t most = 100'000;  // more are not followed: presence is a help, not a record

    Clock clock_;
    std::function<void(UserId, bool)> changed_;
    mutable std::mutex mutex_;
    std::map<std::string, Live> calls_;
    std::multimap<Timestamp, std::string> ends_;
    std::unordered_map<UserId, Busy> busy_;
};

}  // namespace samtal::calls
