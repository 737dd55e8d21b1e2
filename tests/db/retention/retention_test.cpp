#include "retention_fixture.hpp"

namespace samtal::retention {
namespace {

using namespace std::chrono_literals;

class RetentionTest : public RetentionDatabaseTest {
protected:
    Timestamp const old = at("2019-05-05T12:00:00Z");
    Timestamp const later = at("2020-05-05T12:00:00Z");  // when messages of `old` go
};

TEST_F(RetentionTest, TakesExpiredMessagesFromTheFrontAndMovesFirstSeq) {
    auto const who = person();
    auto const place = conversation(who);
    for (int n = 0; n < 8; ++n) say(place, who, old + n * 1min);
    say(place, who, old + 24h);
    EXPECT_EQ(state_of(place), "1/9: 1 2 3 4 5 6 7 8 9");
    run(later - 1ms);
    EXPECT_EQ(state_of(place), "1/9: 1 2 3 4 5 6 7 8 9");
    run(later + 6min);
    EXPECT_EQ(state_of(place), "8/9: 8 9");
    run(later + 1h);
    EXPECT_EQ(state_of(place), "9/9: 9");
    run(later + 48h);
    EXPECT_EQ(state_of(place), "10/9: none");
}

TEST_F(RetentionTest, ADryRunCountsWhatTheRunDeletes) {
    auto const who = person();
    consent(who, "call_history");
    auto const place = conversation(who);
    for (int n = 0; n < 7; ++n) say(place, who, old + n * 1s);
    for (int n = 0; n < 5; ++n) call(who, old);
    auto const withdrawn = person();
    consent(withdrawn, "call_history", "withdrawn");
    for (int n = 0; n < 4; ++n) call(withdrawn, system_now());
    test.admin(
        fmt::format("UPDATE consent_state SET since = {} WHERE user_id = '{}'", sql(old), withdrawn.user.text()));
    auto const said = due(later + 1h);
    EXPECT_EQ(said.at("messages"), 7);
    EXPECT_EQ(said.at("calls"), 5);
    EXPECT_EQ(said.at("calls_withdrawn"), 4);
    EXPECT_EQ(rows("messages"), 7);
    EXPECT_EQ(rows("calls"), 9);
    EXPECT_EQ(run(later + 1h), said);
    EXPECT_EQ(rows("messages") + rows("calls"), 0);
    for (auto const& [category, count] : due(later + 1h)) EXPECT_EQ(count, 0) << category;
}

TEST_F(RetentionTest, RowsOfAConsentThatEndedGoWhateverTheirPeriod) {
    auto const who = person(), other = person();
    consent(who, "call_history");
    consent(other, "call_history");
    Timestamp const now = system_now();
    call(who, now - 1h);
    call(other, now - 1h);
    run(now);
    EXPECT_EQ(rows("calls"), 2);
    consent(who, "call_history", "withdrawn");
    test.admin(fmt::format("UPDATE consent_state SET since = {} WHERE user_id = '{}'", sql(now), who.user.text()));
    run(now);
    EXPECT_EQ(rows("calls", fmt::format("owner_id = '{}'", who.user.text())), 0);
    EXPECT_EQ(rows("calls"), 1);
}

TEST_F(RetentionTest, AConsentGivenAnewBringsNoOldRowBack) {
    auto const who = person(), other = person();
    Timestamp const now = system_now();
    for (auto const& person : {who, other}) {
        consent(person, "call_history");
        call(person, now - 3h, now - 3h);
        call(person, now, now);
    }
    for (auto const& [ago, state] : {std::pair{5h, "withdrawn"}, {4h, "given"}, {2h, "withdrawn"}, {1h, "given"}})
        test.admin(fmt::format(
            "INSERT INTO consent_events (organisation_id, event_id, user_id, purpose, state, "
            "notice_version, terms_hash, acted_at, subject, sequence, previous_hash, document, signature) "
            "SELECT '{0}', gen_random_uuid(), '{1}', 'call_history', '{2}', 'v', sha256(''), {3}, sha256(''), "
            "n.next, CASE n.next WHEN 1 THEN ''::bytea ELSE sha256('') END, 'd', decode(repeat('00', 64), 'hex') "
            "FROM (SELECT coalesce(max(sequence), 0) + 1 AS next FROM consent_events WHERE user_id = '{1}') n",
            organisation.text(), who.user.text(), state, sql(now - ago)));
    EXPECT_EQ(due(now).at("calls_of_earlier_consent"), 1);
    EXPECT_EQ(run(now).at("calls_of_earlier_consent"), 1);
    EXPECT_EQ(rows("calls", fmt::format("owner_id = '{}'", who.user.text())), 1);
    EXPECT_EQ(rows("calls", fmt::format("owner_id = '{}'", other.user.text())), 2);
}

TEST_F(RetentionTest, ALongHistoryOfChoicesIsNotRead) {
    auto const who = person();
    Timestamp const now = system_now();
    consent(who, "call_history");
    for (auto const ago : {3h, 1h}) call(who, now - ago, now - ago);
    // Read row by row for each other row, this takes longer than the watchdog of a connection waits.
    test.admin(fmt::format(
        "INSERT INTO consent_events (organisation_id, event_id, user_id, purpose, state, notice_version, "
        "terms_hash, acted_at, subject, sequence, previous_hash, document, signature) "
        "SELECT '{}', gen_random_uuid(), '{}', 'call_history', CASE n % 2 WHEN 1 THEN 'withdrawn' ELSE 'given' "
        "END, 'v', sha256(''), {} + n * interval '1 ms', sha256(''), n, CASE n WHEN 1 THEN ''::bytea ELSE "
        "sha256('') END, 'd', decode(repeat('00', 64), 'hex') FROM generate_series(1, 60000) AS n",
        organisation.text(), who.user.text(), sql(now - 2h)));
    EXPECT_EQ(run(now).at("calls_of_earlier_consent"), 1);
    EXPECT_EQ(rows("calls"), 1);
}

TEST_F(RetentionTest, RowsOfAConsentToFormerTermsGo) {
    auto const who = person(), other = person();
    Timestamp const now = system_now();
    for (auto const& person : {who, other}) {
        consent(person, "call_history");
        call(person, now - 1h);
    }
    test.admin(fmt::format("UPDATE consent_state SET terms_hash = sha256('former terms') WHERE user_id = '{}'",
                           who.user.text()));
    EXPECT_EQ(due(now).at("calls_of_expired_consent"), 1);
    EXPECT_EQ(run(now).at("calls_of_expired_consent"), 1);
    EXPECT_EQ(rows("calls", fmt::format("owner_id = '{}'", who.user.text())), 0);
    EXPECT_EQ(rows("calls"), 1);
}

TEST_F(RetentionTest, AConsentToNewTermsBringsNoRowOfFormerTermsBack) {
    auto const who = person();
    Timestamp const now = system_now(), changed = at("2020-01-01T00:00:00Z");  // by support/database.cpp
    consent(who, "call_history");
    call(who, now - 1h, changed - 1h);
    call(who, now - 1h, changed + 1h);
    EXPECT_EQ(due(now).at("calls_of_earlier_consent"), 0);
    test.admin("INSERT INTO consent_terms VALUES ('call_history', '2019-01-01', sha256('former terms'))");
    auto const gone = run(now).at("calls_of_earlier_consent");
    test.admin("DELETE FROM consent_terms WHERE since = '2019-01-01'");
    EXPECT_EQ(gone, 1);
    EXPECT_EQ(rows("calls"), 1);
}

TEST_F(RetentionTest, TheProofOfAConsentThatStandsStays) {
    auto const who = person();
    auto const event = [&](std::string const& id) {
        test.admin(fmt::format(
            "INSERT INTO consent_events (organisation_id, event_id, user_id, purpose, state, "
            "notice_version, terms_hash, acted_at, subject, sequence, previous_hash, document, signature) "
            "SELECT '{0}', '{1}', '{2}', 'call_history', 'given', 'v', sha256(''), {3}, sha256(''), n.next, CASE "
            "n.next WHEN 1 THEN ''::bytea ELSE sha256('') END, 'd', decode(repeat('00', 64), 'hex') "
            "FROM (SELECT coalesce(max(sequence), 0) + 1 AS next FROM consent_events WHERE user_id = '{2}') n",
            organisation.text(), id, who.user.text(), sql(at("2015-01-01T00:00:00Z"))));
    };
    std::string const superseded = testing::fresh_id<DecisionId>().text(),
                      current = testing::fresh_id<DecisionId>().text();
    event(superseded);
    event(current);
    consent(who, "call_history");
    test.admin(
        fmt::format("UPDATE consent_state SET event_id = '{}' WHERE user_id = '{}'", current, who.user.text()));
    run(at("2020-01-01T00:00:00Z"));
    EXPECT_EQ(rows("consent_events", fmt::format("event_id = '{}'", current)), 1);
    EXPECT_EQ(rows("consent_events"), 1);
}

TEST_F(RetentionTest, NeverTouchesTheAuditTrail) {
    std::string const id = testing::fresh_id<DecisionId>().text();
    test.admin(fmt::format(
        "INSERT INTO audit_leaves (leaf_id, act, actor_kind, actor, subject, purpose, reference, code, acted_at) "
        "VALUES ('{}', 'test.act', 'machine', '', '', 'retention', '', '', '1999-01-01')",
        id));
    run(system_now());
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM audit_leaves WHERE leaf_id = '{}'", id)), 1);
}

TEST_F(RetentionTest, TellsWhatIsPastItsPeriodAndLag) {
    auto const who = person();
    consent(who, "call_history");
    Timestamp const now = system_now();
    auto const overdue = [&] {
        auto const permit = job();
        return testing::run(service.overdue(permit)).value().at("calls");
    };
    run(now);
    EXPECT_EQ(overdue(), 0);
    call(who, now - 90 * 24h - 23h);  // due, and within the lag
    EXPECT_EQ(overdue(), 0);
    EXPECT_EQ(due(now).at("calls"), 1);
    call(who, now - 91 * 24h - 1h);
    EXPECT_EQ(overdue(), 1);
    run(now);
    EXPECT_EQ(overdue(), 0);
}

TEST_F(RetentionTest, OneServerHasTheTurn) {
    test.admin("DELETE FROM retention_runs");
    auto const permit = job();
    EXPECT_TRUE(testing::run(service.run(permit, RunKind::scheduled, old)).value().has_value());
    EXPECT_FALSE(testing::run(service.run(permit, RunKind::scheduled, old)).value().has_value());
    EXPECT_TRUE(testing::run(service.run(permit, RunKind::manual, old)).value().has_value());
}

TEST_F(RetentionTest, EachRunLeavesAReport) {
    auto const who = person();
    auto const place = conversation(who);
    say(place, who, old);
    run(later);
    auto const permit = job();
    auto const reports = testing::run(service.reports(permit, 1)).value();
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].run.moment, later);
    EXPECT_TRUE(reports[0].ended_at.has_value());
    EXPECT_EQ(reports[0].counts.at("messages"), 1);
    EXPECT_EQ(reports[0].counts.size(),
              decode_rules(register_expiry).size() + fading_steps(processing::built_in()).size());
}

}  // namespace
}  // namespace samtal::retention
