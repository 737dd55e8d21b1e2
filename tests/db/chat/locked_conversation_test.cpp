#include "chat/change_writer.hpp"
#include "chat/message_writer.hpp"
#include "chat/pg_conversation_repository.hpp"
#include "storage/connection.hpp"
#include "support/database.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <future>
#include <optional>

namespace samtal::chat {
namespace {

using testing::fresh_id;
using testing::run;
using P = purpose::ChatMessaging;

struct NobodyCounts final : statistics::Recorder {
    void fold(UserId, statistics::Metric, std::string_view) noexcept override {}
};

/// A server that was frozen in the middle of a change.
class FrozenServer {
public:
    FrozenServer(storage::LoginOptions const& login, ConversationId conversation)
        : connection_{storage::connection_string(login)}, work_{connection_} {
        work_.exec("SET LOCAL ROLE samtal_owner");
        work_.exec(fmt::format("SELECT FROM conversations WHERE conversation_id = '{}' FOR NO KEY UPDATE",
                               conversation.text()));
    }

private:
    pqxx::connection connection_;
    pqxx::work work_;
};

class LockedConversationTest : public testing::DatabaseTest {
protected:
    LockedConversationTest()
        : lobby{conversation()}, attic{conversation()}, frozen{std::in_place, test.main, lobby} {}
    ~LockedConversationTest() override { loop.join(); }

    ConversationId conversation() {
        auto const lock = permit<P>(alice);
        NewConversation const wanted{{bob.user}, Title{"room"}};
        return run(conversations.group(lock, wanted, fresh_id<ConversationId>()))->id;
    }
    SendMessage message(ConversationId where, std::string text = "x") {
        return {where, fresh_id<ClientMessageId>(), Text{std::move(text)}, nullptr};
    }
    PendingMessage pending(ConversationId where, std::string text = "x") {
        return {permit<P>(alice, where),
                message(where, std::move(text)),
                fresh_id<MessageId>(),
                system_now(),
                Error{},
                {}};
    }
    static Task<bool> append_to(PgMessageRepository& to, std::span<PendingMessage> all) {
        co_await to.append(all);
        co_return true;
    }
    void append(std::vector<PendingMessage>& group) { run(append_to(messages, group)); }

    Task<Result<StoredMessage>> written(ConversationId where) {
        return writer.write(permit<P>(alice, where), message(where), system_now());
    }
    Task<Result<Changed>> retitled(ChatPermit const& lock, ConversationId where) {
        return changes.write(lock, Retitle{where, Title{"hall"}});
    }
    template <class T>
    std::future<T> begun(Task<T> task) {
        return std::async(std::launch::async, [one = std::move(task)]() mutable { return run(std::move(one)); });
    }

    Task<void> say() { numbers.push_back((co_await written(lobby))->seq); }
    /// Without waiting for answers; amid it the conversation becomes free.
    Task<void> say_many(boost::asio::io_context& socket) {
        boost::asio::steady_timer next{socket};
        for (std::size_t n = 0; n < many; ++n) {
            if (n == many / 2) frozen.reset();
            boost::asio::co_spawn(socket, say(), boost::asio::detached);
            next.expires_after(std::chrono::milliseconds{7});
            co_await next.async_wait(boost::asio::use_awaitable);
        }
    }

    static constexpr std::size_t many = 60;
    std::vector<std::int64_t> numbers;  // as they were answered
    boost::asio::thread_pool loop{1};
    NobodyCounts recorder;
    gateway::Sockets sockets;
    Tools tools{db, cipher, sockets, sockets, recorder, loop.get_executor()};
    PgConversationRepository conversations{db, cipher};
    PgMessageRepository messages{db, cipher};
    MessageWriter writer{tools, Limits{}, [](PendingMessage const&) {}};
    ChangeWriter changes{tools, Limits{}, [](PendingChange const&) {}};
    Principal const alice = person();
    Principal const bob = person();
    ConversationId lobby;
    ConversationId attic;
    std::optional<FrozenServer> frozen;  // until it is reset
};

TEST_F(LockedConversationTest, LetsAllOthersOfAGroupBeStored) {
    std::vector<PendingMessage> group;
    group.push_back(pending(lobby));
    group.push_back(pending(attic));
    group.push_back(pending(fresh_id<ConversationId>()));
    append(group);
    EXPECT_TRUE(group[0].locked);
    EXPECT_EQ(group[0].result.error().code, Errc::exhausted);
    EXPECT_EQ(group[1].result->seq, 1);
    EXPECT_FALSE(group[2].locked) << "one that does not exist";
    EXPECT_EQ(group[2].result.error().code, Errc::not_found);
    frozen.reset();
    append(group);
    EXPECT_EQ(group[0].result->seq, 1);
    EXPECT_EQ(group[1].result->seq, 1) << "it is there already, and ours";
    EXPECT_FALSE(group[1].result->repeated);
}

TEST_F(LockedConversationTest, LetsABadMessageHarmNoOther) {
    std::vector<PendingMessage> group;
    group.push_back(pending(lobby));
    group.push_back(pending(attic, std::string(9'000, 'x')));  // longer than the schema allows
    group.push_back(pending(attic));
    append(group);
    EXPECT_TRUE(group[0].locked);
    EXPECT_EQ(group[1].result.error().code, Errc::invalid);
    EXPECT_EQ(group[2].result->seq, 1);
}

TEST_F(LockedConversationTest, KeepsItsOwnMessagesWaitingAndNoOthers) {
    auto waiting = begun(written(lobby));
    std::vector<ConversationId> others;  // of both lanes
    for (int n = 0; n < 8; ++n) others.push_back(conversation());
    for (int round = 1; round <= 2; ++round)
        for (ConversationId const other : others) EXPECT_EQ(begun(written(other)).get()->seq, round);
    ASSERT_EQ(waiting.wait_for(std::chrono::seconds{0}), std::future_status::timeout) << "it cannot be stored yet";
    frozen.reset();
    EXPECT_EQ(waiting.get()->seq, 1);
}

TEST_F(LockedConversationTest, KeepsTheOrderInWhichItsMessagesCame) {
    boost::asio::io_context socket;
    boost::asio::co_spawn(socket, say_many(socket), boost::asio::detached);
    socket.run();
    ASSERT_EQ(numbers.size(), many);
    EXPECT_TRUE(std::ranges::is_sorted(numbers));
}

TEST_F(LockedConversationTest, KeepsItsOwnChangesWaitingAndNoOthers) {
    auto const there = permit<P>(alice, lobby);
    auto waiting = begun(retitled(there, lobby));
    for (int n = 0; n < 8; ++n) {
        auto const other = conversation();
        auto const lock = permit<P>(alice, other);
        EXPECT_EQ(begun(retitled(lock, other)).get()->change, 1);
    }
    ASSERT_EQ(waiting.wait_for(std::chrono::seconds{0}), std::future_status::timeout);
    frozen.reset();
    EXPECT_EQ(waiting.get()->change, 1);
}

TEST_F(LockedConversationTest, RefusesWhatWaitedTooLong) {
    auto const there = permit<P>(alice, lobby);
    auto message = begun(written(lobby));
    auto change = begun(retitled(there, lobby));
    EXPECT_EQ(message.get().error().code, Errc::exhausted);
    EXPECT_EQ(change.get().error().code, Errc::exhausted);
    frozen.reset();
    EXPECT_EQ(run(written(lobby))->seq, 1);
    EXPECT_EQ(run(retitled(there, lobby))->change, 1);
}

}  // namespace
}  // namespace samtal::chat
