#pragma once

#include "samtal/core/id.hpp"
#include "samtal/delivery/delivery.hpp"
#include "samtal/gateway/event_log.hpp"

#include <boost/uuid/uuid.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace samtal::delivery {

using People = gateway::EventLog::People;
using Kind = gateway::EventLog::Kind;

/// A committed event on its way to the sockets of these people.
struct Event {
    OrganisationId organisation;
    ConversationId conversation;
    gateway::Place place;
    People users;
    net::SharedText frame;
    net::Socket const* except = nullptr;  // of this server; never on the bus
    bool parting = false;                 // read back here, as EventLog::Event says; never on the bus

    [[nodiscard]] Kind kind() const noexcept { return place.of_message() ? Kind::messages : Kind::changes; }
    [[nodiscard]] std::int64_t number() const noexcept { return place.of_message() ? place.seq : place.change; }
};

/// What has no place and nobody misses.
struct Signal {
    People users;
    net::SharedText frame;
};

/// A session's row was changed elsewhere.
struct Changed {
    SessionId session;
};

/// "Say again who is with you": from a server that came, or missed something.
struct Ask {};
/// "What I said of people before holds no longer": what follows is all of it.
struct Afresh {};

/// A gateway::Head says that a conversation is that far, and its events are to be read back.
using Item = std::variant<Event, Signal, Changed, Sighting, Talk, Shown, Ask, Afresh, gateway::Head>;

/// What one server says at a time. Its items are numbered through, so that the others see when they missed some;
/// without any it says how far it is and that it lives.
struct Packet {
    boost::uuids::uuid node;
    std::uint64_t first = 0;  // the number of the first item, or of the next one
    std::vector<Item> items;
};

/// Appends one item in its binary form; little-endian, lengths before texts.
void encode(Event const&, std::string& into);
void encode(Signal const&, std::string& into);
void encode(Changed const&, std::string& into);
void encode(Sighting const&, std::string& into);
void encode(Talk const&, std::string& into);
void encode(Shown const&, std::string& into);
void encode(Ask const&, std::string& into);
void encode(Afresh const&, std::string& into);
void encode(gateway::Head const&, std::string& into);

/// The head of a packet whose items were encoded one after the other.
[[nodiscard]] std::string encode_head(boost::uuids::uuid const& node, std::uint64_t first, std::uint32_t count);
/// Nothing for what no server of this version says.
[[nodiscard]] std::optional<Packet> decode_packet(std::string_view);

}  // namespace samtal::delivery
