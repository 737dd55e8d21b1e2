#pragma once

#include "samtal/core/id.hpp"
#include "samtal/net/socket.hpp"

#include <boost/uuid/uuid.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace samtal::delivery {

using People = std::shared_ptr<std::vector<UserId> const>;

/// A committed event on its way to the sockets of these people.
struct Event {
    OrganisationId organisation;
    ConversationId conversation;
    std::int64_t seq;
    People users;
    net::SharedText frame;
    net::Socket const* except = nullptr;  // of this server; never on the bus
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

using Item = std::variant<Event, Signal, Changed>;

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

/// The head of a packet whose items were encoded one after the other.
[[nodiscard]] std::string encode_head(boost::uuids::uuid const& node, std::uint64_t first, std::uint32_t count);
/// Nothing for what no server of this version says.
[[nodiscard]] std::optional<Packet> decode_packet(std::string_view);

}  // namespace samtal::delivery
