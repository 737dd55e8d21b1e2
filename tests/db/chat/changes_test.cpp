#include "chat/catch_up.hpp"
#include "chat/change_writer.hpp"
#include "chat/message_writer.hpp"
#include "chat/pg_read_position_repository.hpp"
#include "support/database.hpp"
#include "support/fake_socket.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/thread_pool.hpp>

namespace samtal::chat {
namespace {

using ::testing::ElementsAre;
using testing::FakeSocket;
using testing::fresh_id;
using ::testing::IsEmpty;
using testing::run;
using P = purpose::ChatMessaging;

struct NobodyCounts final : statistics::Recorder {
    void fold(UserId, statistics::Metric, std::string_view) noexcept override {}
};

class ChangesTest : public testing::DatabaseTest {
protected:
    ChangesTest() {
        auto const lock = permit<P>(alice);
        NewConversation const wanted{{bob.user}, Title{"room"}};
        lobby = run(conversations.group(lock, wanted, fresh_id<ConversationId>()))->id;
    }
    ~ChangesTest() override { loop.join(); }

    StoredMessage say(Principal const& who, std::string text) {
        SendMessage message{lobby, fresh_id<ClientMessageId>(), Text{std::move(text)}, nullptr};
        return *run(writer.write(permit<P>(who, lobby), std::move(message), system_now()));
    }
    Result<Changed> change(Principal const& who, Change wanted) {
        auto const lock = permit<P>(who, lobby);
        return run(changes.write(lock, std::move(wanted)));
    }
    SyncDone sync(Principal const& who, FakeSocket* to, std::int64_t seq, std::int64_t counted) {
        Sync const ask{{{lobby, seq, counted}}, std::shared_ptr<net::Socket>{std::shared_ptr<void>{}, to}};
        CatchUp catch_up{tools, history, conversations};
        auto const lock = permit<P>(who);
        auto done = run(catch_up.run(lock, ask));
        to->settle();
        return *done;
    }
    std::string column(char const* what) {
        return test
            .admin(fmt::format("SELECT {} FROM messages WHERE conversation_id = '{}'", what, lobby.text()))[0][0]
            .as<std::string>("");
    }

    boost::asio::thread_pool loop{1};
    NobodyCounts recorder;
    gateway::Sockets sockets;
    Tools tools{db, cipher, sockets, sockets, recorder, loop.get_executor()};
    std::vector<std::int64_t> told;
    PgConversationRepository conversations{db, cipher};
    PgHistoryRepository history{db, cipher};
    MessageWriter writer{tools, Limits{}, [](PendingMessage const&) {}};
    ChangeWriter changes{tools, Limits{.members = 4},
                         [this](PendingChange const& pending) { told.push_back(pending.result->changed.change); }};
    Principal const alice = person();
    Principal const bob = person();
    ConversationId lobby = ConversationId::nil();
};

TEST_F(ChangesTest, B3_AreNumberedAndToldInOneOrder) {
    auto const first = say(alice, "one");
    auto const second = say(bob, "two");
    EXPECT_EQ(change(alice, EditMessage{lobby, first.id, Text{"uno"}, nullptr})->change, 1);
    EXPECT_EQ(change(alice, EditMessage{lobby, first.id, Text{"uno"}, nullptr})->change, 1);  // nothing to do
    EXPECT_EQ(change(bob, DeleteMessage{lobby, second.id, nullptr})->change, 2);
    EXPECT_EQ(change(bob, DeleteMessage{lobby, second.id, nullptr})->change, 2);
    EXPECT_EQ(change(alice, Retitle{lobby, Title{"hall"}})->change, 3);
    EXPECT_THAT(told, ElementsAre(1, 2, 3));
}

TEST_F(ChangesTest, B3_FindAMessageWhoseIdWasMadeAMomentAfterItsTime) {
    SendMessage message{lobby, fresh_id<ClientMessageId>(), Text{"late"}, nullptr};
    auto const a_moment_ago = system_now() - std::chrono::milliseconds{700};
    (void)fresh_id<MessageId>();  // the process's ids are already at the present
    auto const stored = run(writer.write(permit<P>(alice, lobby), std::move(message), a_moment_ago));
    EXPECT_TRUE(change(alice, EditMessage{lobby, stored->id, Text{"found"}, nullptr}));
}

TEST_F(ChangesTest, B3_LeaveNothingOfTheTextBefore) {
    auto const stored = say(alice, "hasty");
    auto const before = column("encode(text, 'hex')");
    ASSERT_TRUE(change(alice, EditMessage{lobby, stored.id, Text{"considered"}, nullptr}));
    EXPECT_NE(column("encode(text, 'hex')"), before);
    ASSERT_TRUE(change(alice, DeleteMessage{lobby, stored.id, nullptr}));
    EXPECT_EQ(column("text"), "");
    EXPECT_EQ(column("removed"), "deleted");
}

TEST_F(ChangesTest, B3_TellOfAMessageOnlyWhomItWasSaidTo) {
    auto const stored = say(alice, "before carol");
    auto const carol = person();
    ASSERT_TRUE(change(alice, AddMembers{lobby, {carol.user}}));
    PgChangeRepository repository{db, cipher, 10};
    auto const lock = permit<P>(alice, lobby);
    auto const applied = run(repository.apply(lock, EditMessage{lobby, stored.id, Text{"still"}, nullptr}));
    EXPECT_THAT(applied->audience, ::testing::UnorderedElementsAre(alice.user, bob.user));
}

TEST_F(ChangesTest, B3_AddNoMoreMembersThanFit) {
    auto const full = change(alice, AddMembers{lobby, {person().user, person().user}});
    EXPECT_TRUE(full);
    EXPECT_EQ(change(alice, AddMembers{lobby, {person().user}}).error().code, Errc::invalid);
    EXPECT_THAT(told, ElementsAre(1));
}

TEST_F(ChangesTest, B3_AreCaughtUpWithInTheOrderOfTheirNumbersBetweenThem) {
    auto const first = say(alice, "one");
    auto const second = say(alice, "two");
    ASSERT_TRUE(change(alice, EditMessage{lobby, first.id, Text{"uno"}, nullptr}));
    ASSERT_TRUE(change(alice, Retitle{lobby, Title{"hall"}}));
    ASSERT_TRUE(change(alice, DeleteMessage{lobby, second.id, nullptr}));
    say(alice, "three");
    FakeSocket socket;
    auto const done = sync(bob, &socket, 2, 0);
    EXPECT_THAT(socket.told("type"),
                ElementsAre("message.edited", "conversation.changed", "message.deleted", "message.new"));
    EXPECT_EQ(done.positions.at(0).position.change, 3);
    EXPECT_EQ(done.positions.at(0).position.seq, 3);
    FakeSocket again;
    sync(bob, &again, 3, 3);
    EXPECT_THAT(again.frames, IsEmpty());
}

TEST_F(ChangesTest, B3_OfWhatTheClientLacksComeWithIt) {
    auto const first = say(alice, "one");
    ASSERT_TRUE(change(alice, EditMessage{lobby, first.id, Text{"uno"}, nullptr}));
    FakeSocket socket;
    sync(bob, &socket, 0, 0);
    ASSERT_THAT(socket.told("type"), ElementsAre("message.new"));
    EXPECT_EQ(socket.frames[0].at("text"), "uno");
    EXPECT_EQ(socket.frames[0].at("change"), 1);
}

TEST_F(ChangesTest, G1_AreNotReadForASocketThatIsClosed) {
    auto const first = say(alice, "one");
    ASSERT_TRUE(change(alice, EditMessage{lobby, first.id, Text{"uno"}, nullptr}));
    for (std::int64_t const known : {0, 1}) {
        FakeSocket socket;
        socket.closed = net::CloseCode::going_away;
        Sync const ask{{{lobby, known, 0}}, std::shared_ptr<net::Socket>{std::shared_ptr<void>{}, &socket}};
        CatchUp catch_up{tools, history, conversations};
        auto const lock = permit<P>(bob);
        EXPECT_EQ(run(catch_up.run(lock, ask)).error().code, Errc::exhausted);
        EXPECT_THAT(socket.frames, IsEmpty());
    }
}

TEST_F(ChangesTest, B3_WithinOneAnswerAreAtMostAThousandEventsAndNoneIsSkipped) {
    std::vector<MessageId> ids;
    for (int n = 0; n < 12; ++n) ids.push_back(say(alice, "text").id);
    for (int round = 0; round < 2; ++round)
        for (MessageId const& id : ids)
            ASSERT_TRUE(change(alice, EditMessage{lobby, id, Text{fmt::format("round {}", round)}, nullptr}));
    test.admin(fmt::format(  // as if each had been edited far more often
        "INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, "
        "text, "
        "sent_at, decision_id, change) SELECT organisation_id, conversation_id, 12 + g, gen_random_uuid(), "
        "sender_id, "
        "gen_random_uuid(), text, sent_at, decision_id, 24 + g FROM messages CROSS JOIN generate_series(1, 1500) "
        "g "
        "WHERE conversation_id = '{0}' AND seq = 1; "
        "UPDATE conversations SET last_seq = 1512, last_change = 1524 WHERE conversation_id = '{0}'",
        lobby.text()));
    std::vector<std::int64_t> seen;
    std::int64_t at = 0;
    for (bool more = true; more;) {
        FakeSocket socket;
        auto const done = sync(bob, &socket, 1'512, at);
        EXPECT_LE(socket.frames.size(), 1'000U);
        for (auto const& frame : socket.frames) seen.push_back(frame.at("change"));
        at = done.positions.at(0).position.change;
        more = done.more;
    }
    ASSERT_EQ(seen.size(), 1'512U);
    EXPECT_TRUE(std::ranges::is_sorted(seen));
    EXPECT_EQ(seen.front(), 13);
    EXPECT_EQ(at, 1'524);
}

TEST_F(ChangesTest, B3_MoreThanMayWaitBehindAnAnswerIsForTheNextOne) {
    std::string const large(8'000, 'x');
    for (int n = 0; n < 20; ++n) say(alice, large);
    auto const socket = std::make_shared<FakeSocket>();
    sockets.add(bob, socket);
    auto const news = [&](std::int64_t from, std::int64_t to) {
        for (auto seq = from; seq <= to; ++seq)
            sockets.push_event(organisation, std::span{&bob.user, 1}, lobby, {.seq = seq},
                               std::make_shared<std::string const>(R"({"n":")" + large + R"("})"));
    };
    socket->when_paced = [&] { news(21, 60); };
    auto const done = sync(bob, socket.get(), 0, 0);
    EXPECT_TRUE(done.more);
    EXPECT_EQ(done.positions.at(0).position.seq, 20);
    EXPECT_EQ(socket->frames.size(), 20U);
    socket->when_paced = [&] { news(61, 61); };
    EXPECT_FALSE(sync(bob, socket.get(), 0, 0).more);
    EXPECT_EQ(socket->frames.size(), 41U) << "what waited comes behind the answer";
    EXPECT_EQ(socket->closed, std::nullopt);
}

TEST_F(ChangesTest, B3_ReadPositionsMoveForwardOnlyAndForMembersOnly) {
    PgReadPositionRepository reads{db};
    auto const keep = [&](Principal const& who, std::vector<std::int64_t> const& seqs) -> Task<bool> {
        std::vector<PendingRead> group;
        for (auto const seq : seqs) group.push_back({permit<P>(who, lobby), lobby, seq});
        co_await reads.keep(group);
        co_return true;
    };
    for (int n = 0; n < 9; ++n) say(alice, "x");
    run(keep(bob, {2, 7, 5}));
    run(keep(bob, {3}));
    run(keep(person(), {9}));
    auto const lock = permit<P>(bob);
    auto const found = run(conversations.find(lock, lobby));
    EXPECT_EQ(found->read_seq, 7);
    EXPECT_EQ(found->unread, 2);
    EXPECT_EQ(
        test.admin(fmt::format("SELECT count(*) FROM members WHERE conversation_id = '{}'", lobby.text()))[0][0]
            .as<int>(),
        2);
}

TEST_F(ChangesTest, J1_AnErasureGivesEachStubANumberOfItsOwn) {
    for (int n = 0; n < 3; ++n) say(bob, "mine");
    auto const erase = [this](std::string const& after) {
        return test.admin(fmt::format("SELECT erased, reached FROM erase_messages('{}', '{}', {}, 2)",
                                      organisation.text(), bob.user.text(), after));
    };
    auto const first = erase("NULL");
    EXPECT_EQ(first[0][0].as<int>(), 2);
    EXPECT_EQ(erase(fmt::format("'{}'", first[0][1].c_str()))[0][0].as<int>(), 1);
    FakeSocket socket;
    auto const done = sync(alice, &socket, 3, 0);
    EXPECT_THAT(socket.told("removed"), ElementsAre("erased", "erased", "erased"));
    EXPECT_EQ(done.positions.at(0).position.change, 3);
}

}  // namespace
}  // namespace samtal::chat
