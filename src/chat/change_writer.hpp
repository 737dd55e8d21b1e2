#pragma once

#include "pg_change_repository.hpp"
#include "samtal/chat/room.hpp"
#include "samtal/storage/batcher.hpp"

#include <array>
#include <functional>

namespace samtal::chat {

/// A change on its way to disk, and what became of it.
struct PendingChange {
    ChatPermit const* permit;  // its caller's
    Change change;
    Result<Applied> result;
    bool locked = false;  // its conversation is: nothing was done
};

/// Makes the changes of a conversation one after the other, so that they are told in the order of their numbers;
/// and tells them where new messages are told, so that none overtakes the message it is about.
class ChangeWriter {
public:
    /// `tell` is called for every change that is news, on the tools' executor.
    ChangeWriter(Tools const& tools, Limits limits, std::function<void(PendingChange const&)> tell);

    /// `exhausted` when too many are waiting, or when the conversation was locked for five seconds. Resumes on the
    /// caller's executor after the commit.
    Task<Result<Changed>> write(ChatPermit const&, Change);

private:
    storage::Batcher<PendingChange> batcher(Tools const&);
    static Task<void> submit_until_free(storage::Batcher<PendingChange>& lane, PendingChange&);
    Task<void> write_one(std::span<PendingChange>);

    std::function<void(PendingChange const&)> tell_;
    PgChangeRepository changes_;
    // A conversation always goes by the same one.
    std::array<storage::Batcher<PendingChange>, 2> lanes_;
};

}  // namespace samtal::chat
