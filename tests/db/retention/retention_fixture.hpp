#pragma once

#include "retention/fading_steps.hpp"
#include "retention/pg_fading_repository.hpp"
#include "retention/pg_hold_repository.hpp"
#include "retention/pg_retention_repository.hpp"
#include "retention/retention_codec.hpp"
#include "retention/retention_service.hpp"
#include "samtal/core/register_texts.hpp"
#include "samtal/storage/values.hpp"
#include "support/database.hpp"

#include <fmt/format.h>

namespace samtal::retention {

/// Small batches, so that a handful of rows takes several.
class RetentionDatabaseTest : public testing::DatabaseTest {
protected:
    static constexpr unsigned batch_rows = 3;

    static Timestamp at(std::string_view text) { return parse_rfc3339(text).value(); }
    static std::string sql(Timestamp t) { return fmt::format("to_timestamp({} / 1000.0)", storage::ms(t)); }
    RetentionPermit job() { return gate.permit_machine<purpose::Retention>(OrganisationId::nil()); }

    Counts run(Timestamp moment) {
        auto const permit = job();
        return testing::run(service.run(permit, RunKind::manual, moment)).value().value();
    }
    Counts due(Timestamp moment) {
        auto const permit = job();
        return testing::run(service.due(permit, moment)).value();
    }
    std::int64_t number(std::string const& query) { return test.admin(query)[0][0].as<std::int64_t>(); }
    std::int64_t rows(std::string const& table, std::string const& where = "true") {
        return number(fmt::format("SELECT count(*) FROM {} WHERE organisation_id = '{}' AND {}", table,
                                  organisation.text(), where));
    }

    std::string conversation(Principal const& owner) {
        std::string const id = uuid_text(uuid_v7(std::chrono::system_clock::now()));
        test.admin(fmt::format(
            "INSERT INTO conversations (organisation_id, conversation_id, creator_id) VALUES ('{}', '{}', '{}')",
            organisation.text(), id, owner.user.text()));
        return id;
    }
    /// The next message of a conversation.
    void say(std::string const& place, Principal const& who, Timestamp sent) {
        test.admin(
            fmt::format("WITH c AS (UPDATE conversations SET last_seq = last_seq + 1 WHERE organisation_id = "
                        "'{0}' AND conversation_id = '{1}' RETURNING last_seq) "
                        "INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, "
                        "client_message_id, removed, sent_at, decision_id) "
                        "SELECT '{0}', '{1}', last_seq, gen_random_uuid(), '{2}', gen_random_uuid(), 'deleted', "
                        "{3}, gen_random_uuid() FROM c",
                        organisation.text(), place, who.user.text(), sql(sent)));
    }
    /// A call of somebody's history that ended then and was taken in at `made`.
    void call(Principal const& who, Timestamp ended, Timestamp made = system_now()) {
        test.admin(fmt::format(
            "INSERT INTO calls (organisation_id, owner_id, call_id, source_hash, direction, "
            "own_number, started_at, ended_at, outcome, decision_id) "
            "VALUES ('{}', '{}', '{}', sha256(uuid_send(gen_random_uuid())), 'incoming', "
            "'', {}, {}, 'busy', gen_random_uuid())",
            who.organisation.text(), who.user.text(), uuid_text(uuid_v7(made)), sql(ended), sql(ended)));
    }
    /// "first_seq/last_seq: the messages that are there".
    std::string state_of(std::string const& place) {
        return test
            .admin(fmt::format("SELECT first_seq || '/' || last_seq || ': ' || coalesce((SELECT "
                               "string_agg(seq::text, ' ' ORDER BY seq) FROM messages m "
                               "WHERE m.conversation_id = c.conversation_id), 'none') FROM conversations c WHERE "
                               "conversation_id = '{}'",
                               place))[0][0]
            .as<std::string>();
    }
    HoldOrder order(Principal const& who, std::string reference = "T 1-26") {
        return {who.user, std::nullopt, CaseReference{std::move(reference)}};
    }
    Result<Hold> hold(Principal const& who, std::string reference = "T 1-26") {
        auto const permit = job();
        auto const wanted = order(who, std::move(reference));
        return testing::run(holds.add(permit, wanted, system_now()));
    }
    Result<Hold> release(Principal const& who, std::string reference = "T 1-26") {
        auto const permit = job();
        auto const wanted = order(who, std::move(reference));
        return testing::run(holds.release(permit, wanted, system_now()));
    }

    PgRetentionRepository repository{db};
    PgHoldRepository holds{db, cipher};
    PgFadingRepository fading{db, cipher, "Europe/Stockholm"};
    RetentionService service{repository,
                             [] { return decode_rules(register_expiry); },
                             {std::chrono::minutes{60}, batch_rows, 1},
                             system_now,
                             {&fading, [] { return fading_steps(processing::built_in()); }}};
};

}  // namespace samtal::retention
