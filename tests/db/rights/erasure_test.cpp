#include "erasure_fixture.hpp"
#include "storage/connection.hpp"

#include <future>
#include <thread>

namespace samtal::rights {
namespace {

using ErasureTest = ErasureDatabaseTest;

TEST_F(ErasureTest, LeavesNothingThatNamesThePersonAndCountsExactly) {
    Principal const other = person();
    Principal const who = furnished(other, 2345, 1100);
    Work const work = ask(who);
    EXPECT_TRUE(erased(work));
    EXPECT_EQ(left(who.user), 0);
    EXPECT_EQ(shut_out, std::vector{who.user});
    EXPECT_EQ(
        number(fmt::format("SELECT erased FROM erasure_counts WHERE request_id = '{}' AND holding = 'messages'",
                           work.id.text())),
        2345);
    EXPECT_EQ(number(fmt::format("SELECT erased FROM erasure_counts WHERE request_id = '{}' AND holding = 'calls'",
                                 work.id.text())),
              1100);
    EXPECT_EQ(
        number(fmt::format(
            "SELECT count(*) FROM messages WHERE conversation_id = '{}' AND removed = 'erased' AND text IS NULL",
            place->text())),
        2345);
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM messages WHERE conversation_id = '{}' AND sender_id = '{}'",
                                 place->text(), other.user.text())),
              1)
        << "the other's message stays";
    EXPECT_FALSE(test.keys->key_of(who.user));
    EXPECT_TRUE(test.keys->key_of(other.user));
}

/// What a crash leaves is what a step left: the next one begins at the first step again.
TEST_F(ErasureTest, GoesOnAfterACrashAtEveryStep) {
    // Of 1500 messages, 10 calls and a few rows beside them.
    constexpr int batch = 400;
    constexpr int batches = 4;
    for (int crash = 0; crash < 4 + batches; ++crash) {
        Principal const who = furnished(person(), 1500, 10);
        Work const work = ask(who);
        auto const may = machine();
        if (crash > 0) EXPECT_EQ(*run(repository.begin(may, work)), Step::done);
        if (crash > 1) EXPECT_EQ(*run(repository.destroy_key(may, work)), Step::done);
        Place reached;
        for (int done = 0; done < crash - 2; ++done) {
            auto const gone = **run(repository.erase_batch(may, work, reached, batch, false));
            EXPECT_EQ(gone.rows >= batch, done < batches - 1) << "batch " << done;
            reached = gone.reached;
        }
        EXPECT_TRUE(erased(work));
        EXPECT_EQ(left(who.user), 0) << crash;
        EXPECT_EQ(number(fmt::format(
                      "SELECT erased FROM erasure_counts WHERE request_id = '{}' AND holding = 'messages'",
                      work.id.text())),
                  1500);
        EXPECT_FALSE(erased(work)) << "done is done";
    }
}

TEST_F(ErasureTest, SaysHowFarItsConversationsAre) {
    Principal const who = furnished(person(), 1500, 10);
    EXPECT_TRUE(erased(ask(who)));
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.back().conversation, *place);
    EXPECT_EQ(told.back().organisation, who.organisation);
    EXPECT_EQ(
        told.back().place.change,
        number(fmt::format("SELECT last_change FROM conversations WHERE conversation_id = '{}'", place->text())));
}

/// A message that was admitted before the account was shut, and is stored when the walk could have passed its
/// place.
TEST_F(ErasureTest, WaitsForWhoeverWritesForThePersonStill) {
    Principal const who = furnished(person(), 300, 3);
    pqxx::connection writer{storage::connection_string(writes_as("samtal_chat_messaging"))};
    pqxx::work message{writer};
    message.exec(fmt::format("SELECT FROM users WHERE user_id = '{}' AND state = 'active'", who.user.text()));
    Work const work = ask(who);
    auto erasure = std::async(std::launch::async, [&] { return erased(work); });
    auto const shut =
        fmt::format("SELECT count(*) FROM users WHERE user_id = '{}' AND state = 'erasing'", who.user.text());
    while (number(shut) == 0) std::this_thread::yield();
    EXPECT_EQ(erasure.wait_for(std::chrono::milliseconds{300}), std::future_status::timeout);
    message.exec(fmt::format(
        "INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, "
        "text, sent_at, "
        "decision_id) VALUES ('{}', '{}', 1000, gen_random_uuid(), '{}', '00000000-0000-4000-8000-000000000000', "
        "decode(repeat('00', 50), 'hex'), now(), gen_random_uuid())",
        organisation.text(), place->text(), who.user.text()));
    message.commit();
    EXPECT_TRUE(erasure.get());
    EXPECT_EQ(left(who.user), 0);
}

TEST_F(ErasureTest, DoesNotSignWhatAnotherServerIsStillErasing) {
    Principal const who = furnished(person(), 300, 3);
    Work const work = ask(who);
    auto const may = machine();
    EXPECT_EQ(*run(repository.begin(may, work)), Step::done);
    pqxx::connection other{storage::connection_string(writes_as("samtal_rights_and_evidence"))};
    pqxx::work batch{other};
    batch.exec(
        fmt::format("SELECT FROM privacy_requests WHERE request_id = '{}' FOR NO KEY UPDATE", work.id.text()));
    EXPECT_FALSE(run(repository.erase_batch(may, work, {}, 100, false))->has_value());
    EXPECT_EQ(run(eraser.erase(may, work)), Eraser::Outcome::elsewhere);
    batch.abort();
    EXPECT_TRUE(erased(work));
    EXPECT_EQ(left(who.user), 0);
}

TEST_F(ErasureTest, KeepsAnOwnerInAGroup) {
    Principal const other = person();
    Principal const who = person();
    std::string const group = fresh_id<ConversationId>().text();
    test.admin(
        fmt::format("INSERT INTO conversations (organisation_id, conversation_id, creator_id, title) VALUES "
                    "('{}', '{}', '{}', 'x')",
                    organisation.text(), group, who.user.text()));
    test.admin(
        fmt::format("INSERT INTO members (organisation_id, conversation_id, user_id, role) VALUES ('{0}', '{1}', "
                    "'{2}', 'owner'), "
                    "('{0}', '{1}', '{3}', 'member')",
                    organisation.text(), group, who.user.text(), other.user.text()));
    EXPECT_TRUE(erased(ask(who)));
    EXPECT_EQ(
        number(fmt::format(
            "SELECT count(*) FROM members WHERE conversation_id = '{}' AND user_id = '{}' AND role = 'owner'",
            group, other.user.text())),
        1);
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM conversations WHERE conversation_id = '{}' AND title IS "
                                 "NULL AND creator_id IS NULL",
                                 group)),
              1);
}

TEST_F(ErasureTest, IsRefusedWhileOneIsUnderWay) {
    Principal const who = person();
    Work const first = ask(who);
    Timestamp const now = system_now();
    RequestRow const second{fresh_id<RequestId>(), who, "erasure", "received", "", "sv", now, now, {},
                            std::nullopt};
    auto const refused = run(requests.open_erasure(permit<purpose::RightsAndEvidence>(who), second));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().problem.text(), "in-progress");
    EXPECT_TRUE(erased(first));
}

TEST_F(ErasureTest, OfAPersonWhomABackupBroughtBackIsDoneAgain) {
    Principal const who = furnished(person(), 20, 3);
    Principal const survivor = person();
    (void)test.keys->erase(who.user);  // the key store remembers; the rows are those of the backup
    auto const may = machine();
    std::vector<PgErasureRepository::Somebody> const people{{organisation, who.user},
                                                            {organisation, survivor.user}};
    EXPECT_EQ(*run(repository.replay(may, people, system_now())), 1U);
    EXPECT_EQ(*run(repository.replay(may, people, system_now())), 1U) << "and not twice";
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM privacy_requests WHERE user_id = '{}'", who.user.text())),
              1);
    auto const id = RequestId::parse(test.admin(fmt::format(
        "SELECT request_id FROM privacy_requests WHERE user_id = '{}'", who.user.text()))[0][0]
                                         .c_str());
    EXPECT_TRUE(erased({organisation, *id, who.user, "erasure", "sv"}));
    EXPECT_EQ(left(who.user), 0);
    EXPECT_GT(left(survivor.user), 0);
}

TEST_F(ErasureTest, WaitsForALegalHoldWithNothingHalfDone) {
    Principal const who = furnished(person(), 20, 3);
    test.admin(
        fmt::format("INSERT INTO legal_holds (organisation_id, hold_id, user_id, case_reference, placed_at) "
                    "VALUES ('{}', gen_random_uuid(), '{}', 'T 1', now())",
                    organisation.text(), who.user.text()));
    int const before = left(who.user);
    Work const work = ask(who);
    EXPECT_FALSE(erased(work));
    EXPECT_EQ(left(who.user), before + 1) << "the request itself";
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM users WHERE user_id = '{}' AND state = 'active'",
                                 who.user.text())),
              1);
    EXPECT_EQ(number(fmt::format(
                  "SELECT count(*) FROM privacy_requests WHERE request_id = '{}' AND waits_for = 'legal_hold'",
                  work.id.text())),
              1);
    test.admin(fmt::format("UPDATE legal_holds SET released_at = now() WHERE user_id = '{}'", who.user.text()));
    EXPECT_TRUE(erased(work));
}

}  // namespace
}  // namespace samtal::rights
