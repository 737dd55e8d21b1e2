#include "audit_fixture.hpp"
#include "storage/connection.hpp"

#include <thread>

namespace samtal::audit {
namespace {

using testing::run;

class SequencerTest : public AuditTest {
protected:
    /// A connection of our own, as the owner of the tables.
    std::unique_ptr<pqxx::connection> connect() {
        auto file = ops::ConfigFile::load(test.data + "/config/operator.toml");
        storage::LoginOptions options;
        file.section("main")
            .read("host", options.host)
            .read("port", options.port, 1U, 65'535U)
            .read("name", options.name)
            .read("user", options.user)
            .read("password_file", options.password_file);
        auto connection = std::make_unique<pqxx::connection>(storage::connection_string(options));
        pqxx::nontransaction{*connection}.exec("SET ROLE samtal_owner");
        return connection;
    }
    Result<Round> one_round() {
        auto const permit = trail();
        storage::Signer const signer{test.ring};
        return run(log.number(permit, 1000, false, [&](Frontier const& tree, std::string const& previous) {
            return sign_checkpoint(signer, {tree.size(), tree.root(), note_hash(previous)});
        }));
    }
};

TEST_F(SequencerTest, NumbersWithoutGapsAndSigns) {
    auto const before = count("position IS NOT NULL");
    append(5);
    std::string const note = number();
    EXPECT_EQ(count("position IS NULL"), 0);
    auto const checkpoint = read_checkpoint(note, sequencer.public_key());
    ASSERT_TRUE(checkpoint);
    EXPECT_EQ(checkpoint->size, before + 5);
    EXPECT_TRUE(checkpoint_holds(note, sequencer.public_key()));
    EXPECT_EQ(test.admin("SELECT max(position) + 1 FROM audit_leaves")[0][0].as<std::int64_t>(), checkpoint->size);
    EXPECT_EQ(problem(), std::nullopt);
    EXPECT_EQ(sequencer.waiting(), 0);
    EXPECT_EQ(sequencer.size(), static_cast<double>(checkpoint->size));
}

TEST_F(SequencerTest, SignsNothingAnewWhileNothingWaits) {
    append(1);
    std::string const note = number();
    EXPECT_EQ(number(), note);
}

TEST_F(SequencerTest, GivesALeafThatCommitsLateItsPlace) {
    auto const slow = connect();
    pqxx::work work{*slow};
    work.exec(
        "INSERT INTO audit_leaves (leaf_id, act, actor_kind, actor, subject, purpose, reference, code, acted_at) "
        "VALUES "
        "('00000000-0000-7000-8000-" +
        testing::fresh_id<DecisionId>().text().substr(24) +
        "', 'test.late', 'machine', '', '', 'audit_trail', '', '', now())");
    append(3);
    auto const before = read_checkpoint(number(), sequencer.public_key())->size;
    work.commit();
    EXPECT_EQ(read_checkpoint(number(), sequencer.public_key())->size, before + 1);
    EXPECT_EQ(count("act = 'test.late' AND position IS NULL"), 0);
    EXPECT_EQ(problem(), std::nullopt);
}

TEST_F(SequencerTest, LeavesTheWorkToWhoeverHoldsTheElectionAndTakesOverWhenTheyDie) {
    append(2);
    auto holder = connect();
    auto election = std::make_unique<pqxx::work>(*holder);
    election->exec("SELECT pg_advisory_xact_lock(7236802)");
    auto const idle = one_round();
    ASSERT_TRUE(idle);
    EXPECT_EQ(idle->numbered, 0U);
    EXPECT_EQ(idle->waiting, 2);
    test.admin("SELECT 1");  // the database itself is well
    election.reset();
    holder.reset();
    EXPECT_EQ(one_round()->numbered, 2U);
    EXPECT_EQ(problem(), std::nullopt);
}

TEST_F(SequencerTest, WorksInBoundedBatches) {
    test.admin(
        "INSERT INTO audit_leaves (leaf_id, act, actor_kind, actor, subject, purpose, reference, code, acted_at) "
        "SELECT gen_random_uuid(), 'test.bulk', 'machine', '', '', 'audit_trail', i::text, '', now() "
        "FROM generate_series(1, 2500) AS i");
    EXPECT_EQ(one_round()->numbered, 1000U);
    EXPECT_EQ(one_round()->numbered, 1000U);
    auto const last = one_round();
    EXPECT_EQ(last->numbered, 500U);
    EXPECT_EQ(last->waiting, 0);
    EXPECT_EQ(problem(), std::nullopt);
}

TEST_F(SequencerTest, SeveralServersAtOnceMakeOneTree) {
    storage::DatabaseOptions options;
    auto file = ops::ConfigFile::load(test.data + "/config/operator.toml");
    file.section("main")
        .read("host", options.host)
        .read("port", options.port, 1U, 65'535U)
        .read("name", options.name);
    options.secrets_directory = test.data + "/secrets";
    storage::Database second{options};
    std::atomic<bool> over = false;
    auto const serve = [&](storage::Database& database) {
        consent::Gate own;
        Sequencer other{database, test.ring, own, loop.get_executor()};
        while (!over) (void)run(other.checkpoint(own.permit_machine<purpose::AuditTrail>(OrganisationId::nil())));
    };
    std::thread one{serve, std::ref(db)};
    std::thread two{serve, std::ref(second)};
    append(200, "many");
    over = true;
    one.join();
    two.join();
    (void)number();
    EXPECT_EQ(count("position IS NULL"), 0);
    EXPECT_EQ(problem(), std::nullopt);
}

TEST_F(SequencerTest, RunsByItselfUntilItIsStopped) {
    append(3);
    std::thread thread{[this] {
        auto const work = boost::asio::make_work_guard(loop);
        loop.run();
    }};
    sequencer.start();
    while (sequencer.size() < static_cast<double>(count("position IS NOT NULL")) || count("position IS NULL") > 0)
        std::this_thread::yield();
    sequencer.stop();
    loop.stop();
    thread.join();
    EXPECT_EQ(problem(), std::nullopt);
}

}  // namespace
}  // namespace samtal::audit
