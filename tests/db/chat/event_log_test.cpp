#include "samtal/gateway/event_log.hpp"

#include "samtal/chat/room.hpp"
#include "support/database.hpp"
#include "support/fake_socket.hpp"

#include <gtest/gtest.h>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <array>

namespace samtal::chat {
namespace {

using namespace std::chrono_literals;
using gateway::EventLog;
using testing::fresh_id;
using testing::run;
using P = purpose::ChatMessaging;

struct NobodyIsCounted final : statistics::Recorder {
    void fold(UserId, statistics::Metric, std::string_view) noexcept override {}
};

class EventLogTest : public testing::DatabaseTest {
protected:
    ~EventLogTest() override { loop.join(); }

    ConversationId make() {
        auto const lock = permit<P>(alice);
        return run(chat->create(lock, {{bob.user, carol.user}, Title{"room"}}))->id;
    }
    StoredMessage say(std::string text) {
        auto lock = permit<P>(alice, room);
        return *run(
            chat->send(std::move(lock), {room, fresh_id<ClientMessageId>(), Text{std::move(text)}, nullptr}));
    }
    EventLog::Gap gap(EventLog::Kind kind, std::optional<std::int64_t> after, std::int64_t until) const {
        return {alice.organisation, room, kind, after, until, began};
    }
    std::vector<std::int64_t> numbers(EventLog::Missed const& missed) const {
        std::vector<std::int64_t> found;
        for (auto const& event : missed.events) found.push_back(event.number);
        return found;
    }
    /// The conversation as it is now has been so for an hour.
    void age() {
        test.admin(
            "UPDATE conversations SET created_at = created_at - interval '1 hour', changed_at = changed_at - "
            "interval "
            "'1 hour', passed_at = passed_at - interval '1 hour', earlier_at = earlier_at - interval '1 hour' "
            "WHERE "
            "conversation_id = '" +
            room.text() + "'");
    }
    std::int64_t change(Change what) {
        auto const lock = permit<P>(alice, room);
        return run(chat->change(lock, std::move(what)))->change;
    }
    EventLog::Missed unknown(std::int64_t until) {
        return *run(log->missed(gap(EventLog::Kind::changes, std::nullopt, until)));
    }
    std::int64_t head(EventLog::Kind kind, Timestamp from, Timestamp to) {
        std::int64_t found = 0;
        for (auto const& head : *run(log->between(from, to)))
            if (head.conversation == room)
                found = std::max(found, kind == EventLog::Kind::messages ? head.place.seq : head.place.change);
        return found;
    }

    boost::asio::thread_pool loop{1};
    NobodyIsCounted recorder;
    gateway::Sockets sockets;
    Timestamp const began = system_now() - 1s;
    Principal const alice = person();
    Principal const bob = person();
    Principal const carol = person();
    std::unique_ptr<Chat> chat = make_chat({db, cipher, sockets, sockets, recorder, loop.get_executor()}, {});
    std::unique_ptr<EventLog> log = make_event_log(db, cipher, sockets, gate);
    ConversationId const room = make();
};

TEST_F(EventLogTest, KnowsWhichConversationsWentOnInATime) {
    EXPECT_EQ(head(EventLog::Kind::messages, began, system_now() + 1s), 0);
    say("one");
    say("two");
    EXPECT_EQ(head(EventLog::Kind::messages, began, system_now() + 1s), 2);
    EXPECT_EQ(head(EventLog::Kind::messages, system_now() + 1s, system_now() + 2s), 0);
    auto const lock = permit<P>(alice, room);
    ASSERT_TRUE(run(chat->change(lock, Retitle{room, Title{"new"}})));
    EXPECT_GT(head(EventLog::Kind::changes, began, system_now() + 1s), 0);
}

TEST_F(EventLogTest, ReadsWhatIsMissingForTheMembers) {
    for (char const* text : {"one", "two", "three"}) say(text);
    auto const missed = run(log->missed(gap(EventLog::Kind::messages, 1, 3)));
    ASSERT_TRUE(missed);
    EXPECT_EQ(numbers(*missed), (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(missed->events.front().users->size(), 3U);
    EXPECT_NE(missed->events.front().frame->find("\"text\":\"two\""), std::string::npos);
    EXPECT_EQ(missed->until, 3);
}

TEST_F(EventLogTest, ReadsOnlyWhatIsRecentWhereNothingIsKnown) {
    auto const old = say("one");
    test.admin("UPDATE messages SET sent_at = sent_at - interval '1 hour' WHERE message_id = '" + old.id.text() +
               "'");
    say("two");
    EXPECT_EQ(numbers(*run(log->missed(gap(EventLog::Kind::messages, std::nullopt, 2)))),
              (std::vector<std::int64_t>{2}));
}

TEST_F(EventLogTest, ReadsChangesAsTheyAreNow) {
    auto const one = say("one");
    auto const lock = permit<P>(alice, room);
    for (char const* text : {"first", "second"})
        ASSERT_TRUE(run(chat->change(lock, EditMessage{room, one.id, Text{text}, nullptr})));
    say("two");
    auto const last = run(chat->change(lock, Retitle{room, Title{"new"}}))->change;
    auto const missed = run(log->missed(gap(EventLog::Kind::changes, last - 3, last)));
    ASSERT_TRUE(missed);
    EXPECT_EQ(numbers(*missed), (std::vector<std::int64_t>{last - 1, last}));  // the first edit is no more
    EXPECT_EQ(missed->seq, 2);                                                 // and is about no later message
    EXPECT_NE(missed->events.front().frame->find("second"), std::string::npos);
    EXPECT_NE(missed->events.back().frame->find("conversation.changed"), std::string::npos);
}

TEST_F(EventLogTest, ReadsStubsBackWhereNothingIsKnown) {
    auto const one = say("one"), two = say("two");
    age();
    change(DeleteMessage{room, one.id, nullptr});
    auto const last = change(DeleteMessage{room, two.id, nullptr});
    auto const missed = unknown(last);
    EXPECT_EQ(numbers(missed), (std::vector<std::int64_t>{1, 2}));
    EXPECT_NE(missed.events.front().frame->find("message.deleted"), std::string::npos);
}

TEST_F(EventLogTest, ReadsTheTitleBackThatChangedBeforeTheLatestEdit) {
    auto const one = say("one");
    age();
    change(Retitle{room, Title{"new"}});
    auto const missed = unknown(change(EditMessage{room, one.id, Text{"edited"}, nullptr}));
    ASSERT_EQ(numbers(missed), (std::vector<std::int64_t>{1, 2}));
    EXPECT_NE(missed.events.front().frame->find("conversation.changed"), std::string::npos);
}

TEST_F(EventLogTest, ReadsNoChangesOfLongAgoWhereNothingIsKnown) {
    auto const one = say("one"), two = say("two");
    change(Retitle{room, Title{"new"}});
    change(DeleteMessage{room, one.id, nullptr});
    age();
    auto const last = change(DeleteMessage{room, two.id, nullptr});
    EXPECT_EQ(numbers(unknown(last)), (std::vector<std::int64_t>{last}));
}

TEST_F(EventLogTest, ReadsFromThePlaceBeforeWhereTheLatestIsTooYoung) {
    auto const one = say("one");
    for (int n = 0; n < 3; ++n) {
        age();
        change(Retitle{room, Title{"long ago"}});
        change(EditMessage{room, one.id, Text{std::to_string(n)}, nullptr});
    }
    auto const missed = unknown(6);
    EXPECT_EQ(numbers(missed), (std::vector<std::int64_t>{5, 6}));
}

TEST_F(EventLogTest, TellsMembersOfAConversationThatBegan) {
    EXPECT_TRUE(std::ranges::any_of(*run(log->between(began, system_now() + 1s)),
                                    [&](auto const& head) { return head.conversation == room; }));
    auto const missed = unknown(0);
    ASSERT_EQ(numbers(missed), (std::vector<std::int64_t>{0}));
    EXPECT_EQ(missed.events.front().users->size(), 3U);
    EXPECT_NE(missed.events.front().frame->find("member.added"), std::string::npos);
    EXPECT_TRUE(run(log->missed(gap(EventLog::Kind::changes, 0, 0)))->events.empty());
}

TEST_F(EventLogTest, TellsWhoeverWasRemovedAndStillHasIt) {
    auto const socket = std::make_shared<testing::FakeSocket>();
    sockets.add(carol, socket);
    sockets.keep(carol.user, socket.get(), room);
    auto const last = change(RemoveMember{room, carol.user});
    auto const missed = *run(log->missed(gap(EventLog::Kind::changes, last - 1, last)));
    ASSERT_EQ(numbers(missed), (std::vector<std::int64_t>{last, last}));
    auto const for_carol = std::ranges::find_if(missed.events, [](auto const& event) { return event.parting; });
    ASSERT_NE(for_carol, missed.events.end());
    EXPECT_EQ(*for_carol->users, (std::vector<UserId>{carol.user}));
    EXPECT_NE(for_carol->frame->find("member.removed"), std::string::npos);
    EXPECT_EQ(for_carol->frame->find("title"), std::string::npos);
    sockets.forget(*for_carol->users, room);
    EXPECT_EQ(run(log->missed(gap(EventLog::Kind::changes, last - 1, last)))->events.size(), 1U);
}

TEST_F(EventLogTest, TellsNewcomersNothingFromBeforeTheyCame) {
    say("one");
    Principal const dora = person();
    auto const lock = permit<P>(alice, room);
    ASSERT_TRUE(run(chat->change(lock, AddMembers{room, {dora.user}})));
    say("two");
    auto const missed = run(log->missed(gap(EventLog::Kind::messages, 0, 2)));
    ASSERT_TRUE(missed);
    ASSERT_EQ(missed->events.size(), 2U);
    auto const sees = [&](std::size_t n) { return std::ranges::count(*missed->events[n].users, dora.user); };
    EXPECT_EQ(sees(0), 0);
    EXPECT_EQ(sees(1), 1);
}

}  // namespace
}  // namespace samtal::chat
