#include "samtal/rights/rights.hpp"

#include "archive.hpp"
#include "handlers.hpp"
#include "rounds.hpp"

namespace samtal::rights {

struct RightsRoom::Built {
    explicit Built(RightsParts const& parts)
        : archive{make_archive({parts.duties, parts.cipher, parts.clock, parts.in_force})},
          rounds{parts, archive.get()},
          service{parts, [this] { rounds.wake(); }},
          desk{parts} {}

    std::unique_ptr<Archive> archive;
    Rounds rounds;
    RightsService service;
    DeskService desk;
};

RightsRoom::RightsRoom(RightsParts const& parts) : built_{std::make_unique<Built>(parts)} {}
RightsRoom::~RightsRoom() = default;

void RightsRoom::add_routes(gateway::Router& router) {
    rights::add_routes(router, built_->service);
}

void RightsRoom::add_admin_routes(gateway::Router& router) {
    rights::add_admin_routes(router, built_->desk);
}

void RightsRoom::start() {
    built_->rounds.start();
}

void RightsRoom::stop() {
    built_->rounds.stop();
}

bool RightsRoom::erasures_replayed() const noexcept {
    return built_->rounds.erasures_replayed();
}

Workload RightsRoom::workload() const {
    return built_->rounds.workload();
}

}  // namespace samtal::rights
