#pragma once

#include "call_history.hpp"
#include "samtal/core/task.hpp"

#include <span>
#include <string>
#include <vector>

namespace samtal::calls {

/// One side of a call: its number in our writing.
using Party = Personal<PhoneNumber, field::CallsCounterpart>;

/// A checked record.
struct Call {
    std::optional<Party> caller;
    std::optional<Party> callee;
    SomeTimes times;
    Outcome outcome;
};

/// All that one batch said of one call, or of one part of it.
struct PendingCall {
    std::string source_call_id;
    CallPart part;
    Call last;                    // kept
    std::optional<Call> first{};  // compared with what was reported earlier; when the batch said more than `last`
};

/// Whose history a call went to.
struct Owner {
    UserId user;
    Direction direction;
};

enum class Standing : unsigned char { fresh, same, changed };

struct StoredCall {
    Standing standing = Standing::same;  // of `first`, against earlier batches
    std::vector<Owner> owners;           // of a fresh call: who got a row
};

/// Takes calls in. An interface so that CallsService is tested without a database.
class CallIntake {
public:
    virtual ~CallIntake() = default;
    /// The n-th result belongs to the n-th call; each is committed. Each source_call_id and part stand in `calls`
    /// once. `permit` and `calls` live in the awaiting coroutine.
    virtual Task<std::vector<Result<StoredCall>>> store(SetupPermit const& permit, SwitchId,
                                                        std::span<PendingCall const> calls) = 0;
};

/// What is known of the switches that sign in.
class SwitchBook {
public:
    virtual ~SwitchBook() = default;
    /// As of the switch's last request.
    [[nodiscard]] virtual SwitchSettings settings(SwitchId) const = 0;
};

/// Finds the people of a call that is under way.
class CallPeople {
public:
    virtual ~CallPeople() = default;
    /// Who has these numbers at that moment; in no order, each once.
    virtual Task<Result<std::vector<UserId>>> people_of(SetupPermit const&, std::vector<Party>, Timestamp) = 0;
};

/// One person's calls: those of the permit's actor. An interface so that HistoryService is tested without a
/// database.
class CallHistory {
public:
    virtual ~CallHistory() = default;
    /// The filter's number is in our writing.
    virtual Task<Result<HistoryPage>> page(HistoryPermit const&, ListCalls) = 0;
    /// No note takes away what was there. `not_found` unless it is a call of the actor's.
    virtual Task<Result<void>> write_note(HistoryPermit const&, CallId, std::optional<Note>) = 0;
    virtual Task<Result<CallStatistics>> figures(HistoryPermit const&, ReportRange) = 0;
    /// At most `limit` items.
    virtual Task<Result<CounterpartStatistics>> counterparts(HistoryPermit const&, ReportRange,
                                                             std::size_t limit) = 0;
};

}  // namespace samtal::calls
