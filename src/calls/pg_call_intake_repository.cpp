#include "pg_call_intake_repository.hpp"

#include "pg_call_sides_repository.hpp"
#include "pg_law_record_repository.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/values.hpp"

#include <algorithm>
#include <unordered_set>

namespace samtal::calls {

namespace {

// So that two parts of one call, which come at once, do not both believe to be the first.
constexpr storage::Statement lock_calls{R"sql(
-- calls.lock_calls
SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) AS k
)sql"};

constexpr storage::Statement people_with_numbers{R"sql(
-- calls.people_with_numbers
SELECT DISTINCT user_id FROM phone_assignments WHERE organisation_id = $1::uuid
)sql"};

/// A body's word that the group is to be halved: not for its content, for its cost.
constexpr Error too_costly{Errc::exhausted, "too many corrected numbers for one transaction"};

/// Locked in the order of the keys, so that two groups never wait for each other in a circle.
void lock_calls_in_parts(storage::Tx& tx, CallHashes const& hashes, std::span<Incoming> items) {
    std::set<std::int64_t> locks;
    for (Incoming const& item : items)
        if (item.in_parts()) locks.insert(hashes.lock(item.name));
    if (locks.empty()) return;
    storage::ArrayLiteral array;
    for (std::int64_t const lock : locks) array.add(std::to_string(lock));
    tx.exec(lock_calls, array.text());
}

/// Whether the row is of what `item` writes anew.
bool is_of(FoundRow const& row, Incoming const& item, UserId owner, storage::ColumnCipher& cipher) {
    if (!item.in_parts()) return row.part_hash.empty();
    auto const hash = cipher.owner_hash(owner, "call-part", item.part_name());
    return hash && *hash == row.part_hash;
}

}  // namespace

Task<std::vector<Result<StoredCall>>> PgCallIntake::store(SetupPermit const& permit, SwitchId switch_id,
                                                          std::span<PendingCall const> calls) {
    std::vector<Result<StoredCall>> results(calls.size(), StoredCall{});
    IncomingBatch const batch{&permit, switch_id, calls, results};
    co_await store(std::span{&batch, 1});
    co_return results;
}

Task<void> PgCallIntake::store(std::span<IncomingBatch const> batches) {
    std::vector<Incoming> items;
    std::size_t records = 0;
    for (IncomingBatch const& batch : batches) records += batch.calls.size();
    items.reserve(records);
    for (IncomingBatch const& batch : batches)
        for (std::size_t n = 0; n < batch.calls.size(); ++n) items.push_back(hashes_.incoming(batch, n));
    if (!items.empty()) co_await store_apart(std::move(items));
}

/// What two batches of a group say of the same thing goes one after the other.
Task<void> PgCallIntake::store_apart(std::vector<Incoming> items) {
    while (!items.empty()) {
        std::unordered_set<std::string> seen;
        std::vector<Incoming> now, later;
        now.reserve(items.size());
        for (Incoming& item : items)
            (seen.insert(item.receipt.source).second ? now : later).push_back(std::move(item));
        co_await store_items(now);
        items = std::move(later);
    }
}

/// A group that fails because of its content is halved until the bad record stands alone.
Task<void> PgCallIntake::store_items(Items items) {
    auto const together = [&](storage::Tx& tx) { return store_together(tx, items); };
    try {
        auto const stored = co_await db_.run(items.front().permit(), together);
        bool const halve = !stored && stored.error().reason.text() == too_costly.reason.text();
        if (!stored)
            for (Incoming& item : items) *item.result = stored.error();
        if (!halve) co_return;
    } catch (storage::IntegrityViolation const&) {
    } catch (storage::DataException const&) {
    }
    if (items.size() == 1) {
        *items.front().result = Error{Errc::invalid, "the database refuses this record"};
        co_return;
    }
    std::size_t const half = items.size() / 2;
    co_await store_items(items.first(half));
    co_await store_items(items.subspan(half));
}

Result<void> PgCallIntake::store_together(storage::Tx& tx, Items items) {
    lock_calls_in_parts(tx, hashes_, items);
    compare_with_receipts(tx, items);
    Sides wanted = matched_sides(tx, numbers_, items);
    auto const seats = seats_to_look_at(tx, items, wanted);
    if (!seats) return seats.error();
    keep_consenting(tx, wanted);
    wanted = one_for_each_seat(std::move(wanted));
    give_way(tx, items, *seats, wanted);
    leave_faded(tx, wanted);
    write(tx, wanted);
    keep_by_law(tx, items);
    for (Side const& side : wanted) {
        StoredCall& stored = **side.item->result;
        if (stored.standing == Standing::fresh && !side.existing)
            stored.owners.push_back({side.owner, side.direction});
    }
    for (Incoming& item : items) item.attempt = **item.result;
    return {};
}

void PgCallIntake::compare_with_receipts(storage::Tx& tx, Items items) {
    std::vector<Receipt*> receipts;
    for (Incoming& item : items) receipts.push_back(&item.receipt);
    if (repeats_ || !insert_new(tx, receipts)) {
        exchange(tx, receipts);
        repeats_ = std::ranges::any_of(receipts, [](auto const* receipt) { return receipt->earlier.has_value(); });
    }
    for (Incoming& item : items) {
        StoredCall stored;
        if (!item.receipt.earlier)
            stored.standing = Standing::fresh;
        else if (*item.receipt.earlier != item.first_content())
            stored.standing = Standing::changed;
        // The commit of an earlier attempt was in doubt and turns out to have succeeded.
        if (item.attempt && !item.writes()) stored = *item.attempt;
        *item.result = std::move(stored);
    }
}

/// Of the parts that this group has of a call, the one that says most to each person.
PgCallIntake::Sides PgCallIntake::one_for_each_seat(Sides sides) {
    if (std::ranges::none_of(sides, [](Side const& side) { return side.item->in_parts(); })) return sides;
    std::map<Seat, std::size_t> places;
    Sides chosen;
    for (Side& side : sides) {
        if (!side.item->in_parts()) {
            chosen.push_back(std::move(side));
            continue;
        }
        auto const [place, is_new] = places.try_emplace({side.item->name, side.owner}, chosen.size());
        if (is_new)
            chosen.push_back(std::move(side));
        else if (side.says_more_than(chosen[place->second]))
            chosen[place->second] = std::move(side);
    }
    return chosen;
}

/// Where a row may stand already: of a call that is being corrected, or another part of which was here before.
/// When a number changed, that is anybody of the organisation: nothing stored leads from a call to its people, so
/// each one's hash is tried.
Result<std::set<Seat>> PgCallIntake::seats_to_look_at(storage::Tx& tx, Items items, Sides const& found) const {
    std::set<Seat> seats;
    for (Side const& side : found)
        if (side.item->rewrites() || side.item->in_parts()) seats.insert({side.item->name, side.owner});
    std::map<OrganisationId, std::vector<Incoming const*>> changed;
    for (Incoming const& item : items)
        if (item.numbers_changed()) changed[item.organisation()].push_back(&item);
    for (auto const& [organisation, corrected] : changed) {
        auto const people = tx.exec(people_with_numbers, organisation.text());
        if (items.size() > 1 && corrected.size() * static_cast<std::size_t>(people.size()) > most_candidates_)
            return too_costly;
        for (auto const& person : people)
            for (Incoming const* const item : corrected)
                seats.insert({item->name, storage::id_of<UserId>(person[0])});
    }
    return seats;
}

/// Finds the rows that stand already. One of a part that is written anew goes, or is overwritten; one of another
/// part stays where it says more.
void PgCallIntake::give_way(storage::Tx& tx, Items items, std::set<Seat> const& seats, Sides& wanted) {
    if (seats.empty()) return;
    Written written;
    for (Incoming const& item : items)
        if (item.writes()) written[item.name].push_back(&item);
    std::map<Seat, Side*> taken;
    for (Side& side : wanted)
        if (seats.contains(side.seat())) taken.emplace(side.seat(), &side);
    std::set<Side const*> dropped;
    std::vector<RowKey> obsolete;
    for (auto const& [seat, row] : rows_at(tx, seats, written)) {
        auto const& parts = written[seat.call];
        bool const replaced =
            std::ranges::any_of(parts, [&](auto const* item) { return is_of(row, *item, seat.owner, cipher_); });
        auto const side = taken.find(seat);
        if (side == taken.end()) {
            if (replaced) obsolete.push_back({parts.front()->organisation(), seat.owner, row.id});
        } else if (replaced || side->second->rank() > row.part_rank) {
            side->second->existing = row.id;
        } else {
            dropped.insert(side->second);
        }
    }
    delete_rows(tx, obsolete);
    std::erase_if(wanted, [&dropped](Side const& side) { return dropped.contains(&side); });
}

/// What comes late of a call that has faded, or that has lost its other side, is no new row and brings no number
/// back. A correction that leaves the numbers as they were has its rows already, unless they are gone.
void PgCallIntake::leave_faded(storage::Tx& tx, Sides& wanted) {
    std::erase_if(wanted, [](Side const& side) {
        return !side.existing && side.item->rewrites() && !side.item->numbers_changed();
    });
    std::vector<RowTimes> asked;
    std::vector<Side const*> places;
    for (Side const& side : wanted) {
        if (side.existing || !(side.item->rewrites() || side.item->in_parts())) continue;
        CallTimes const& times = side.item->call->last.times.open(side.item->permit());
        asked.push_back({side.item->organisation(), side.owner, times.started_at, times.ended_at});
        places.push_back(&side);
    }
    std::set<Side const*> faded;
    for (std::size_t const place : faded_among(tx, asked)) faded.insert(places[place]);
    std::erase_if(wanted, [&faded](Side const& side) { return faded.contains(&side); });
}

std::vector<std::pair<Seat, FoundRow>> PgCallIntake::rows_at(storage::Tx& tx, std::set<Seat> const& seats,
                                                             Written const& written) {
    std::vector<RowAsked> asked;
    std::vector<Seat const*> places;
    for (Seat const& seat : seats) {
        auto hash = cipher_.owner_hash(seat.owner, "call", seat.call);
        if (!hash) continue;  // erased: they have no rows
        asked.push_back({written.at(seat.call).front()->organisation(), seat.owner, *std::move(hash)});
        places.push_back(&seat);
    }
    std::vector<std::pair<Seat, FoundRow>> found;
    for (FoundRow& row : find_rows(tx, asked)) found.emplace_back(*places[row.place], std::move(row));
    return found;
}

void PgCallIntake::write(storage::Tx& tx, Sides& sides) {
    std::vector<CallRow> rows;
    rows.reserve(sides.size());
    std::ranges::sort(sides, {}, &Side::owner);  // whose rows lie together in the indexes
    auto const now = std::chrono::system_clock::now();
    for (Side const& side : sides) {
        Incoming const& item = *side.item;
        rows.push_back({item.permit(), side.owner, side.existing.value_or(CallId{uuid_v7(now)}),
                        side.existing.has_value(), item.name, item.in_parts() ? item.part_name() : std::string{},
                        side.rank(), side.direction, side.own(), side.other(), item.call->last.times,
                        item.call->last.outcome});
    }
    write_rows(tx, keys_, rows);
}

/// Nobody's choice, so it asks for no consent; and only where the law says so.
void PgCallIntake::keep_by_law(storage::Tx& tx, Items items) {
    if (!law_) return;
    std::vector<LawRecord> records;
    for (Incoming const& item : items)
        if (item.writes())
            records.push_back({item.permit(), item.batch->switch_id, item.part_name(), item.call->last});
    calls::keep_by_law(tx, *law_, records);
}

}  // namespace samtal::calls
