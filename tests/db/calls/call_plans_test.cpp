#include "calls/call_history_statements.hpp"
#include "calls_test_base.hpp"
#include "storage/connection.hpp"

namespace samtal::calls {
namespace {

/// How PostgreSQL goes about what the history asks: without statistics, as on the first day, and with them.
class CallPlansTest : public CallsDatabaseTest {
protected:
    /// As the history's role, or as the owner of its functions, who runs what is in them. With a role's settings.
    enum class As : unsigned char { history, owner };
    std::string plan(As who, std::string_view statement, std::string const& types, std::string const& values) {
        storage::LoginOptions login = test.main;
        login.point_reads = true;
        if (who == As::history) {
            login.user = "samtal_call_history";
            login.password_file = test.data + "/secrets/" + login.user;
        }
        pqxx::connection connection{storage::connection_string(login)};
        pqxx::work work{connection};
        if (who == As::owner) work.exec("SET LOCAL ROLE samtal_owner");
        work.exec("PREPARE asked(" + types + ") AS " + std::string{statement});
        std::string lines;
        for (auto const& row : work.exec("EXPLAIN (COSTS OFF) EXECUTE asked(" + values + ")"))
            lines += storage::text_of(row[0]) + "\n";
        return lines;
    }
    void expect_index(std::string const& found, std::string const& index) {
        EXPECT_NE(found.find("Index Scan using " + index), std::string::npos) << found;
        // One person's consent, not everybody's.
        EXPECT_EQ(found.find("Index Cond: (purpose"), std::string::npos) << found;
        for (auto const* const slow :
             {"Seq Scan", "Sort", "Bitmap Heap Scan on calls", "Bitmap Heap Scan on consent_state"})
            EXPECT_EQ(found.find(slow), std::string::npos) << found;
    }
    void expect_good_plans() {
        auto const nil = UserId::nil().text();
        auto const types = "uuid, uuid, bigint, bigint, uuid, text[], text[], int";
        auto const values = fmt::format("'{0}', '{0}', 0, 1, '{0}', '{{}}', '{{}}', 51", nil);
        expect_index(plan(As::history, read_page.sql(), types, values), "calls_by_time");
        expect_index(plan(As::history, read_page_of_counterpart.sql(), std::string{types} + ", bytea",
                          values + ", '\\x00'"),
                     "calls_of_counterpart");
        expect_index(plan(As::history, update_note.sql(), "uuid, uuid, uuid, bytea",
                          fmt::format("'{0}', '{0}', '{0}', NULL", nil)),
                     "calls_");
        // What the function does is planned when it is called.
        auto const body =
            storage::text_of(test.admin("SELECT prosrc FROM pg_proc WHERE proname = 'calls_to_count'")[0][0]);
        expect_index(plan(As::owner, "WITH x AS (" + body + ") SELECT * FROM x",
                          "uuid, uuid, timestamptz, timestamptz", fmt::format("'{0}', '{0}', now(), now()", nil)),
                     "calls_by_time");
        auto const names =
            storage::text_of(test.admin("SELECT prosrc FROM pg_proc WHERE proname = 'colleagues_at'")[0][0]);
        auto const found =
            plan(As::owner, names, "uuid, bytea[], timestamptz[]", fmt::format("'{}', '{{}}', '{{}}'", nil));
        EXPECT_NE(found.find("phone_assignments_organisation_id_number_hash_tstzrange_excl"), std::string::npos)
            << found;
        for (auto const* const slow : {"Seq Scan", "Bitmap"})
            EXPECT_EQ(found.find(slow), std::string::npos) << found;
    }
};

TEST_F(CallPlansTest, GoByIndexWithAndWithoutStatistics) {
    expect_good_plans();
    auto const anna = owner(anna_number);
    auto const organisation_id = organisation.text();
    test.admin(fmt::format(
        "INSERT INTO calls (organisation_id, owner_id, call_id, source_hash, direction, own_number, counterpart, "
        "started_at, ended_at, outcome, decision_id, counterpart_hash) "
        "SELECT '{}', '{}', gen_random_uuid(), sha256(n::text::bytea), 'incoming', '\\x00', '\\x00', "
        "now() - n * interval '1 minute', now(), 'busy', gen_random_uuid(), sha256((n % 10)::text::bytea) "
        "FROM generate_series(1, 20000) n",
        organisation_id, anna.user.text()));
    test.admin(
        fmt::format("INSERT INTO users (organisation_id, user_id, role, state) "
                    "SELECT '{}', gen_random_uuid(), 'member', 'active' FROM generate_series(1, 1000)",
                    organisation_id));
    test.admin(fmt::format(
        "INSERT INTO consent_state (organisation_id, user_id, purpose, state, since, notice_version, "
        "terms_hash, event_id) SELECT organisation_id, user_id, 'call_history', 'given', now(), 'test', "
        "current_terms('call_history'), gen_random_uuid() FROM users WHERE organisation_id = '{}' "
        "ON CONFLICT DO NOTHING",
        organisation_id));
    test.admin("ANALYZE calls, consent_state, users");
    expect_good_plans();
    for (auto const* const table : {"calls", "users"})  // others count rows
        test.admin(fmt::format("DELETE FROM {} WHERE organisation_id = '{}'", table, organisation_id));
}

}  // namespace
}  // namespace samtal::calls
