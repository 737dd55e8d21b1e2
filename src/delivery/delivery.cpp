#include "samtal/delivery/delivery.hpp"

#include "announcer.hpp"
#include "nats_bus.hpp"
#include "outbox.hpp"
#include "peers.hpp"
#include "repairs.hpp"
#include "samtal/ops/log.hpp"
#include "sequencer.hpp"
#include "to_sockets.hpp"
#include "watch.hpp"

namespace samtal::delivery {

namespace {

/// To the sockets here, and to the other servers.
class ClusterFanout final : public gateway::Fanout {
public:
    ClusterFanout(DeliveryParts const& parts, Sequencer& sequencer, Outbox& outbox)
        : parts_{parts}, sequencer_{sequencer}, outbox_{outbox} {}

    void push(std::span<UserId const> users, net::SharedText const& frame, net::Socket const* except) override {
        if (parts_.nodes.holds_lease()) parts_.sockets.push(users, frame, except);
        outbox_.add(Signal{copy(users), frame});
    }

    void push_event(OrganisationId organisation, std::span<UserId const> users, ConversationId conversation,
                    gateway::Place place, net::SharedText const& frame, net::Socket const* except) override {
        Event event{organisation, conversation, place, copy(users), frame, except};
        outbox_.add(event);
        sequencer_.offer(std::move(event));
    }

private:
    static People copy(std::span<UserId const> users) {
        return std::make_shared<std::vector<UserId> const>(users.begin(), users.end());
    }

    DeliveryParts const& parts_;
    Sequencer& sequencer_;
    Outbox& outbox_;
};

}  // namespace

struct Delivery::Built {
    Built(BusOptions const& options, DeliveryParts const& given)
        : parts{given},
          bus{make_nats_bus(options)},
          outbox{*bus, seal, parts.nodes.id()},
          sequencer{tools()},
          repairs{sequencer, parts.log, parts.executor},
          announcer{parts, outbox},
          watch{parts, *bus, outbox, peers, sequencer, announcer} {
        parts.metrics.gauge("samtal_bus_connected", [this] { return bus->connected() ? 1.0 : 0.0; });
        parts.metrics.gauge("samtal_other_servers",
                            [this] { return static_cast<double>(parts.nodes.others().size()); });
    }

    Sequencer::Tools tools() {
        auto to = to_sockets(parts.sockets);
        to.may_push = [this] { return parts.nodes.holds_lease(); };
        to.wake = [this] { repairs.wake(); };
        return to;
    }

    void hear(std::string_view sealed) {
        auto const plain = seal.open(sealed);
        auto packet = plain ? decode_packet(*plain) : std::nullopt;
        if (!packet) return parts.metrics.count("samtal_bus_foreign_packets_total");
        if (!peers.hear(*packet, std::chrono::steady_clock::now())) return;
        std::string const server = uuid_text(packet->node);
        for (Item& item : packet->items) take(server, std::move(item));
    }

    void take(std::string const& server, Item item) {
        if (auto* const event = std::get_if<Event>(&item)) return sequencer.offer(std::move(*event));
        if (auto const* const changed = std::get_if<Changed>(&item)) return parts.reread(changed->session);
        if (auto const* const sighting = std::get_if<Sighting>(&item)) return parts.sighted(server, *sighting);
        if (auto const* const talk = std::get_if<Talk>(&item)) return parts.talked(*talk);
        if (auto const* const shown = std::get_if<Shown>(&item)) return parts.shown(*shown);
        if (auto const* const head = std::get_if<gateway::Head>(&item)) return sequencer.reach(*head);
        if (std::holds_alternative<Ask>(item)) return watch.asked();
        if (std::holds_alternative<Afresh>(item)) return parts.unsighted(server);
        auto const& signal = std::get<Signal>(item);
        if (parts.nodes.holds_lease()) parts.sockets.push(*signal.users, signal.frame);
    }

    DeliveryParts parts;
    Seal seal{parts.ring, "bus.3"};  // another number where packets change
    std::unique_ptr<Bus> bus;
    Outbox outbox;
    Peers peers;
    Sequencer sequencer;
    Repairs repairs;
    Announcer announcer;
    ClusterFanout fanout{parts, sequencer, outbox};
    Watch watch;
};

Delivery::Delivery(BusOptions const& options, DeliveryParts const& parts)
    : built_{std::make_unique<Built>(options, parts)} {}
Delivery::~Delivery() = default;

gateway::Fanout& Delivery::fanout() noexcept {
    return built_->fanout;
}

gateway::Endings& Delivery::endings() noexcept {
    return built_->announcer;
}

void Delivery::changed(gateway::Head const& head) {
    built_->outbox.add(head);
    built_->sequencer.reach(head);
}

void Delivery::tell(Sighting const& sighting) {
    built_->outbox.add(sighting);
}

void Delivery::tell(Talk const& talk) {
    built_->outbox.add(talk);
}

void Delivery::tell(Shown const& shown) {
    built_->outbox.add(shown);
}

void Delivery::start() {
    built_->announcer.listen();
    built_->bus->listen({.heard = [this](std::string_view sealed) { built_->hear(sealed); },
                         .lost = [this] { built_->peers.lose(); }});
    built_->repairs.start();
    built_->watch.start();
}

void Delivery::stop() {
    built_->watch.stop();
    built_->repairs.stop();
    built_->outbox.close();
    built_->bus->close();
    built_->parts.nodes.listen({});
    built_->announcer.close();
}

}  // namespace samtal::delivery
