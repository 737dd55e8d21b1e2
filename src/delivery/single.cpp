#include "samtal/delivery/single.hpp"

#include "repairs.hpp"
#include "sequencer.hpp"
#include "to_sockets.hpp"

namespace samtal::delivery {

struct Single::Built {
    Built(gateway::Sockets& to, gateway::EventLog& log, boost::asio::any_io_executor executor)
        : sockets{to}, sequencer{tools()}, repairs{sequencer, log, std::move(executor)} {}

    Sequencer::Tools tools() {
        auto to = to_sockets(sockets);
        to.may_push = [] { return true; };
        to.wake = [this] { repairs.wake(); };
        to.messages = false;
        return to;
    }

    gateway::Sockets& sockets;
    Sequencer sequencer;
    Repairs repairs;
};

Single::Single(gateway::Sockets& sockets, gateway::EventLog& log, boost::asio::any_io_executor executor)
    : built_{std::make_unique<Built>(sockets, log, std::move(executor))} {}
Single::~Single() = default;

void Single::push(std::span<UserId const> users, net::SharedText const& frame, net::Socket const* except) {
    built_->sockets.push(users, frame, except);
}

void Single::push_event(OrganisationId organisation, std::span<UserId const> users, ConversationId conversation,
                        gateway::Place place, net::SharedText const& frame, net::Socket const* except) {
    if (place.of_message())
        return built_->sockets.push_event(organisation, users, conversation, place, frame, except);
    built_->sequencer.offer({organisation, conversation, place,
                             std::make_shared<std::vector<UserId> const>(users.begin(), users.end()), frame,
                             except});
}

void Single::changed(gateway::Head const& head) {
    built_->sequencer.reach(head);
}

void Single::start() {
    built_->repairs.start();
}

void Single::stop() {
    built_->repairs.stop();
}

}  // namespace samtal::delivery
