#include "retention_fixture.hpp"

#include <set>

namespace samtal::retention {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

/// A period as the test understands it: calendar months, then days.
struct Period {
    int months_;
    int days_;

    /// A month's last day stands for the days it lacks (Regulation 1182/71, Art. 3.2 c).
    [[nodiscard]] Timestamp after(Timestamp begin) const {
        auto const day = floor<days>(begin);
        year_month_day moved = year_month_day{day} + months{months_};
        if (!moved.ok()) moved = moved.year() / moved.month() / last;
        return Timestamp{sys_days{moved} + days{days_}} + (begin - day);
    }
};

/// One table of the simulation: how a row with this anchor is planted, and when it must go.
struct Planted {
    std::string table, anchor;
    Period period;
    std::string insert;  // {0} organisation, {1} the time, {2} a user, {3} a number
    std::string owner =
        "organisation_id";  // the column with the organisation's id, by which the rows are found again
};

std::vector<Planted> const tables{
    {"messages",
     "sent_at",
     {12, 0},
     "INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, "
     "removed, sent_at, decision_id) "
     "SELECT '{0}', conversation_id, {3}, gen_random_uuid(), '{2}', gen_random_uuid(), 'deleted', {1}, "
     "gen_random_uuid() "
     "FROM conversations WHERE organisation_id = '{0}'"},
    {"calls",
     "ended_at",
     {0, 90},
     "INSERT INTO calls (organisation_id, owner_id, call_id, source_hash, direction, own_number, started_at, "
     "ended_at, outcome, decision_id) "
     "VALUES ('{0}', '{2}', gen_random_uuid(), sha256(uuid_send(gen_random_uuid())), 'incoming', '', {1}, {1}, "
     "'busy', gen_random_uuid())"},
    {"call_counters",
     "hour",
     {13, 0},
     "INSERT INTO call_counters (organisation_id, owner_id, hour, direction, outcome, calls, talk_s, longest_s, "
     "batch_id) VALUES ('{0}', '{2}', {1}, 'outgoing', 'busy', 1, 0, 0, gen_random_uuid())",
     "direction = 'outgoing' AND organisation_id"},  // beside them stand what becomes of the calls above
    {"call_requests",
     "ends_at",
     {0, 0},
     "INSERT INTO call_requests (organisation_id, owner_id, request_id, switch_id, from_number, to_number, state, "
     "requested_at, ends_at) "
     "SELECT '{0}', '{2}', gen_random_uuid(), switch_id, '', '', 'ended', {1}, {1} FROM switches WHERE "
     "organisation_id = '{0}'"},
    {"call_receipts",
     "received_at",
     {0, 90},
     "INSERT INTO call_receipts (organisation_id, switch_id, source_hash, content_hash, received_at) "
     "SELECT '{0}', switch_id, sha256(uuid_send(gen_random_uuid())), sha256(''), {1} FROM switches WHERE "
     "organisation_id = '{0}'"},
    {"sessions",
     "least(idle_expires_at, absolute_expires_at)",
     {0, 0},
     "INSERT INTO sessions (organisation_id, session_id, user_id, token_salt, access_expires_at, remembered, "
     "idle_expires_at, absolute_expires_at) "
     "VALUES ('{0}', gen_random_uuid(), '{2}', uuid_send(gen_random_uuid()), {1}, true, {1} + interval '1 day' * "
     "({3} % 2), "
     "{1} + interval '1 day' * (1 - {3} % 2))"},
    {"mail_links",
     "expires_at",
     {0, 0},
     "INSERT INTO mail_links (organisation_id, link_id, user_id, kind, code_hash, expires_at) "
     "VALUES ('{0}', gen_random_uuid(), '{2}', 'password_reset', sha256(uuid_send(gen_random_uuid())), {1})"},
    {"idempotent_requests",
     "created_at",
     {0, 1},
     "INSERT INTO idempotent_requests (organisation_id, user_id, route, key_hash, body_hash, created_at) "
     "VALUES ('{0}', '{2}', 'r', sha256(uuid_send(gen_random_uuid())), sha256(''), {1})"},
    {"invitations",
     "coalesce(used_at, expires_at)",
     {0, 30},
     "WITH u AS (INSERT INTO users (organisation_id, user_id, role) VALUES ('{0}', gen_random_uuid(), 'member') "
     "RETURNING user_id) "
     "INSERT INTO invitations (organisation_id, user_id, code_hash, expires_at, used_at) "
     "SELECT '{0}', user_id, sha256(uuid_send(user_id)), CASE WHEN {3} % 2 = 0 THEN {1} ELSE '2050-01-01' END, "
     "CASE WHEN {3} % 2 = 1 THEN {1} END FROM u"},
    {"acknowledgements",
     "acknowledged_at",
     {60, 0},
     "INSERT INTO acknowledgements (organisation_id, user_id, notice_version, acknowledged_at) VALUES ('{0}', "
     "'{2}', '{3}', {1})"},
    {"consent_events",
     "acted_at",
     {60, 0},
     "INSERT INTO consent_events (organisation_id, event_id, user_id, purpose, state, notice_version, terms_hash, "
     "acted_at, subject, sequence, previous_hash, document, signature) "
     "SELECT '{0}', gen_random_uuid(), '{2}', 'marketing', 'given', 'v', sha256(''), {1}, sha256(''), n.next, "
     "CASE n.next WHEN 1 THEN ''::bytea ELSE sha256('') END, 'd', decode(repeat('00', 64), 'hex') "
     "FROM (SELECT coalesce(max(sequence), 0) + 1 AS next FROM consent_events WHERE user_id = '{2}') n"},
    {"phone_assignments",
     "valid_to",
     {0, 90},
     "INSERT INTO phone_assignments (organisation_id, assignment_id, user_id, number_hash, number, valid_from, "
     "valid_to) "
     "VALUES ('{0}', gen_random_uuid(), '{2}', sha256(uuid_send(gen_random_uuid())), '', '2000-01-01', {1})"},
    {"legal_holds",
     "released_at",
     {60, 0},
     "INSERT INTO legal_holds (organisation_id, hold_id, user_id, case_reference, placed_at, released_at) "
     "VALUES ('{0}', gen_random_uuid(), '{2}', '', '2000-01-01', {1})"},
    {"law_retention_calls",
     "ended_at",
     {6, 0},
     "INSERT INTO law_retention_calls (organisation_id, source_hash, record, ended_at) "
     "VALUES ('{0}', sha256(uuid_send(gen_random_uuid())), '', {1})"},
    {"law_disclosure_people",
     "disclosed_at",
     {60, 0},
     "WITH d AS (INSERT INTO law_disclosures (disclosure_id, first_admin, second_admin, case_number, records, "
     "disclosed_at) VALUES (gen_random_uuid(), sha256('a'), sha256('b'), 'case', 0, 'infinity') "
     "RETURNING disclosure_id) "
     "INSERT INTO law_disclosure_people (organisation_id, user_id, disclosure_id, disclosed_at) "
     "SELECT '{0}', '{2}', disclosure_id, {1} FROM d"},
    {"disclosures",
     "disclosed_at",
     {60, 0},
     "INSERT INTO disclosures (organisation_id, user_id, disclosure_id, recipient, purpose, categories, reason, "
     "country, disclosed_at) "
     "VALUES ('{0}', '{2}', gen_random_uuid(), 'r', 'call_history', '{{traffic}}', '', 'SE', {1})"},
    {"privacy_requests",
     "done_at",
     {60, 0},
     "INSERT INTO privacy_requests (organisation_id, request_id, user_id, subject, kind, state, language, "
     "received_at, due_at, done_at) "
     "VALUES ('{0}', gen_random_uuid(), '{2}', sha256(''), 'access', 'done', 'sv', '2000-01-01', {1}, {1})"},
    {"privacy_archives",
     "expires_at",
     {0, 0},
     "WITH r AS (INSERT INTO privacy_requests (organisation_id, request_id, user_id, subject, kind, state, "
     "language, received_at, due_at) "
     "VALUES ('{0}', gen_random_uuid(), '{2}', sha256(''), 'access', 'ready', 'sv', '2000-01-01', {1}) "
     "RETURNING request_id) "
     "INSERT INTO privacy_archives (organisation_id, request_id, user_id, archive, build_id, alive_at, "
     "expires_at) "
     "SELECT '{0}', request_id, '{2}', '', gen_random_uuid(), '2000-01-01', {1} FROM r"},
    {"privacy_intakes",
     "received_at",
     {60, 0},
     "INSERT INTO privacy_intakes (intake_id, kind, number_hash, reference, received_at, due_at, answer) "
     "VALUES (gen_random_uuid(), 'access', sha256(''), '{0}', {1}, {1}, 'not_identified')",
     "reference"},
};

class EightYearsTest : public RetentionDatabaseTest {
protected:
    static constexpr year first{2015};

    /// Month ends, leap days, the last moment of a year: in order.
    static std::vector<Timestamp> anchors() {
        std::set<Timestamp> found;
        auto const add = [&](year_month_day day, milliseconds time) {
            found.insert(Timestamp{sys_days{day}} + time);
        };
        for (year y = first; y < first + years{6}; ++y) {
            for (auto const m : {January, March, May, August, October, December})
                add(y / m / last, 12h + milliseconds{unsigned(m)});
            add(y / February / last, 23h + 59min + 59s + 999ms);
            add(y / February / 28, 0ms);
            add(y / April / 30, 13h);
            add(y / December / last, 23h + 59min + 59s + 999ms);
            add(y / March / 29, 1h + 30min);  // where the clocks change
        }
        return {found.begin(), found.end()};
    }

    void plant(Principal const& who, std::vector<Timestamp> const& times) {
        std::string script;
        int n = 0;
        for (Timestamp const t : times) {
            ++n;
            for (Planted const& table : tables)
                script +=
                    fmt::format(fmt::runtime(table.insert), organisation.text(), sql(t), who.user.text(), n) +
                    ";\n";
        }
        test.admin(script + fmt::format("UPDATE conversations SET last_seq = {} WHERE organisation_id = '{}'", n,
                                        organisation.text()));
    }

    /// What is left of each table: its rows' anchors in milliseconds, in order.
    std::map<std::string, std::string> left() {
        std::string query;
        for (Planted const& t : tables)
            query += fmt::format(
                "{}SELECT '{}', coalesce(string_agg(ms::text, ' ' ORDER BY ms), '') FROM (SELECT (extract(epoch "
                "FROM {}) * 1000)::bigint "
                "AS ms FROM {} WHERE {} = '{}') AS a",
                query.empty() ? "" : " UNION ALL ", t.table, t.anchor, t.table, t.owner, organisation.text());
        std::map<std::string, std::string> found;
        for (auto const& row : test.admin(query))
            found.emplace(row[0].as<std::string>(), row[1].as<std::string>());
        return found;
    }
    static std::map<std::string, std::string> expected(std::vector<Timestamp> const& times, Timestamp now) {
        std::map<std::string, std::string> found;
        for (Planted const& table : tables) {
            std::string& text = found[table.table];
            for (Timestamp const t : times)
                if (table.period.after(t) > now)
                    text += fmt::format("{}{}", text.empty() ? "" : " ", storage::ms(t));
        }
        return found;
    }

    /// Each fortnight of eight years, and the millisecond before and at which the calendar's odd days are over.
    static std::set<Timestamp> steps(std::vector<Timestamp> const& times) {
        std::set<Timestamp> found;
        Timestamp const begin{sys_days{first / January / 1}}, end{sys_days{(first + years{8}) / January / 1}};
        for (Timestamp t = begin; t <= end; t += days{14}) found.insert(t);
        for (Period const period : {Period{12, 0}, Period{13, 0}, Period{6, 0}, Period{60, 0}, Period{0, 90}})
            for (Timestamp const t : times) {
                year_month_day const day{floor<days>(t)};
                if (day.month() != February && day.month() != August) continue;
                for (auto const near : {-1ms, 0ms})
                    if (auto const at = period.after(t) + near; at < end) found.insert(at);
            }
        return found;
    }
};

TEST_F(EightYearsTest, NothingGoesEarlyAndNothingStaysAtEveryStepOfEightYears) {
    auto const who = person();
    consent(who, "call_history");
    conversation(who);
    test.admin(
        fmt::format("INSERT INTO switches (organisation_id, switch_id, name, token_hash) VALUES ('{}', "
                    "gen_random_uuid(), 'T', "
                    "sha256(uuid_send(gen_random_uuid())))",
                    organisation.text()));
    auto const times = anchors();
    plant(who, times);
    ASSERT_EQ(left(), expected(times, Timestamp{}));
    for (Timestamp const now : steps(times)) {
        run(now);
        ASSERT_EQ(left(), expected(times, now)) << rfc3339(now);
    }
    // Not everything had its time: the proofs of the last years stay.
    EXPECT_NE(left().at("consent_events"), "");
    EXPECT_EQ(left().at("messages"), "");
    EXPECT_EQ(number(fmt::format("SELECT first_seq - last_seq FROM conversations WHERE organisation_id = '{}'",
                                 organisation.text())),
              1);
}

TEST_F(EightYearsTest, EveryCategoryThatExpiresIsSimulated) {
    std::set<std::string> simulated;
    for (Planted const& table : tables) simulated.insert(table.table);
    // Consent that ended, an organisation's own period and the law's disclosures have tests of their own.
    for (Rule const& rule : decode_rules(register_expiry))
        if (!rule.category.ends_with("_withdrawn") && !rule.category.ends_with("_of_expired_consent") &&
            !rule.category.ends_with("_of_earlier_consent") && !rule.category.ends_with("_of_choice") &&
            rule.category != "law_disclosures")
            EXPECT_TRUE(simulated.contains(rule.category)) << rule.category;
}

}  // namespace
}  // namespace samtal::retention
