#include "chat/change_writer.hpp"
#include "chat/message_writer.hpp"
#include "chat/pg_conversation_repository.hpp"
#include "support/answer_thief.hpp"
#include "support/database.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/thread_pool.hpp>

namespace samtal::chat {
namespace {

using ::testing::ElementsAre;
using testing::fresh_id;
using ::testing::IsEmpty;
using testing::run;
using ::testing::UnorderedElementsAre;
using P = purpose::ChatMessaging;
using Theft = testing::AnswerThief::Theft;

struct NobodyCounts final : statistics::Recorder {
    void fold(UserId, statistics::Metric, std::string_view) noexcept override {}
};

/// Chat on a database whose connections break when it hurts most.
class ChangesInDoubtTest : public testing::DatabaseTest {
protected:
    ChangesInDoubtTest() {
        auto const lock = permit<P>(alice);
        NewConversation const wanted{{bob.user, carol.user}, Title{"room"}};
        lobby = run(conversations.group(lock, wanted, fresh_id<ConversationId>()))->id;
    }
    ~ChangesInDoubtTest() override { loop.join(); }

    storage::DatabaseOptions by_the_thief() {
        storage::DatabaseOptions options;
        options.host = thief.directory();
        options.port = test.main.port;
        options.name = test.main.name;
        options.secrets_directory = test.data + "/secrets";
        return options;
    }
    MessageId say(Principal const& who, std::string text) {
        SendMessage message{lobby, fresh_id<ClientMessageId>(), Text{std::move(text)}, nullptr};
        return run(writer.write(permit<P>(who, lobby), std::move(message), system_now()))->id;
    }
    Result<Changed> change(Principal const& who, Change wanted) {
        auto const lock = permit<P>(who, lobby);
        return run(changes.write(lock, std::move(wanted)));
    }
    std::int64_t last_change() {
        return test
            .admin(fmt::format("SELECT last_change FROM conversations WHERE conversation_id = '{}'",
                               lobby.text()))[0][0]
            .as<std::int64_t>();
    }

    testing::AnswerThief thief{test.main.host, test.main.port, test.data};
    storage::Database far{by_the_thief()};
    boost::asio::thread_pool loop{1};
    NobodyCounts recorder;
    gateway::Sockets sockets;
    Tools tools{far, cipher, sockets, sockets, recorder, loop.get_executor()};
    std::vector<Applied> told;
    PgConversationRepository conversations{far, cipher};
    MessageWriter writer{tools, Limits{}, [](PendingMessage const&) {}};
    ChangeWriter changes{tools, Limits{},
                         [this](PendingChange const& pending) { told.push_back(*pending.result); }};
    Principal const alice = person();
    Principal const bob = person();
    Principal const carol = person();
    ConversationId lobby = ConversationId::nil();
};

TEST_F(ChangesInDoubtTest, AreToldAlthoughTheDatabaseWentWithTheAnswer) {
    auto const message = say(alice, "hasty");
    thief.steal_next_commit(Theft::answer, 5);  // more than storage tries
    EXPECT_EQ(change(alice, DeleteMessage{lobby, message, nullptr})->change, 1);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].changed.message->removed, "deleted");
    EXPECT_EQ(last_change(), 1);
}

TEST_F(ChangesInDoubtTest, AreMadeAnewWhereTheyWereRolledBack) {
    auto const message = say(alice, "one");
    thief.steal_next_commit(Theft::question, 5);
    EXPECT_EQ(change(alice, EditMessage{lobby, message, Text{"uno"}, nullptr})->change, 1);
    thief.steal_next_commit(Theft::question);
    EXPECT_TRUE(change(alice, RemoveMember{lobby, carol.user}));
    EXPECT_EQ(told.size(), 2U);
    EXPECT_EQ(last_change(), 2);
}

TEST_F(ChangesInDoubtTest, LetSomebodyLeaveOnceAndTellWhoTakesOver) {
    thief.steal_next_commit(Theft::answer);
    auto const left = change(alice, RemoveMember{lobby, alice.user});
    ASSERT_TRUE(left);
    EXPECT_EQ(left->change, 1);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(told[0].audience, UnorderedElementsAre(alice.user, bob.user, carol.user));
    ASSERT_TRUE(told[0].heir);
    EXPECT_TRUE(*told[0].heir == bob.user || *told[0].heir == carol.user);
}

TEST_F(ChangesInDoubtTest, TellWhoWasRemoved) {
    auto const dora = person();
    ASSERT_TRUE(change(alice, AddMembers{lobby, {dora.user}}));
    thief.steal_next_commit(Theft::answer);
    EXPECT_EQ(change(alice, RemoveMember{lobby, dora.user})->change, 2);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_THAT(told[1].audience, UnorderedElementsAre(alice.user, bob.user, carol.user, dora.user));
}

TEST_F(ChangesInDoubtTest, TellWhoCameAndNotWhoWasThere) {
    auto const dora = person();
    thief.steal_next_commit(Theft::answer);
    EXPECT_EQ(change(alice, AddMembers{lobby, {bob.user, dora.user}})->change, 1);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(told[0].came, ElementsAre(dora.user));
}

// The connection broke before anything was done: no reason to believe that a first attempt removed them.
TEST_F(ChangesInDoubtTest, RemoveNobodyWhoWasNoMember) {
    thief.steal_next("chat.lock_conversation", Theft::question);
    auto const refused = change(alice, RemoveMember{lobby, person().user});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::not_found);
    EXPECT_THAT(told, IsEmpty());
}

TEST_F(ChangesInDoubtTest, MakeAGroupOnce) {
    auto const lock = permit<P>(alice);
    auto const id = fresh_id<ConversationId>();
    thief.steal_next_commit(Theft::answer, 5);
    auto const made = run(conversations.group(lock, {{bob.user}, Title{"attic"}}, id));
    ASSERT_TRUE(made);
    EXPECT_FALSE(made->existed);
    EXPECT_THAT(made->came, UnorderedElementsAre(alice.user, bob.user));
    EXPECT_EQ(run(conversations.find(lock, id))->members.size(), 2U);
}

TEST_F(ChangesInDoubtTest, MakeAConversationOfTwoOnceAndTellIt) {
    auto const lock = permit<P>(alice);
    thief.steal_next_commit(Theft::answer, 5);
    auto const made = run(conversations.direct(lock, bob.user, fresh_id<ConversationId>()));
    ASSERT_TRUE(made);
    EXPECT_FALSE(made->existed);
    EXPECT_THAT(made->came, UnorderedElementsAre(alice.user, bob.user));
}

}  // namespace
}  // namespace samtal::chat
