#pragma once

#include "call_repositories.hpp"
#include "live_calls.hpp"
#include "samtal/calls/call_follower.hpp"
#include "samtal/core/time.hpp"
#include "samtal/statistics/recorder.hpp"

#include <chrono>

namespace samtal::calls {

struct CallLimits {
    std::size_t records = 1000;  // of a batch
    std::size_t source_call_id_bytes = 255;
    Timestamp earliest{std::chrono::sys_days{std::chrono::year{2000} / 1 / 1}};  // an unset clock begins in 1970
    std::chrono::hours ahead{24};                                                // of our clock
    std::chrono::minutes drift{5};                                               // beyond it a clock is wrong
    std::chrono::hours longest{7 * 24};
};

/// What the rules work with. All of it outlives the service.
struct CallsTools {
    CallIntake& intake;
    CallPeople& people;
    SwitchBook const& switches;
    LiveCalls& live;
    PhoneNumbers const& numbers;
    statistics::Recorder& recorder;
};

/// The rules of call records as they come in.
class CallsService {
public:
    CallsService(CallsTools const& tools, Clock clock, CallLimits limits = {})
        : tools_{tools}, clock_{std::move(clock)}, limits_{limits} {}

    /// Who wants to know how calls go on. Set once, before the server listens.
    void use(CallFollower& follower) noexcept { follower_ = &follower; }

    /// Any answer but an Error means: committed. One bad record harms no other.
    Task<Result<IngestReport>> ingest(SetupPermit permit, IngestCalls batch);
    /// What a switch tells of calls under way. Nothing of it is stored.
    Task<Result<void>> follow(SetupPermit permit, std::vector<CallEvent> events);

private:
    struct Group;
    /// How the switch of a batch writes, and when the batch came.
    struct Reading {
        NumberingPlan plan;
        Timestamp now;
    };
    [[nodiscard]] Reading reading(SwitchId) const;
    [[nodiscard]] Result<Call> check(SetupPermit const&, CallRecord const&, Reading const&) const;
    [[nodiscard]] std::optional<Error> check_times(CallTimes const&, Outcome, Timestamp now) const;
    void sum_up(SetupPermit const&, Group const&, std::vector<Result<StoredCall>> const&, IngestReport&);
    void count(SetupPermit const&, Call const&, StoredCall const&);
    Task<Result<void>> conclude(SetupPermit const&, SwitchId, Group const&,
                                std::vector<Result<StoredCall>> const&);
    Task<Result<void>> follow_talk(SetupPermit const&, CallEvent const&);

    CallsTools tools_;
    Clock clock_;
    CallLimits limits_;
    CallFollower* follower_ = nullptr;
};

}  // namespace samtal::calls
