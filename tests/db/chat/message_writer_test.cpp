#include "chat/message_writer.hpp"

#include "chat/pg_change_repository.hpp"
#include "chat/pg_conversation_repository.hpp"
#include "chat/pg_history_repository.hpp"
#include "support/database.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>

#include <thread>

namespace samtal::chat {
namespace {

using testing::fresh_id;
using testing::run;
using P = purpose::ChatMessaging;

struct NobodyCounts final : statistics::Recorder {
    void fold(UserId, statistics::Metric, std::string_view) noexcept override {}
};

class MessageWriterTest : public testing::DatabaseTest {
protected:
    MessageWriterTest() {
        lobby = conversation();
        attic = conversation();
    }
    ~MessageWriterTest() override { loop.join(); }

    ConversationId conversation() {
        auto const lock = permit<P>(alice);
        NewConversation const wanted{{bob.user}, Title{"room"}};
        return run(conversations.group(lock, wanted, fresh_id<ConversationId>()))->id;
    }

    SendMessage message(ConversationId where, std::string text, ClientMessageId id = fresh_id<ClientMessageId>()) {
        return {where, id, Text{std::move(text)}, nullptr};
    }

    Result<StoredMessage> write(Principal const& who, SendMessage one) {
        auto lock = permit<P>(who, one.conversation);
        return run(writer.write(std::move(lock), std::move(one), system_now()));
    }

    boost::asio::thread_pool loop{1};
    NobodyCounts recorder;
    gateway::Sockets sockets;
    std::vector<std::int64_t> told;
    PgConversationRepository conversations{db, cipher};
    MessageWriter writer{{db, cipher, sockets, sockets, recorder, loop.get_executor()},
                         Limits{},
                         [this](PendingMessage const& m) { told.push_back(m.result->seq); }};
    Principal const alice = person();
    Principal const bob = person();
    ConversationId lobby = ConversationId::nil();
    ConversationId attic = ConversationId::nil();
};

TEST_F(MessageWriterTest, NumbersEachConversationFromOneWithoutGaps) {
    EXPECT_EQ(write(alice, message(lobby, "one"))->seq, 1);
    EXPECT_EQ(write(bob, message(lobby, "two"))->seq, 2);
    EXPECT_EQ(write(alice, message(attic, "one"))->seq, 1);
}

TEST_F(MessageWriterTest, AnswersARepeatWithTheFirstMessageAndTellsNobodyTwice) {
    auto const id = fresh_id<ClientMessageId>();
    auto const first = write(alice, message(lobby, "hello", id));
    auto const again = write(alice, message(lobby, "hello", id));
    EXPECT_FALSE(first->repeated);
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(first->id, again->id);
    EXPECT_EQ(told.size(), 1U);
}

// The connection broke after the commit and before the answer, and storage ran the statement again.
TEST_F(MessageWriterTest, TellsOfAMessageWhoseFirstAnswerWasLost) {
    PgMessageRepository messages{db, cipher};
    auto const now = system_now();
    std::vector<PendingMessage> group;
    group.push_back({permit<P>(alice, lobby), message(lobby, "hello"), fresh_id<MessageId>(), now, Error{}, {}});
    auto const append = [](PgMessageRepository& to, std::span<PendingMessage> all) -> Task<bool> {
        co_await to.append(all);
        co_return true;
    };
    run(append(messages, group));
    ASSERT_EQ(group[0].result->seq, 1);
    run(append(messages, group));
    EXPECT_EQ(group[0].result->seq, 1);
    EXPECT_FALSE(group[0].result->repeated);
}

TEST_F(MessageWriterTest, RefusesARepeatWithAnotherText) {
    auto const id = fresh_id<ClientMessageId>();
    ASSERT_TRUE(write(alice, message(lobby, "yes", id)));
    EXPECT_EQ(write(alice, message(lobby, "no", id)).error().problem.text(), "message-id-reused");
}

TEST_F(MessageWriterTest, AnswersStrangersAsIfTheConversationDidNotExist) {
    auto const absent = write(alice, message(fresh_id<ConversationId>(), "x"));
    auto const colleague = write(person(), message(lobby, "x"));
    auto const foreigner = write(person_in(new_organisation()), message(lobby, "x"));
    for (auto const& refused : {absent, colleague, foreigner}) {
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::not_found);
        EXPECT_EQ(refused.error().reason.text(), absent.error().reason.text());
    }
}

TEST_F(MessageWriterTest, LetsABadMessageHarmNoOther) {
    // Longer than the schema allows: the service refuses it before, the database does too.
    EXPECT_EQ(write(alice, message(lobby, std::string(9'000, 'x'))).error().code, Errc::invalid);
    EXPECT_EQ(write(alice, message(lobby, "fine"))->seq, 1);
}

TEST_F(MessageWriterTest, StoresNoPlaintext) {
    ASSERT_TRUE(write(alice, message(lobby, "my diagnosis")));
    auto const row = test.admin(
        fmt::format("SELECT position('diagnosis'::bytea in text) FROM messages WHERE conversation_id = '{}'",
                    lobby.text()))[0];
    EXPECT_EQ(row[0].as<int>(), 0);
}

TEST_F(MessageWriterTest, RemembersMembersOnlyAsLongAsTheyAreThose) {
    ASSERT_TRUE(write(alice, message(lobby, "one")));
    auto const carol = person();
    auto const owner = permit<P>(alice, lobby);
    PgChangeRepository changes{db, cipher, 10};
    ASSERT_TRUE(run(changes.apply(owner, AddMembers{lobby, {carol.user}})));
    EXPECT_TRUE(write(carol, message(lobby, "two")));
    ASSERT_TRUE(run(changes.apply(owner, RemoveMember{lobby, carol.user})));
    EXPECT_EQ(write(carol, message(lobby, "three")).error().code, Errc::not_found);
}

TEST_F(MessageWriterTest, KeepsOneOrderUnderManyWritersAtOnce) {
    constexpr int each = 60;
    std::atomic<int> stored = 0;
    boost::asio::thread_pool senders{4};
    for (int n = 0; n < each; ++n)
        for (auto const& [who, where] : {std::pair{alice, lobby}, {bob, lobby}, {alice, attic}, {bob, attic}}) {
            auto task = [](MessageWriter& w, ChatPermit p, SendMessage m, std::atomic<int>& count) -> Task<void> {
                if (co_await w.write(std::move(p), std::move(m), system_now())) ++count;
            };
            boost::asio::co_spawn(senders, task(writer, permit<P>(who, where), message(where, "x"), stored),
                                  boost::asio::detached);
        }
    senders.join();
    EXPECT_EQ(stored, 4 * each);
    for (auto const& row : test.admin(fmt::format("SELECT count(*), min(seq), max(seq) FROM messages "
                                                  "WHERE organisation_id = '{}' GROUP BY conversation_id",
                                                  organisation.text()))) {
        EXPECT_EQ(row[0].as<int>(), 2 * each);
        EXPECT_EQ(row[1].as<int>(), 1);
        EXPECT_EQ(row[2].as<int>(), 2 * each);
    }
}

TEST_F(MessageWriterTest, ReadsBackWhatWasWrittenForMembersOnly) {
    ASSERT_TRUE(write(alice, message(lobby, "Hej Bo!")));
    PgHistoryRepository history{db, cipher};
    auto const lock = permit<P>(bob, lobby);
    auto const page = run(history.before(lock, {lobby, {}, 10}));
    ASSERT_EQ(page->size(), 1U);
    EXPECT_EQ(page->front().text->open(lock), "Hej Bo!");
    EXPECT_EQ(run(history.before(permit<P>(person(), lobby), {lobby, {}, 10})).error().code, Errc::not_found);
    EXPECT_EQ(run(history.before(lock, {attic, {}, 10})).error().code, Errc::denied);  // another scope
}

/// One group straight into the repository, as a writer under load would hand it on.
class MessageGroupTest : public MessageWriterTest {
protected:
    void add(Principal const& who, SendMessage one) {
        group.push_back(
            {permit<P>(who, one.conversation), std::move(one), fresh_id<MessageId>(), system_now(), Error{}, {}});
    }
    void append() { run(append_to(messages, group)); }
    static Task<bool> append_to(PgMessageRepository& to, std::span<PendingMessage> all) {
        co_await to.append(all);
        co_return true;
    }
    std::int64_t seq(std::size_t n) { return group[n].result->seq; }
    Errc refusal(std::size_t n) { return group[n].result.error().code; }

    PgMessageRepository messages{db, cipher};
    std::vector<PendingMessage> group;
};

TEST_F(MessageGroupTest, GivesBackTheNumbersOfThoseItDoesNotAdmit) {
    auto const id = fresh_id<ClientMessageId>();
    ASSERT_TRUE(write(alice, message(lobby, "before", id)));
    auto const stranger = person();
    add(stranger, message(lobby, "let me in"));
    add(alice, message(lobby, "two"));
    add(alice, message(lobby, "before", id));  // a repeat of one stored earlier
    add(bob, message(fresh_id<ConversationId>(), "nowhere"));
    add(bob, message(lobby, "three"));
    add(bob, message(attic, "one"));
    append();
    EXPECT_EQ(refusal(0), Errc::not_found);
    EXPECT_EQ(seq(1), 2);
    EXPECT_EQ(seq(2), 1);
    EXPECT_TRUE(group[2].result->repeated);
    EXPECT_EQ(refusal(3), Errc::not_found);
    EXPECT_EQ(seq(4), 3);
    EXPECT_EQ(seq(5), 1);
    EXPECT_EQ(write(alice, message(lobby, "four"))->seq, 4);
    EXPECT_EQ(write(alice, message(attic, "two"))->seq, 2);
}

TEST_F(MessageGroupTest, NumbersConversationsByThemselvesWhereOneBeforeThemDoesNotExist) {
    ASSERT_TRUE(write(alice, message(lobby, "before")));
    add(bob, message(ConversationId::nil(), "nowhere"));
    add(alice, message(lobby, "two"));
    add(bob, message(attic, "one"));
    add(bob, message(fresh_id<ConversationId>(), "nowhere"));
    append();
    EXPECT_EQ(refusal(0), Errc::not_found);
    EXPECT_EQ(seq(1), 2);
    EXPECT_EQ(seq(2), 1);
    EXPECT_EQ(refusal(3), Errc::not_found);
}

// The index says so, and only then are earlier messages looked up: the group is stored once and nothing of the
// first try stays.
TEST_F(MessageGroupTest, StoresAGroupOnceInWhichOneIsARepeat) {
    auto const id = fresh_id<ClientMessageId>();
    ASSERT_TRUE(write(alice, message(attic, "again", id)));
    for (int n = 0; n < 20; ++n) add(n % 2 == 0 ? alice : bob, message(lobby, "x"));
    add(alice, message(attic, "again", id));
    append();
    for (std::size_t n = 0; n < 20; ++n) EXPECT_EQ(seq(n), static_cast<std::int64_t>(n + 1));
    EXPECT_TRUE(group[20].result->repeated);
    EXPECT_EQ(seq(20), 1);
    PgHistoryRepository history{db, cipher};
    EXPECT_EQ(run(history.before(permit<P>(alice, lobby), {lobby, {}, 50}))->size(), 20U);
    EXPECT_EQ(run(history.before(permit<P>(alice, attic), {attic, {}, 50}))->size(), 1U);
}

TEST_F(MessageGroupTest, HalvesToTheBadMessageAndStoresAllOthers) {
    for (int n = 0; n < 7; ++n)
        add(n % 2 == 0 ? alice : bob, message(lobby, std::string(n == 3 ? 9'000 : 10, 'x')));
    append();
    std::vector<std::int64_t> seqs;
    for (std::size_t n = 0; n < group.size(); ++n)
        if (n != 3) seqs.push_back(seq(n));
    EXPECT_EQ(refusal(3), Errc::invalid);
    EXPECT_EQ(seqs, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6}));
}

TEST_F(MessageGroupTest, StoresARepeatWithinItselfOnce) {
    auto const id = fresh_id<ClientMessageId>();
    for (int n = 0; n < 100; ++n) add(alice, message(lobby, "once", id));
    add(alice, message(lobby, "another text", id));
    append();
    for (std::size_t n = 0; n < 100; ++n) {
        EXPECT_EQ(seq(n), 1);
        EXPECT_EQ(group[n].result->id, group[0].result->id);
        EXPECT_EQ(group[n].result->repeated, n > 0);
    }
    EXPECT_EQ(refusal(100), Errc::conflict);
    EXPECT_EQ(write(bob, message(lobby, "next"))->seq, 2);
}

// Two servers, each with the same conversations, in opposite order.
TEST_F(MessageGroupTest, NeverWaitsInACircleWithAnotherServersGroup) {
    PgMessageRepository other{db, cipher};
    std::atomic<int> stored = 0;
    constexpr int rounds = 30;
    auto const write_rounds = [&](PgMessageRepository& to, std::vector<ConversationId> order) {
        for (int n = 0; n < rounds; ++n) {
            std::vector<PendingMessage> mine;
            for (ConversationId const where : order)
                mine.push_back({permit<P>(alice, where),
                                message(where, "x"),
                                fresh_id<MessageId>(),
                                system_now(),
                                Error{},
                                {}});
            run(append_to(to, mine));
            for (auto const& one : mine) stored += one.result.has_value();
        }
    };
    std::thread across{[&] { write_rounds(other, {attic, lobby}); }};
    write_rounds(messages, {lobby, attic});
    across.join();
    EXPECT_EQ(stored, 4 * rounds);
    EXPECT_EQ(write(bob, message(lobby, "last"))->seq, 2 * rounds + 1);
}

}  // namespace
}  // namespace samtal::chat
