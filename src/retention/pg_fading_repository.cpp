#include "pg_fading_repository.hpp"

#include "retention_lock_statements.hpp"
#include "samtal/calls/calls.hpp"
#include "samtal/calls/fading.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/values.hpp"

#include <map>

namespace samtal::retention {

namespace {

using calls::Counterpart;
using storage::ms;
using storage::Tx;
using Into = FadingStep::Into;

constexpr storage::Statement take_time{R"sql(
-- retention.take_time_to_fade
SELECT set_config('statement_timeout', '300000', true)
)sql"};

constexpr storage::Statement count_due{R"sql(
-- retention.fading_due
SELECT organisation, stage, due
  FROM fading_due($1::text, $2::interval, $3::interval, $4::interval, to_timestamp($5::bigint / 1000.0))
)sql"};

constexpr storage::Statement find_rows{R"sql(
-- retention.fading_rows
SELECT owner_id, call_id, counterpart, floor(extract(epoch FROM ended_at) * 1000)::bigint
  FROM fading_rows($1::uuid, $2::text, $3::text, $4::interval, $5::interval, to_timestamp($6::bigint / 1000.0),
                   to_timestamp($7::bigint / 1000.0), $8::integer)
)sql"};

constexpr storage::Statement fade_calls{R"sql(
-- retention.fade_calls
SELECT fade_calls($1::uuid, $2::text, $3::uuid[], $4::uuid[], $5::bytea[])
)sql"};

constexpr storage::Statement count_calls{R"sql(
-- retention.count_faded_calls
SELECT counted, coalesce(floor(extract(epoch FROM reached) * 1000), 0)::bigint
  FROM count_faded_calls($1::uuid, $2::text, $3::interval, to_timestamp($4::bigint / 1000.0),
                         to_timestamp($5::bigint / 1000.0), $6::integer, $7::uuid, $8::text)
)sql"};

std::string name_of(Into into) {
    switch (into) {
        case Into::masked:
            return "masked";
        case Into::token:
            return "token";
        case Into::counted:
            break;
    }
    return "counted";
}

}  // namespace

/// What takes the place of a batch's numbers. A token stands for one person's number, as far as it is shown: it
/// says that two calls were with the same, in this batch, and joins nothing across people.
struct PgFadingRepository::Numbers {
    Into into;
    std::map<std::pair<UserId, std::string>, std::string> tokens{};

    Counterpart in_place_of(RetentionPermit const& permit, UserId owner, Counterpart const& number) {
        std::string shown = calls::masked(number.open(permit));
        if (into == Into::masked) return Counterpart{std::move(shown)};
        std::string& token = tokens[{owner, std::move(shown)}];
        if (token.empty()) token = calls::random_token();
        return Counterpart{token};
    }
};

Task<Result<std::vector<FadingRows>>> PgFadingRepository::due(RetentionPermit const& permit,
                                                              FadingStep const& step, Timestamp moment,
                                                              bool overdue) {
    co_return co_await db_.run(permit, [&, moment, overdue](Tx& tx) -> Result<std::vector<FadingRows>> {
        tx.exec(take_time);
        std::string const lag = overdue ? step.lag : "P0D";
        std::vector<FadingRows> found;
        for (auto const& row : tx.exec(count_due, name_of(step.into), step.duration, step.next, lag, ms(moment)))
            found.push_back(
                {storage::id_of<OrganisationId>(row[0]), storage::text_of(row[1]), row[2].as<std::int64_t>()});
        return found;
    });
}

Task<Result<Batch>> PgFadingRepository::fade_batch(RetentionPermit const& permit, FadingStep const& step,
                                                   FadingRows const& rows, Timestamp moment, Timestamp beginning,
                                                   unsigned most) {
    co_return co_await db_.run(permit, [&, moment, beginning, most](Tx& tx) -> Result<Batch> {
        tx.exec(take_time);
        tx.exec(lock_deletion);
        return step.into == Into::counted ? count(tx, step, rows, moment, beginning, most)
                                          : fade(tx, permit, step, rows, moment, beginning, most);
    });
}

Batch PgFadingRepository::fade(Tx& tx, RetentionPermit const& permit, FadingStep const& step,
                               FadingRows const& rows, Timestamp moment, Timestamp beginning, unsigned most) {
    Batch batch{0, beginning};
    Numbers numbers{step.into};
    storage::ArrayLiteral owners, ids, counterparts;
    for (auto const& row : tx.exec(find_rows, rows.organisation.text(), name_of(step.into), rows.stage,
                                   step.duration, step.next, ms(moment), ms(beginning), most)) {
        auto const owner = storage::id_of<UserId>(row[0]);
        storage::Cell const cell{field::CallsCounterpart::column, storage::id_of<CallId>(row[1]).value()};
        owners.add(storage::text_of(row[0]));
        ids.add(storage::text_of(row[1]));
        batch.reached = storage::time_of(row[3]);
        ++batch.deleted;
        // What no key opens any more, because the owner is being erased, has nothing to show.
        auto number = row[2].is_null() ? Result<std::string>{Error{Errc::not_found, "withheld"}}
                                       : cipher_.open(owner, cell, storage::bytes_of(row[2]));
        auto const sealed =
            number ? cipher_.seal(owner, cell,
                                  numbers.in_place_of(permit, owner, Counterpart{*std::move(number)}).open(permit))
                   : Result<std::string>{number.error()};
        if (sealed)
            counterparts.add(storage::bytea(*sealed));
        else
            counterparts.add_null();
    }
    if (batch.deleted > 0)
        tx.exec(fade_calls, rows.organisation.text(), name_of(step.into), owners.text(), ids.text(),
                counterparts.text());
    return batch;
}

Batch PgFadingRepository::count(Tx& tx, FadingStep const& step, FadingRows const& rows, Timestamp moment,
                                Timestamp beginning, unsigned most) const {
    std::string const id = uuid_text(uuid_v7(std::chrono::system_clock::now()));
    auto const row = tx.exec(count_calls, rows.organisation.text(), rows.stage, step.duration, ms(moment),
                             ms(beginning), most, id, time_zone_)[0];
    return {row[0].as<std::int64_t>(), storage::time_of(row[1])};
}

}  // namespace samtal::retention
