#pragma once

#include "call_repositories.hpp"

#include <string>

namespace samtal::calls {

/// The rules of a person's call history. Each permit lives in the awaiting coroutine, which needs it to encode the
/// answer.
class HistoryService {
public:
    /// `history` and `numbers` outlive it. `time_zone`: of who names none; an IANA name.
    HistoryService(CallHistory& history, PhoneNumbers const& numbers, std::string time_zone, Clock clock)
        : history_{history}, numbers_{numbers}, time_zone_{std::move(time_zone)}, clock_{std::move(clock)} {}

    /// `invalid` for a range upside down and for a number that is none.
    Task<Result<HistoryPage>> list(HistoryPermit const&, ListCalls query);
    /// 1 to 2,000 characters; line breaks and tabs are the only control characters.
    Task<Result<void>> write_note(HistoryPermit const&, CallId, Note);
    Task<Result<void>> remove_note(HistoryPermit const&, CallId);
    Task<Result<CallStatistics>> statistics(HistoryPermit const&, AskFigures query);
    Task<Result<CounterpartStatistics>> counterparts(HistoryPermit const&, AskCounterparts query);

private:
    CallHistory& history_;
    PhoneNumbers const& numbers_;
    std::string time_zone_;
    Clock clock_;
};

}  // namespace samtal::calls
