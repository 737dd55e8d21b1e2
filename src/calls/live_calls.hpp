#pragma once

#include "samtal/calls/call_states.hpp"
#include "samtal/storage/key_store.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace samtal::calls {

/// Calls under way, by the switch's name for them. An end is remembered for a while, so that a beginning that
/// comes after it begins nothing.
class LiveCalls final : public CallStates {
public:
    /// `keys` outlives it.
    LiveCalls(Clock clock, storage::KeyRing const& keys) : clock_{std::move(clock)}, keys_{keys} {}

    void begin(std::string const& call, OrganisationId, std::vector<UserId> const& people);
    void end(std::string const& call);
    /// The call's record came. Cheap for a call that is not followed, which most are not.
    void finish(std::string const& call);

    [[nodiscard]] bool on_a_call(UserId) const override;
    void observe(Changed changed) override { changed_ = std::move(changed); }
    void use(Tell tell) override { tell_ = std::move(tell); }
    void heard(LiveCall const&) override;
    void report() override;
    void sweep() override;
    void forget(UserId) override;

private:
    struct Busy {
        std::size_t calls = 0;
        Timestamp until;  // when the last of them is forgotten
    };
    [[nodiscard]] std::string hash(std::string const& call) const;
    /// Whether that was news.
    bool take(LiveCall const&, Timestamp now);
    void occupy(LiveCall const&);
    void release(OrganisationId, UserId);
    void forget_old(Timestamp now);
    void tell(LiveCall const& call) const {
        if (tell_) tell_(call);
    }

    static constexpr std::chrono::hours longest{4};
    static constexpr std::chrono::minutes remembered{5};  // of an end
    static constexpr std::size_t most = 100'000;  // more are not followed: presence is a help, not a record

    Clock clock_;
    storage::KeyRing const& keys_;
    Changed changed_;
    Tell tell_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, LiveCall> calls_;
    std::multimap<Timestamp, std::string> ends_;  // may name a call that has another end by now
    std::unordered_map<UserId, Busy> busy_;
};

}  // namespace samtal::calls
