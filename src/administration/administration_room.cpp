#include "administration_codec.hpp"
#include "administration_service.hpp"
#include "pg_administration_repository.hpp"

namespace samtal::administration {

namespace {

using gateway::Reply;

template <class Wanted>
Task<Result<Reply>> create(AdministrationService& service, OperatorPermit permit, Wanted wanted) {
    auto const made = co_await service.create(std::move(permit), std::move(wanted));
    if (!made) co_return made.error();
    co_return gateway::created(encode(*made));
}

Task<Result<Reply>> invite(AdministrationService& service, OperatorPermit permit, Invitation who) {
    auto const invited = co_await service.invite(std::move(permit), std::move(who));
    if (!invited) co_return invited.error();
    co_return gateway::created(encode(*invited));
}

Task<Result<Reply>> add_number(AdministrationService& service, OperatorPermit permit, NumberChange change) {
    auto const since = co_await service.add_number(std::move(permit), std::move(change));
    if (!since) co_return since.error();
    co_return gateway::created(encode_valid_from(*since));
}

Task<Result<Reply>> end_number(AdministrationService& service, OperatorPermit permit, NumberChange change) {
    auto const at = co_await service.end_number(std::move(permit), std::move(change));
    if (!at) co_return at.error();
    co_return Reply{200, encode_valid_to(*at), {}};
}

Task<Result<Reply>> set_state(AdministrationService& service, OperatorPermit permit, StateChange change) {
    auto const done = co_await service.set_state(std::move(permit), change);
    if (!done) co_return done.error();
    co_return Reply{200, encode(change.state), {}};
}

Task<Result<Reply>> set_retention(AdministrationService& service, OperatorPermit permit, RetentionChoice choice) {
    auto const done = co_await service.set_retention(std::move(permit), choice);
    if (!done) co_return done.error();
    co_return Reply{200, encode(choice), {}};
}

}  // namespace

struct AdministrationRoom::Built {
    explicit Built(AdministrationParts const& parts) : repository{parts}, service{repository, parts} {}

    PgAdministrationRepository repository;
    AdministrationService service;
};

AdministrationRoom::AdministrationRoom(AdministrationParts const& parts)
    : built_{std::make_unique<Built>(parts)} {}

AdministrationRoom::~AdministrationRoom() = default;

void AdministrationRoom::add_routes(gateway::Router& router) {
    using Purpose = purpose::ResellerService;
    using net::Method;
    AdministrationService& service = built_->service;
    router.administrator<Purpose>(Method::post, "/admin/organisations", decode_organisation,
                                  [&service](OperatorPermit permit, NewOrganisation wanted) {
                                      return create(service, std::move(permit), std::move(wanted));
                                  });
    router.administrator<Purpose>(Method::post, "/admin/organisations/{id}/retention", decode_retention,
                                  [&service](OperatorPermit permit, RetentionChoice choice) {
                                      return set_retention(service, std::move(permit), std::move(choice));
                                  });
    router.administrator<Purpose>(Method::post, "/admin/users", decode_invitation,
                                  [&service](OperatorPermit permit, Invitation who) {
                                      return invite(service, std::move(permit), std::move(who));
                                  });
    router.administrator<Purpose>(Method::post, "/admin/users/{id}/numbers", decode_new_number,
                                  [&service](OperatorPermit permit, NumberChange change) {
                                      return add_number(service, std::move(permit), std::move(change));
                                  });
    router.administrator<Purpose>(Method::post, "/admin/users/{id}/numbers/end", decode_ended_number,
                                  [&service](OperatorPermit permit, NumberChange change) {
                                      return end_number(service, std::move(permit), std::move(change));
                                  });
    router.administrator<Purpose>(Method::post, "/admin/users/{id}/state", decode_state,
                                  [&service](OperatorPermit permit, StateChange change) {
                                      return set_state(service, std::move(permit), change);
                                  });
    router.administrator<Purpose>(Method::post, "/admin/switches", decode_switch,
                                  [&service](OperatorPermit permit, NewSwitch wanted) {
                                      return create(service, std::move(permit), std::move(wanted));
                                  });
}

}  // namespace samtal::administration
