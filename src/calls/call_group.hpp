#pragma once

#include "call_repositories.hpp"
#include "pg_call_receipts_repository.hpp"
#include "samtal/storage/key_store.hpp"

#include <compare>
#include <cstdint>

namespace samtal::calls {

/// What one switch brought in one request. All of it lives in the awaiting coroutine.
struct IncomingBatch {
    SetupPermit const* permit;
    SwitchId switch_id;
    std::span<PendingCall const> calls;
    std::span<Result<StoredCall>> results;
};

/// What names a part among all switches: the call's own name when it came whole. No name of a switch holds a NUL.
[[nodiscard]] std::string part_name(std::string const& call, CallPart const&);

/// One record on its way into the database, and where its answer goes.
struct Incoming {
    IncomingBatch const* batch;
    PendingCall const* call;
    Result<StoredCall>* result;
    std::string name;                     // of the call, among all switches
    Receipt receipt;                      // its content is of `last`
    std::string first;                    // the same, of `first`; empty where the batch said no more than `last`
    std::optional<StoredCall> attempt{};  // what an earlier run found, whose commit may have succeeded

    [[nodiscard]] SetupPermit const& permit() const { return *batch->permit; }
    [[nodiscard]] OrganisationId organisation() const { return batch->permit->organisation(); }
    [[nodiscard]] bool in_parts() const { return !call->part.id.empty(); }
    [[nodiscard]] std::string part_name() const { return calls::part_name(name, call->part); }

    [[nodiscard]] std::string const& first_content() const { return first.empty() ? receipt.content : first; }
    [[nodiscard]] bool writes() const { return receipt.earlier != receipt.content; }
    [[nodiscard]] bool rewrites() const { return receipt.earlier.has_value() && writes(); }
    /// The halves of a content's hash are of the numbers and of the rest.
    [[nodiscard]] bool numbers_changed() const;
};

/// The hashes that receipts hold, with keys derived once.
class CallHashes {
public:
    explicit CallHashes(storage::KeyRing const&);

    /// Named and hashed.
    [[nodiscard]] Incoming incoming(IncomingBatch const&, std::size_t place) const;
    /// What parts of one call lock while they are written.
    [[nodiscard]] std::int64_t lock(std::string const& call) const;

private:
    [[nodiscard]] std::string content(SetupPermit const&, std::string const& part, Call const&) const;

    storage::Key source_;
    storage::Key numbers_;
    storage::Key rest_;
    storage::Key lock_;
};

/// How much a part says to one of the call's people; the greatest is shown. The leg on their own side before any
/// other, talk before none, long talk before short.
[[nodiscard]] std::int64_t part_rank(SetupPermit const&, PendingCall const&, Direction) noexcept;

/// A person in a call: who has one row at most.
struct Seat {
    std::string call;  // Incoming::name
    UserId owner;

    friend auto operator<=>(Seat const&, Seat const&) = default;
};

/// One side of a call, and the person whose number it is.
struct Side {
    Incoming* item;
    Direction direction;
    UserId owner;
    std::optional<CallId> existing = std::nullopt;  // the row that this one overwrites

    [[nodiscard]] Party const& own() const {
        return direction == Direction::outgoing ? *item->call->last.caller : *item->call->last.callee;
    }
    [[nodiscard]] std::optional<Party> const& other() const {
        return direction == Direction::outgoing ? item->call->last.callee : item->call->last.caller;
    }
    [[nodiscard]] Seat seat() const { return {item->name, owner}; }
    [[nodiscard]] std::int64_t rank() const { return part_rank(item->permit(), *item->call, direction); }
    [[nodiscard]] bool says_more_than(Side const& other) const {
        return std::pair{rank(), item->call->part.id} > std::pair{other.rank(), other.item->call->part.id};
    }
};

}  // namespace samtal::calls
