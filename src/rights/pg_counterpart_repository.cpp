#include "pg_counterpart_repository.hpp"

#include "counterpart_statements.hpp"
#include "erasure_statements.hpp"
#include "samtal/calls/calls.hpp"
#include "samtal/calls/fading.hpp"
#include "samtal/storage/values.hpp"

#include <algorithm>

namespace samtal::rights {

using storage::ms;
using storage::Tx;

namespace {

void count(Tx& tx, Work const& work, std::int64_t removed) {
    if (removed > 0) tx.exec(count_removed, work.organisation.text(), work.id.text(), removed);
}

}  // namespace

bool all_in_plain(std::vector<PgCounterpartRepository::OwnNumber> const& numbers) {
    return std::ranges::all_of(numbers, [](auto const& number) { return number.plain.has_value(); });
}

Task<Result<std::vector<PgCounterpartRepository::OwnNumber>>> PgCounterpartRepository::numbers_of(
    RightsPermit const& permit, Work const& work) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<std::vector<OwnNumber>> {
        std::vector<OwnNumber> found;
        for (auto const& row : tx.exec(own_numbers, work.organisation.text(), work.user->text())) {
            OwnNumber number{storage::bytes_of(row[1]), storage::time_of(row[3]),
                             storage::optional_time_of(row[4]), std::nullopt};
            auto plain = cipher_.open(*work.user,
                                      {field::PhoneAssignmentsNumber::column, parse_uuid(row[0].c_str()).value()},
                                      storage::bytes_of(row[2]));
            if (plain) number.plain.emplace(*std::move(plain));
            found.push_back(std::move(number));
        }
        return found;
    });
}

Task<Result<std::optional<PgCounterpartRepository::Reached>>> PgCounterpartRepository::forget_batch(
    RightsPermit const& permit, Work const& work, std::vector<OwnNumber> const& numbers, Reached const& from,
    int most) {
    co_return co_await db_.run(permit, [&, most](Tx& tx) -> Result<std::optional<Reached>> {
        if (tx.exec(take_request, work.organisation.text(), work.id.text()).empty())
            return std::optional<Reached>{};
        return std::optional{all_in_plain(numbers) ? forget_by_hash(tx, permit, work, numbers, from, most)
                                                   : forget_by_look(tx, permit, work, numbers, from, most)};
    });
}

PgCounterpartRepository::Reached PgCounterpartRepository::forget_by_hash(Tx& tx, RightsPermit const& permit,
                                                                         Work const& work,
                                                                         std::vector<OwnNumber> const& numbers,
                                                                         Reached from, int most) {
    storage::ArrayLiteral owners, hashes, since, until;
    auto const found = tx.exec(owners_of_calls, work.organisation.text(), from.owner.text(), most);
    for (auto const& row : found) {
        from.owner = storage::id_of<UserId>(row[0]);
        if (from.owner == *work.user) continue;
        for (OwnNumber const& number : numbers) {
            auto const hash = calls::counterpart_hash(cipher_, from.owner, number.plain->open(permit));
            if (!hash) break;  // erased themselves
            owners.add(from.owner.text());
            hashes.add(storage::bytea(*hash));
            since.add(std::to_string(ms(number.since)));
            if (number.until)
                until.add(std::to_string(ms(*number.until)));
            else
                until.add_null();
        }
    }
    auto const removed = tx.exec(forget_counterpart, work.organisation.text(), owners.text(), hashes.text(),
                                 since.text(), until.text());
    count(tx, work, removed[0][0].as<std::int64_t>());
    from.done = static_cast<int>(found.size()) < most;
    return from;
}

/// Every number is opened and compared by the hash that stands beside the person's own. Slow, and rare.
PgCounterpartRepository::Reached PgCounterpartRepository::forget_by_look(Tx& tx, RightsPermit const& permit,
                                                                         Work const& work,
                                                                         std::vector<OwnNumber> const& numbers,
                                                                         Reached from, int most) {
    storage::ArrayLiteral owners, ids;
    auto const found =
        tx.exec(calls_with_numbers, work.organisation.text(), from.owner.text(), from.call.text(), most);
    for (auto const& row : found) {
        from.owner = storage::id_of<UserId>(row[0]);
        from.call = storage::id_of<CallId>(row[1]);
        if (row[2].is_null() || from.owner == *work.user) continue;
        auto opened = cipher_.open(from.owner, {field::CallsCounterpart::column, from.call.value()},
                                   storage::bytes_of(row[2]));
        if (!opened) continue;  // erased themselves
        calls::Counterpart const number{*std::move(opened)};
        if (!is_of(numbers, numbers_.hash(work.organisation, number.open(permit)), storage::time_of(row[3])))
            continue;
        owners.add(from.owner.text());
        ids.add(from.call.text());
    }
    auto const removed = tx.exec(remove_counterparts, work.organisation.text(), owners.text(), ids.text());
    count(tx, work, removed[0][0].as<std::int64_t>());
    from.done = static_cast<int>(found.size()) < most;
    return from;
}

bool PgCounterpartRepository::is_of(std::vector<OwnNumber> const& numbers, std::string const& hash, Timestamp at) {
    return std::ranges::any_of(numbers, [&](OwnNumber const& number) {
        return number.hash == hash && number.since <= at && (!number.until || at < *number.until);
    });
}

}  // namespace samtal::rights
