#include "samtal/dialing/dialing_room.hpp"

#include "handlers.hpp"

namespace samtal::dialing {

struct DialingRoom::Built {
    Built(DialingParts const& parts, DialingOptions const& options)
        : numbers{parts.numbers}, rows{parts}, service{parts, rows, options} {}

    calls::PhoneNumbers const& numbers;
    PgDialingRepository rows;
    DialingService service;
};

DialingRoom::DialingRoom(DialingParts const& parts, DialingOptions options)
    : built_{std::make_unique<Built>(parts, options)} {}

DialingRoom::~DialingRoom() = default;

void DialingRoom::add_routes(gateway::Router& router) {
    dialing::add_routes(router, built_->service, built_->numbers);
}

void DialingRoom::add_admin_routes(gateway::Router& router) {
    dialing::add_admin_routes(router, built_->service);
}

calls::CallFollower& DialingRoom::follower() noexcept {
    return built_->service;
}

void DialingRoom::close() {
    built_->service.close();
}

}  // namespace samtal::dialing
