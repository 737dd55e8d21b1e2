#include "audit/pruner.hpp"
#include "audit_fixture.hpp"
#include "samtal/storage/values.hpp"

#include <algorithm>

namespace samtal::audit {
namespace {

/// Leaves that went when their period ended, and whoever would hide something behind that.
class PruningTest : public AuditTest {
protected:
    PruningTest() { make_room(); }

    /// The log is the whole cluster's, and other tests' leaves are young: the tree begins anew, in memory of
    /// nobody.
    void make_room() {
        test.admin("TRUNCATE audit_leaves, audit_checkpoints, audit_prunings, audit_pruned_leaves");
    }
    ~PruningTest() override { make_room(); }

    void append_of(char const* acted_at, int count) {
        test.admin(
            fmt::format("INSERT INTO audit_leaves (leaf_id, act, actor_kind, actor, subject, purpose, reference, "
                        "code, acted_at) "
                        "SELECT gen_random_uuid(), 'test.act', 'machine', '', sha256('somebody'), "
                        "'rights_and_evidence', n::text, "
                        "'', '{}'::timestamptz FROM generate_series(1, {}) n",
                        acted_at, count));
        (void)number();
    }
    Result<std::int64_t> prune() {
        auto const permit = trail();
        return testing::run(pruner.prune(permit, now));
    }
    std::int64_t bodies() { return count("true"); }
    std::int64_t hashes() {
        return test.admin("SELECT count(*) FROM audit_pruned_leaves")[0][0].as<std::int64_t>();
    }

    Timestamp now = parse_rfc3339("2026-11-25T12:00:00Z").value();
    Pruner pruner{db, test.ring, processing::built_in, [this] { return now; }};
};

constexpr auto old = "2021-11-25 11:59:59+00";
constexpr auto young = "2021-11-25 12:00:01+00";

TEST_F(PruningTest, I5_WhatIsPastItsPeriodGoesAndTheTreeStaysVerifiable) {
    append_of(old, 5);
    append_of(old, 4);
    auto const kept = number();
    append_of(young, 3);
    EXPECT_EQ(prune().value(), 9);
    EXPECT_EQ(hashes(), 9);
    EXPECT_EQ(count("position < 9"), 0) << "no pseudonym is left";
    EXPECT_EQ(count("act = 'audit.pruned' AND reference = 'size=9'"), 1);
    EXPECT_EQ(problem(), std::nullopt);
    EXPECT_EQ(problem(kept), std::nullopt) << "an older checkpoint is still a beginning of the tree";
    EXPECT_EQ(prune().value(), 0);
    append_of(young, 2);
    EXPECT_EQ(problem(kept), std::nullopt);
}

TEST_F(PruningTest, I5_NothingYoungGoesAndNoHalfOfACheckpoint) {
    append_of(old, 2);
    test.admin(
        fmt::format("INSERT INTO audit_leaves (leaf_id, act, actor_kind, actor, subject, purpose, reference, "
                    "code, acted_at) VALUES (gen_random_uuid(), 'test.act', 'machine', '', '', "
                    "'rights_and_evidence', 'a', '', '{}'), (gen_random_uuid(), 'test.act', 'machine', '', "
                    "'', 'rights_and_evidence', 'b', '', '{}')",
                    old, young));
    (void)number();
    append_of(old, 1);  // late to the trail
    EXPECT_EQ(prune().value(), 2);
    EXPECT_EQ(bodies(), 3 + 1) << "and the leaf that says so";
}

TEST_F(PruningTest, I5_ThePeriodMovesOnAndStatementsFollowEachOther) {
    append_of(old, 3);
    EXPECT_EQ(prune().value(), 3);
    (void)number();
    append_of(young, 3);
    now += std::chrono::hours{1};
    EXPECT_EQ(prune().value(), 0) << "the leaf of the first pruning is young and lies before them";
    test.admin(fmt::format("UPDATE audit_leaves SET acted_at = '{}' WHERE act = 'audit.pruned'", old));
    EXPECT_EQ(prune().error().code, Errc::conflict) << "an old leaf by a changed time is a changed leaf";
    EXPECT_TRUE(problem().has_value());
}

TEST_F(PruningTest, I5_AfterACrashTheNextRunGoesOn) {
    append_of(old, 4);
    auto const permit = trail();
    auto const newest = testing::run(log.newest(permit)).value().value();
    PgPruningRepository prunings{db};
    auto const tree = Frontier::parse(newest.size, newest.frontier).value();
    storage::Signer const signer{test.ring};
    StoredPruning const statement{newest.size, sign_pruning(signer, {tree.size(), tree.root(), note_hash("")})};
    ASSERT_TRUE(testing::run(prunings.say(permit, statement, now)));
    EXPECT_EQ(problem(), std::nullopt) << "said, and nothing is gone yet";
    EXPECT_EQ(prune().value(), 4);
    EXPECT_EQ(problem(), std::nullopt);
}

TEST_F(PruningTest, I5_WhatWasTamperedWithIsNotSignedFor) {
    append_of(old, 6);
    test.admin("UPDATE audit_leaves SET reference = 'x' WHERE position = 3");
    EXPECT_EQ(prune().error().code, Errc::conflict);
    EXPECT_EQ(hashes(), 0);
    EXPECT_TRUE(problem().has_value());
}

TEST_F(PruningTest, I5_TheSchemaLetsNoLeafGoThatNoStatementCoversOrThatIsYoung) {
    append_of(old, 3);
    append_of(young, 3);
    PgPruningRepository prunings{db};
    auto const permit = trail();
    std::vector<std::string> const three(3, std::string(32, 'h'));
    EXPECT_THROW((void)testing::run(prunings.prune(permit, 0, three, now)), storage::SqlFailure);
    ASSERT_EQ(prune().value(), 3);
    EXPECT_THROW((void)testing::run(prunings.prune(permit, 3, three, now)), storage::SqlFailure);
    test.admin("INSERT INTO audit_prunings (size, note) VALUES (6, 'forged')");
    EXPECT_THROW((void)testing::run(prunings.prune(permit, 3, three, now - std::chrono::years{5})),
                 storage::SqlFailure);
    EXPECT_EQ(hashes(), 3);
}

/// Somebody with the database in hand, but without the key.
TEST_F(PruningTest, I5_PruningHidesNoTampering) {
    append_of(old, 6);
    append_of(young, 4);
    ASSERT_EQ(prune().value(), 6);
    (void)number();
    ASSERT_EQ(problem(), std::nullopt);
    struct Tamper {
        char const *what, *sql;
    };
    for (Tamper const& tamper :
         {Tamper{"a hash of another leaf", "UPDATE audit_pruned_leaves SET hash = sha256('x') WHERE position = 2"},
          Tamper{"a hash dropped", "DELETE FROM audit_pruned_leaves WHERE position = 5"},
          Tamper{"two hashes swapped",
                 "UPDATE audit_pruned_leaves p SET hash = o.hash FROM audit_pruned_leaves o "
                 "WHERE p.position IN (1, 4) AND o.position = 5 - p.position"},
          Tamper{"a young leaf pruned without a statement",
                 "WITH gone AS (DELETE FROM audit_leaves WHERE position = 6 RETURNING position) "
                 "INSERT INTO audit_pruned_leaves SELECT position, sha256('y') FROM gone"},
          Tamper{"the statement dropped", "DELETE FROM audit_prunings"},
          Tamper{"the statement stretched", "UPDATE audit_prunings SET size = 7"},
          Tamper{"the statement rewritten",
                 "UPDATE audit_prunings SET note = replace(note, E'\\n6\\n', E'\\n5\\n')"},
          Tamper{"an unsigned statement",
                 "UPDATE audit_prunings SET note = left(note, -8) || 'AAAAAAA' || chr(10)"},
          Tamper{"leaves and hashes gone altogether",
                 "WITH a AS (DELETE FROM audit_pruned_leaves) DELETE FROM audit_leaves"}}) {
        Collected const before = collect();
        test.admin(
            "CREATE TABLE kept_l AS TABLE audit_leaves; CREATE TABLE kept_h AS TABLE audit_pruned_leaves; "
            "CREATE TABLE kept_p AS TABLE audit_prunings");
        test.admin(tamper.sql);
        EXPECT_TRUE(problem().has_value()) << tamper.what;
        test.admin(
            "TRUNCATE audit_leaves, audit_pruned_leaves, audit_prunings; INSERT INTO audit_leaves TABLE kept_l; "
            "INSERT INTO audit_pruned_leaves TABLE kept_h; INSERT INTO audit_prunings TABLE kept_p; "
            "DROP TABLE kept_l, kept_h, kept_p");
        ASSERT_EQ(problem(), std::nullopt) << "restored after " << tamper.what;
        EXPECT_EQ(collect().leaves.size(), before.leaves.size());
    }
}

/// A true hash in place of a young leaf's body is what a pruner without a statement would leave.
TEST_F(PruningTest, I5_AnHonestHashWithoutAStatementIsFoundToo) {
    append_of(young, 4);
    auto const leaves = collect().leaves;
    ASSERT_EQ(problem(), std::nullopt);
    test.admin(fmt::format(
        "DELETE FROM audit_leaves WHERE position = 0; INSERT INTO audit_pruned_leaves VALUES (0, '{}')",
        storage::bytea(leaf_hash(leaves[0].bytes))));
    ASSERT_TRUE(problem().has_value());
    EXPECT_NE(problem()->find("no signed statement covers it"), std::string::npos);
}

}  // namespace
}  // namespace samtal::audit
