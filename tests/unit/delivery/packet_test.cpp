#include "delivery/packet.hpp"

#include "delivery/notice.hpp"

#include <boost/uuid/random_generator.hpp>

#include <gtest/gtest.h>

#include <tuple>

namespace samtal::delivery {
namespace {

boost::uuids::uuid fresh() {
    return boost::uuids::random_generator{}();
}
People people(std::size_t count) {
    auto users = std::make_shared<std::vector<UserId>>();
    for (std::size_t i = 0; i < count; ++i) users->emplace_back(fresh());
    return users;
}
net::SharedText frame(std::string text) {
    return std::make_shared<std::string const>(std::move(text));
}

std::string encoded(boost::uuids::uuid const& node) {
    std::string items;
    encode(Event{OrganisationId{fresh()},
                 ConversationId{fresh()},
                 {.seq = 1LL << 40, .change = 9},
                 people(3),
                 frame("{\"å\":1}")},
           items);
    encode(Signal{people(0), frame("")}, items);
    encode(Changed{SessionId{fresh()}}, items);
    encode(Sighting{UserId{fresh()}, true, 2}, items);
    encode(Talk{"name", OrganisationId{fresh()}, *people(2), Timestamp{std::chrono::milliseconds{5}}}, items);
    encode(Shown{UserId{fresh()}}, items);
    encode(Ask{}, items);
    encode(Afresh{}, items);
    encode(gateway::Head{OrganisationId{fresh()}, ConversationId{fresh()}, {.change = 3}}, items);
    return encode_head(node, 7, 9) + items;
}

TEST(Packet, ComesBackAsItWent) {
    auto const node = fresh();
    Event const event{OrganisationId{fresh()},
                      ConversationId{fresh()},
                      {.seq = 1LL << 40, .change = 9},
                      people(5'000),
                      frame("{\"å\":1}")};
    std::string items;
    encode(event, items);
    encode(Changed{SessionId{node}}, items);
    Talk const talk{"name", OrganisationId{fresh()}, *people(2), Timestamp{std::chrono::milliseconds{1LL << 40}}};
    encode(talk, items);
    encode(Shown{UserId{node}}, items);
    gateway::Head const head{event.organisation, event.conversation, {.change = 1LL << 40}};
    encode(head, items);
    auto const packet = decode_packet(encode_head(node, 7, 5) + items);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->node, node);
    EXPECT_EQ(packet->first, 7U);
    ASSERT_EQ(packet->items.size(), 5U);
    auto const& back = std::get<Event>(packet->items[0]);
    EXPECT_EQ(std::tie(back.organisation, back.conversation, back.place.seq, back.place.change, *back.users,
                       *back.frame),
              std::tie(event.organisation, event.conversation, event.place.seq, event.place.change, *event.users,
                       *event.frame));
    EXPECT_EQ(std::get<Changed>(packet->items[1]).session, SessionId{node});
    auto const& said = std::get<Talk>(packet->items[2]);
    EXPECT_EQ(std::tie(said.name, said.organisation, said.people, said.until),
              std::tie(talk.name, talk.organisation, talk.people, talk.until));
    EXPECT_EQ(std::get<Shown>(packet->items[3]).user, UserId{node});
    auto const& far = std::get<gateway::Head>(packet->items[4]);
    EXPECT_EQ(std::tie(far.organisation, far.conversation, far.place.change),
              std::tie(head.organisation, head.conversation, head.place.change));
}

TEST(Packet, CutAnywhereOrLongerIsRefused) {
    std::string const whole = encoded(fresh());
    ASSERT_TRUE(decode_packet(whole));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(decode_packet(whole.substr(0, size))) << size;
    EXPECT_FALSE(decode_packet(whole + '\0'));
}

TEST(Packet, WithCountsThatPromiseTooMuchTakesNoMemory) {
    std::string const node = encode_head(fresh(), 0, 0xffff'ffffU);
    EXPECT_FALSE(decode_packet(node));
    std::string items{"\x02\xff\xff\xff\xff", 5};  // a signal to four thousand million people
    EXPECT_FALSE(decode_packet(encode_head(fresh(), 0, 1) + items));
}

TEST(Notice, ComesBackAsItWent) {
    Notice const all{fresh(), {.user = UserId{fresh()}}};
    Notice only = all;
    only.ending.only = SessionId{fresh()};
    Notice but = all;
    but.ending.but = SessionId{fresh()};
    for (Notice const& notice : {all, only, but}) {
        auto const back = decode_notice(encode(notice));
        ASSERT_TRUE(back);
        EXPECT_EQ(back->from, notice.from);
        EXPECT_EQ(back->ending.user, notice.ending.user);
        EXPECT_EQ(back->ending.only, notice.ending.only);
        EXPECT_EQ(back->ending.but, notice.ending.but);
    }
    EXPECT_FALSE(decode_notice(encode(all) + "x"));
    EXPECT_FALSE(decode_notice("\x07" + encode(all).substr(1)));
}

}  // namespace
}  // namespace samtal::delivery
