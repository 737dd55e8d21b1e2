#include "samtal/identity/identity_room.hpp"

#include "handlers.hpp"
#include "identity_service.hpp"
#include "pg_idempotency_repository.hpp"

namespace samtal::identity {

struct IdentityRoom::Built {
    Built(IdentityParts const& parts, IdentityOptions const& options)
        : service{parts, options}, answers{parts.db, parts.keys, parts.permits, parts.clock} {}

    IdentityService service;
    PgIdempotencyRepository answers;
};

IdentityRoom::IdentityRoom(IdentityParts const& parts, IdentityOptions const& options)
    : built_{std::make_unique<Built>(parts, options)} {}
IdentityRoom::~IdentityRoom() = default;

Identity& IdentityRoom::identity() noexcept {
    return built_->service;
}

PersonAuthenticator& IdentityRoom::people() noexcept {
    return built_->service;
}

gateway::IdempotencyStore& IdentityRoom::idempotency() noexcept {
    return built_->answers;
}

void IdentityRoom::add_routes(gateway::Router& router) {
    identity::add_routes(router, built_->service);
}

Task<void> IdentityRoom::forget(UserId user) {
    return built_->service.end({{.user = user}});
}

void IdentityRoom::apply(gateway::Ending const& ending) {
    built_->service.apply(ending);
}

void IdentityRoom::reread(SessionId session) {
    built_->service.reread(session);
}

void IdentityRoom::reread_all() {
    built_->service.reread_all();
}

Task<Result<void>> IdentityRoom::sweep() {
    co_return co_await built_->service.sweep();
}

void IdentityRoom::close() {
    built_->service.close();
}

}  // namespace samtal::identity
