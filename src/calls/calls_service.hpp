#pragma once

#include "call_repositories.hpp"
#include "samtal/core/time.hpp"
#include "samtal/statistics/recorder.hpp"

#include <chrono>

namespace samtal::calls {

struct CallLimits {
    std::size_t records = 1000;  // of a batch
    std::size_t source_call_id_bytes = 255;
    Timestamp earliest{std::chrono::sys_days{std::chrono::year{2000} / 1 / 1}};  // an unset clock begins in 1970
    std::chrono::hours ahead{24};                                                // of our clock
    std::chrono::hours longest{7 * 24};
};

/// The rules of call records. Repositories, numbers and recorder outlive it.
class CallsService {
public:
    CallsService(CallIntake& intake, CallHistory& history, PhoneNumbers const& numbers,
                 statistics::Recorder& recorder, Clock clock, CallLimits limits = {})
        : intake_{intake},
          history_{history},
          numbers_{numbers},
          recorder_{recorder},
          clock_{std::move(clock)},
          limits_{limits} {}

    /// Any answer but an Error means: committed. One bad record harms no other.
    Task<Result<IngestReport>> ingest(SetupPermit permit, IngestCalls batch);

    // The permit lives in the awaiting coroutine, which needs it to encode the answer.
    Task<Result<HistoryPage>> list(HistoryPermit const& permit, ListCalls query);
    Task<Result<CallStatistics>> statistics(HistoryPermit const& permit, AskFigures query);

private:
    struct Group;
    [[nodiscard]] Result<Call> check(SetupPermit const&, CallRecord const&) const;
    [[nodiscard]] Result<std::optional<Party>> party(SetupPermit const&, std::optional<Counterpart> const&,
                                                     Literal field) const;
    [[nodiscard]] std::optional<Error> check_times(CallTimes const&, Outcome) const;
    void sum_up(SetupPermit const&, Group const&, std::vector<Result<StoredCall>> const&, IngestReport&);
    void count(SetupPermit const&, Call const&, StoredCall const&);

    CallIntake& intake_;
    CallHistory& history_;
    PhoneNumbers const& numbers_;
    statistics::Recorder& recorder_;
    Clock clock_;
    CallLimits limits_;
};

}  // namespace samtal::calls
