#include "pg_call_intake_repository.hpp"

#include "pg_call_receipts_repository.hpp"
#include "pg_call_rows_repository.hpp"
#include "pg_law_record_repository.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace samtal::calls {

namespace {

constexpr storage::Statement match_numbers{R"sql(
-- calls.match_numbers
SELECT i.n, a.user_id
  FROM unnest($2::bytea[], $3::bigint[]) WITH ORDINALITY AS i (number_hash, started_ms, n)
  JOIN phone_assignments a ON a.organisation_id = $1::uuid AND a.number_hash = i.number_hash
 WHERE a.valid_from <= to_timestamp(i.started_ms / 1000.0)
   AND (a.valid_to IS NULL OR a.valid_to > to_timestamp(i.started_ms / 1000.0))
 ORDER BY i.n
)sql"};

constexpr storage::Statement hold_consents{R"sql(
-- calls.hold_consents
SELECT hold_consents($1::uuid, $2::uuid[], 'call_history')
)sql"};

constexpr storage::Statement people_with_numbers{R"sql(
-- calls.people_with_numbers
SELECT DISTINCT user_id FROM phone_assignments WHERE organisation_id = $1::uuid
)sql"};

constexpr std::size_t half_hash = 16;

/// A body's word that the batch is to be halved: not for its content, for its cost.
constexpr Error too_costly{Errc::exhausted, "too many corrected numbers for one transaction"};

/// Fixed lengths in front, so that no two lists of parts have the same bytes.
std::string joined(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (std::string_view const part : parts) out += fmt::format("{}:{}", part.size(), part);
    return out;
}

}  // namespace

struct PgCallIntake::Batch {
    SetupPermit const& permit;
    SwitchId switch_id;

    [[nodiscard]] std::string organisation() const { return permit.organisation().text(); }
    [[nodiscard]] std::string name_of(Item const&) const;
};

/// One call on its way into the database, and where its answer goes.
struct PgCallIntake::Item {
    PendingCall const& call;
    Result<StoredCall>& result;
    Receipt receipt;
    std::optional<StoredCall> attempt;  // what an earlier run of the body found, whose commit may have succeeded

    [[nodiscard]] bool writes() const { return receipt.earlier != receipt.content; }
    [[nodiscard]] bool rewrites() const { return receipt.earlier.has_value() && writes(); }
    /// The halves of the hash are of the numbers and of the rest.
    [[nodiscard]] bool numbers_changed() const {
        return rewrites() && receipt.earlier->substr(0, half_hash) != receipt.content.substr(0, half_hash);
    }
};

/// One side of a call, and the person whose number it is.
struct PgCallIntake::Side {
    Item* item;
    Direction direction;
    UserId owner = UserId::nil();
    std::optional<CallId> existing = std::nullopt;  // the row that a correction overwrites

    [[nodiscard]] Party const& own() const {
        return direction == Direction::outgoing ? *item->call.last.caller : *item->call.last.callee;
    }
    [[nodiscard]] std::optional<Party> const& other() const {
        return direction == Direction::outgoing ? item->call.last.callee : item->call.last.caller;
    }
    [[nodiscard]] std::pair<Item*, UserId> key() const { return {item, owner}; }
};

std::string PgCallIntake::Batch::name_of(Item const& item) const {
    return switch_id.text() + ":" + item.call.source_call_id;
}

Task<std::vector<Result<StoredCall>>> PgCallIntake::store(SetupPermit const& permit, SwitchId switch_id,
                                                          std::span<PendingCall const> calls) {
    std::vector<Result<StoredCall>> results(calls.size(), StoredCall{});
    Batch const batch{permit, switch_id};
    std::vector<Item> items;
    for (std::size_t n = 0; n < calls.size(); ++n) items.push_back({calls[n], results[n], {}, {}});
    co_await store_part(batch, items);
    co_return results;
}

/// A batch that fails because of its content is halved until the bad call stands alone.
Task<void> PgCallIntake::store_part(Batch const& batch, std::span<Item> items) {
    auto const together = [&](storage::Tx& tx) { return store_together(tx, batch, items); };
    try {
        auto const stored = co_await db_.run(batch.permit, together);
        bool const halve = !stored && stored.error().reason.text() == too_costly.reason.text();
        if (!stored)
            for (Item& item : items) item.result = stored.error();
        if (!halve) co_return;
    } catch (storage::IntegrityViolation const&) {
    } catch (storage::DataException const&) {
    }
    if (items.size() == 1) {
        items.front().result = Error{Errc::invalid, "the database refuses this record"};
        co_return;
    }
    std::size_t const half = items.size() / 2;
    co_await store_part(batch, items.first(half));
    co_await store_part(batch, items.subspan(half));
}

Result<void> PgCallIntake::store_together(storage::Tx& tx, Batch const& batch, std::span<Item> items) {
    compare_with_receipts(tx, batch, items);
    Sides wanted = matched(tx, batch, items);
    auto const possible = possible_owners(tx, batch, items, wanted);
    if (!possible) return possible.error();
    keep_consenting(tx, batch, wanted);
    remove_obsolete(tx, batch, *possible, wanted);
    if (auto const written = write(tx, batch, wanted); !written) return written;
    keep_by_law(tx, batch, items);
    for (Side const& side : wanted)
        if (side.item->result->standing == Standing::fresh)
            side.item->result->owners.push_back({side.owner, side.direction});
    for (Item& item : items) item.attempt = *item.result;
    return {};
}

void PgCallIntake::compare_with_receipts(storage::Tx& tx, Batch const& batch, std::span<Item> items) {
    std::vector<Receipt*> receipts;
    for (Item& item : items) {
        item.receipt = {keys_.keyed_hash("call-source", batch.name_of(item)),
                        content_hash(batch, item, item.call.last), std::nullopt};
        receipts.push_back(&item.receipt);
    }
    exchange_receipts(tx, batch.permit.organisation(), batch.switch_id, receipts);
    for (Item& item : items) {
        StoredCall stored;
        if (!item.receipt.earlier)
            stored.standing = Standing::fresh;
        else if (*item.receipt.earlier != content_hash(batch, item, item.call.first))
            stored.standing = Standing::changed;
        // The commit of an earlier attempt was in doubt and turns out to have succeeded.
        if (item.attempt && !item.writes()) stored = *item.attempt;
        item.result = std::move(stored);
    }
}

std::string PgCallIntake::content_hash(Batch const& batch, Item const& item, Call const& call) const {
    auto const number = [&batch](std::optional<Party> const& party) {
        return party ? party->open(batch.permit).text : std::string{};
    };
    CallTimes const& times = call.times.open(batch.permit);
    std::string const name = batch.name_of(item);  // so that equal numbers have other hashes in another call
    std::string const numbers = joined({name, number(call.caller), number(call.callee)});
    std::string const rest =
        joined({name, rfc3339(times.started_at), times.answered_at ? rfc3339(*times.answered_at) : std::string{},
                rfc3339(times.ended_at), name_of(call.outcome)});
    return keys_.keyed_hash("call-numbers", numbers).substr(0, half_hash) +
           keys_.keyed_hash("call-content", rest).substr(0, half_hash);
}

/// Who had the numbers when the call began, callers before callees. Who called themselves has one row, the
/// caller's.
PgCallIntake::Sides PgCallIntake::matched(storage::Tx& tx, Batch const& batch, std::span<Item> items) {
    Sides asked;
    storage::ArrayLiteral hashes, times;
    auto const ask = [&](Item& item, std::optional<Party> const& party, Direction direction) {
        if (!item.writes() || !party || !party->open(batch.permit).assignable) return;
        asked.push_back({&item, direction});
        hashes.add(storage::bytea(numbers_.hash(batch.permit.organisation(), party->open(batch.permit).text)));
        times.add(std::to_string(storage::ms(item.call.last.times.open(batch.permit).started_at)));
    };
    for (Item& item : items) ask(item, item.call.last.caller, Direction::outgoing);
    for (Item& item : items) ask(item, item.call.last.callee, Direction::incoming);
    Sides found;
    if (asked.empty()) return found;
    SideKeys seen;
    for (auto const& match : tx.exec(match_numbers, batch.organisation(), hashes.text(), times.text())) {
        Side side = asked[match[0].as<std::size_t>() - 1];
        side.owner = storage::id_of<UserId>(match[1]);
        if (seen.insert(side.key()).second) found.push_back(side);
    }
    return found;
}

void PgCallIntake::keep_consenting(storage::Tx& tx, Batch const& batch, Sides& sides) {
    std::set<UserId> owners;
    for (Side const& side : sides) owners.insert(side.owner);
    if (owners.empty()) return;
    storage::ArrayLiteral ids;
    for (UserId const& owner : owners) ids.add(owner.text());
    std::set<UserId> consenting;
    for (auto const& row : tx.exec(hold_consents, batch.organisation(), ids.text()))
        consenting.insert(storage::id_of<UserId>(row[0]));
    std::erase_if(sides, [&](Side const& side) { return !consenting.contains(side.owner); });
}

/// Who may have a row of a call that is being corrected. When a number changed, that is anybody of the
/// organisation: nothing stored leads from a call to its people, so each one's hash is tried.
Result<PgCallIntake::SideKeys> PgCallIntake::possible_owners(storage::Tx& tx, Batch const& batch,
                                                             std::span<Item> items, Sides const& found) {
    SideKeys possible;
    for (Side const& side : found)
        if (side.item->rewrites()) possible.insert(side.key());
    auto const changed = static_cast<std::size_t>(std::ranges::count_if(items, &Item::numbers_changed));
    if (changed == 0) return possible;
    auto const people = tx.exec(people_with_numbers, batch.organisation());
    if (items.size() > 1 && changed * static_cast<std::size_t>(people.size()) > most_candidates_)
        return too_costly;
    for (auto const& person : people)
        for (Item& item : items)
            if (item.numbers_changed()) possible.emplace(&item, storage::id_of<UserId>(person[0]));
    return possible;
}

/// Takes corrected calls out of the histories they no longer belong to, and finds the rows that stay.
void PgCallIntake::remove_obsolete(storage::Tx& tx, Batch const& batch, SideKeys const& possible, Sides& wanted) {
    std::vector<OwnerHash> asked;
    std::vector<std::pair<Item*, UserId>> keys;
    for (auto const& [item, owner] : possible) {
        auto hash = cipher_.owner_hash(owner, "call", batch.name_of(*item));
        if (!hash) continue;  // erased: they have no rows
        asked.push_back({owner, *std::move(hash)});
        keys.emplace_back(item, owner);
    }
    if (asked.empty()) return;
    std::vector<RowKey> obsolete;
    for (auto const& [place, id] : find_rows(tx, batch.permit.organisation(), asked)) {
        auto const stays = std::ranges::find(wanted, keys[place], &Side::key);
        if (stays != wanted.end())
            stays->existing = id;
        else
            obsolete.push_back({keys[place].second, id});
    }
    delete_rows(tx, batch.permit.organisation(), obsolete);
}

Result<void> PgCallIntake::write(storage::Tx& tx, Batch const& batch, Sides const& sides) {
    std::vector<CallRow> rows;
    for (Side const& side : sides) {
        auto hash = cipher_.owner_hash(side.owner, "call", batch.name_of(*side.item));
        if (!hash) continue;  // erased meanwhile
        Call const& call = side.item->call.last;
        rows.push_back({side.owner, side.existing.value_or(CallId{uuid_v7(std::chrono::system_clock::now())}),
                        side.existing.has_value(), *std::move(hash), side.direction, side.own(), side.other(),
                        call.times, call.outcome});
    }
    auto const written = write_rows(tx, cipher_, batch.permit, rows);
    if (!written) return Error{Errc::exhausted, "a person was erased just now: try again"};
    return written;
}

/// Nobody's choice, so it asks for no consent; and only where the law says so.
void PgCallIntake::keep_by_law(storage::Tx& tx, Batch const& batch, std::span<Item> items) {
    if (!law_) return;
    std::vector<LawRecord> records;
    for (Item const& item : items)
        if (item.writes()) records.push_back({batch.name_of(item), item.call.last});
    calls::keep_by_law(tx, *law_, batch.permit, batch.switch_id, records);
}

}  // namespace samtal::calls
