#include "packet.hpp"

#include <algorithm>
#include <array>
#include <concepts>

namespace samtal::delivery {

namespace {

enum class Tag : std::uint8_t {
    event = 1,
    signal = 2,
    changed = 3,
    sighting = 4,
    ask = 5,
    afresh = 6,
    talk = 7,
    shown = 8,
    head = 9
};

template <std::unsigned_integral N>
void put(std::string& into, N number) {
    for (std::size_t i = 0; i < sizeof number; ++i) into.push_back(static_cast<char>(number >> (8 * i)));
}

void put(std::string& into, boost::uuids::uuid const& id) {
    into.append(reinterpret_cast<char const*>(id.data), sizeof id.data);
}

void put(std::string& into, std::vector<UserId> const& users) {
    put(into, static_cast<std::uint32_t>(users.size()));
    for (UserId const& user : users) put(into, user.value());
}

void put_text(std::string& into, std::string_view text) {
    put(into, static_cast<std::uint32_t>(text.size()));
    into.append(text);
}

/// Reads from the front. Once something was missing, all that follows is zero.
class Reader {
public:
    explicit Reader(std::string_view rest) : rest_{rest} {}

    template <std::unsigned_integral N>
    N number() {
        N value = 0;
        std::string_view const bytes = take(sizeof value);
        for (std::size_t i = 0; i < bytes.size(); ++i)
            value = static_cast<N>(value |
                                   static_cast<N>(static_cast<N>(static_cast<std::uint8_t>(bytes[i])) << (8 * i)));
        return value;
    }
    boost::uuids::uuid uuid() {
        boost::uuids::uuid id{};
        std::string_view const bytes = take(sizeof id.data);
        std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(id.data));
        return id;
    }
    People people() {
        auto users = std::make_shared<std::vector<UserId>>();
        auto const count = number<std::uint32_t>();
        if (count > rest_.size() / sizeof(boost::uuids::uuid)) {
            good_ = false;
            return users;
        }
        users->reserve(count);
        for (std::uint32_t i = 0; i < count; ++i) users->emplace_back(uuid());
        return users;
    }
    net::SharedText text() {
        auto const size = number<std::uint32_t>();
        return std::make_shared<std::string const>(take(size));
    }
    [[nodiscard]] bool good() const noexcept { return good_; }
    [[nodiscard]] bool done() const noexcept { return good_ && rest_.empty(); }

private:
    std::string_view take(std::size_t size) {
        if (!good_ || size > rest_.size()) {
            good_ = false;
            return {};
        }
        auto const taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    std::string_view rest_;
    bool good_ = true;
};

gateway::Place read_place(Reader& in) {
    auto const seq = static_cast<std::int64_t>(in.number<std::uint64_t>());
    auto const change = static_cast<std::int64_t>(in.number<std::uint64_t>());
    return {seq, change};
}

Event read_event(Reader& in) {
    OrganisationId const organisation{in.uuid()};
    ConversationId const conversation{in.uuid()};
    gateway::Place const place = read_place(in);
    auto users = in.people();
    auto frame = in.text();
    return {organisation, conversation, place, std::move(users), std::move(frame)};
}

gateway::Head read_head(Reader& in) {
    OrganisationId const organisation{in.uuid()};
    ConversationId const conversation{in.uuid()};
    return {organisation, conversation, read_place(in)};
}

Talk read_talk(Reader& in) {
    auto const name = in.text();
    OrganisationId const organisation{in.uuid()};
    auto const people = in.people();
    auto const until = static_cast<std::int64_t>(in.number<std::uint64_t>());
    return {*name, organisation, *people, Timestamp{std::chrono::milliseconds{until}}};
}

Signal read_signal(Reader& in) {
    auto users = in.people();
    auto frame = in.text();
    return {std::move(users), std::move(frame)};
}

}  // namespace

void encode(Event const& event, std::string& into) {
    put(into, static_cast<std::uint8_t>(Tag::event));
    put(into, event.organisation.value());
    put(into, event.conversation.value());
    put(into, static_cast<std::uint64_t>(event.place.seq));
    put(into, static_cast<std::uint64_t>(event.place.change));
    put(into, *event.users);
    put_text(into, *event.frame);
}

void encode(Signal const& signal, std::string& into) {
    put(into, static_cast<std::uint8_t>(Tag::signal));
    put(into, *signal.users);
    put_text(into, *signal.frame);
}

void encode(Changed const& changed, std::string& into) {
    put(into, static_cast<std::uint8_t>(Tag::changed));
    put(into, changed.session.value());
}

void encode(Sighting const& sighting, std::string& into) {
    put(into, static_cast<std::uint8_t>(Tag::sighting));
    put(into, sighting.user.value());
    put(into, static_cast<std::uint8_t>(sighting.connected));
    put(into, sighting.state);
}

void encode(Talk const& talk, std::string& into) {
    put(into, static_cast<std::uint8_t>(Tag::talk));
    put_text(into, talk.name);
    put(into, talk.organisation.value());
    put(into, talk.people);
    put(into, static_cast<std::uint64_t>(talk.until.time_since_epoch().count()));
}

void encode(Shown const& shown, std::string& into) {
    put(into, static_cast<std::uint8_t>(Tag::shown));
    put(into, shown.user.value());
}

void encode(Ask const&, std::string& into) {
    put(into, static_cast<std::uint8_t>(Tag::ask));
}

void encode(Afresh const&, std::string& into) {
    put(into, static_cast<std::uint8_t>(Tag::afresh));
}

void encode(gateway::Head const& head, std::string& into) {
    put(into, static_cast<std::uint8_t>(Tag::head));
    put(into, head.organisation.value());
    put(into, head.conversation.value());
    put(into, static_cast<std::uint64_t>(head.place.seq));
    put(into, static_cast<std::uint64_t>(head.place.change));
}

std::string encode_head(boost::uuids::uuid const& node, std::uint64_t first, std::uint32_t count) {
    std::string head;
    put(head, node);
    put(head, first);
    put(head, count);
    return head;
}

std::optional<Packet> decode_packet(std::string_view bytes) {
    Reader in{bytes};
    Packet packet;
    packet.node = in.uuid();
    packet.first = in.number<std::uint64_t>();
    auto const count = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.good(); ++i) {
        switch (static_cast<Tag>(in.number<std::uint8_t>())) {
            case Tag::event:
                packet.items.emplace_back(read_event(in));
                break;
            case Tag::signal:
                packet.items.emplace_back(read_signal(in));
                break;
            case Tag::changed:
                packet.items.emplace_back(Changed{SessionId{in.uuid()}});
                break;
            case Tag::sighting: {
                UserId const user{in.uuid()};
                bool const connected = in.number<std::uint8_t>() != 0;
                packet.items.emplace_back(Sighting{user, connected, in.number<std::uint8_t>()});
                break;
            }
            case Tag::talk:
                packet.items.emplace_back(read_talk(in));
                break;
            case Tag::shown:
                packet.items.emplace_back(Shown{UserId{in.uuid()}});
                break;
            case Tag::ask:
                packet.items.emplace_back(Ask{});
                break;
            case Tag::afresh:
                packet.items.emplace_back(Afresh{});
                break;
            case Tag::head:
                packet.items.emplace_back(read_head(in));
                break;
            default:
                return std::nullopt;
        }
    }
    if (!in.done()) return std::nullopt;
    return packet;
}

}  // namespace samtal::delivery
