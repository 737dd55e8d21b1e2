#include "handlers.hpp"

#include "breach_codec.hpp"
#include "checkpoint_codec.hpp"
#include "evidence_codec.hpp"
#include "staff_codec.hpp"

namespace samtal::audit {

namespace {

using gateway::Reply;
using net::Method;

Task<Result<Reply>> access_log(PgEvidenceRepository& evidence, RightsPermit permit, ReadPage ask) {
    auto const page = co_await evidence.access_log(permit, ask);
    if (!page) co_return page.error();
    co_return Reply{200, encode(permit, *page), {}};
}

Task<Result<Reply>> disclosures(PgEvidenceRepository& evidence, RightsPermit permit, ReadPage ask) {
    auto const page = co_await evidence.disclosures(permit, ask);
    if (!page) co_return page.error();
    co_return Reply{200, encode(permit, *page), {}};
}

Task<Result<Reply>> checkpoint(Sequencer& sequencer, TrailPermit permit) {
    auto const newest = co_await sequencer.checkpoint(permit);
    if (!newest) co_return newest.error();
    co_return Reply{200, encode(*newest, sequencer.public_key()), {}};
}

Task<Result<Reply>> prune(Pruner& pruner, TrailPermit permit) {
    auto const gone = co_await pruner.prune_now(permit);
    if (!gone) co_return gone.error();
    co_return Reply{200, encode_pruned(*gone), {}};
}

Task<Result<Reply>> show(StaffService& staff, SupportPermit permit, ShowPerson ask) {
    auto const person = co_await staff.show(permit, ask);
    if (!person) co_return person.error();
    co_return Reply{200, encode(permit, *person), {}};
}

Task<Result<Reply>> report_breach(BreachService& breaches, IncidentPermit permit, BreachReport report) {
    auto const opened = co_await breaches.report(permit, report);
    if (!opened) co_return opened.error();
    co_return gateway::created(encode(*opened));
}

Task<Result<Reply>> list_breaches(BreachService& breaches, IncidentPermit permit) {
    auto const cases = co_await breaches.list(permit);
    if (!cases) co_return cases.error();
    co_return Reply{200, encode(*cases, breaches.now()), {}};
}

Task<Result<Reply>> close_breach(BreachService& breaches, IncidentPermit permit, CloseBreach closing) {
    auto const closed = co_await breaches.close(permit, closing);
    if (!closed) co_return closed.error();
    co_return Reply{200, encode(*closed), {}};
}

Task<Result<Reply>> list_affected(BreachService& breaches, IncidentPermit permit, AskAffected ask) {
    auto const users = co_await breaches.affected(permit, ask);
    if (!users) co_return users.error();
    co_return Reply{200, encode(*users), {}};
}

}  // namespace

void add_evidence_routes(gateway::Router& router, PgEvidenceRepository& evidence) {
    using P = purpose::RightsAndEvidence;
    router.person<P>(Method::get, "/v1/privacy/access-log", decode_page, [&](RightsPermit permit, ReadPage ask) {
        return access_log(evidence, std::move(permit), ask);
    });
    router.person<P>(Method::get, "/v1/privacy/disclosures", decode_page, [&](RightsPermit permit, ReadPage ask) {
        return disclosures(evidence, std::move(permit), ask);
    });
}

void add_checkpoint_route(gateway::Router& router, Sequencer& sequencer) {
    router.administrator<purpose::AuditTrail>(
        Method::post, "/admin/audit/checkpoint", decode_checkpoint,
        [&](TrailPermit permit, AskCheckpoint) { return checkpoint(sequencer, std::move(permit)); });
}

void add_pruning_route(gateway::Router& router, Pruner& pruner) {
    router.administrator<purpose::AuditTrail>(
        Method::post, "/admin/audit/prune", decode_pruning,
        [&](TrailPermit permit, AskPruning) { return prune(pruner, std::move(permit)); });
}

void add_staff_routes(gateway::Router& router, StaffService& staff) {
    router.administrator<purpose::SupportCase>(
        Method::post, "/admin/users/{id}/show", decode_show,
        [&](SupportPermit permit, ShowPerson ask) { return show(staff, std::move(permit), std::move(ask)); });
}

void add_breach_routes(gateway::Router& router, BreachService& breaches) {
    using P = purpose::IncidentResponse;
    router.administrator<P>(Method::post, "/admin/breaches", decode_report,
                            [&](IncidentPermit permit, BreachReport report) {
                                return report_breach(breaches, std::move(permit), std::move(report));
                            });
    router.administrator<P>(Method::post, "/admin/breaches/{id}/close", decode_closing,
                            [&](IncidentPermit permit, CloseBreach closing) {
                                return close_breach(breaches, std::move(permit), std::move(closing));
                            });
    router.administrator<P>(
        Method::post, "/admin/breaches/list", decode_breaches,
        [&](IncidentPermit permit, AskBreaches) { return list_breaches(breaches, std::move(permit)); });
    router.administrator<P>(
        Method::post, "/admin/breaches/affected", decode_affected,
        [&](IncidentPermit permit, AskAffected ask) { return list_affected(breaches, std::move(permit), ask); });
}

}  // namespace samtal::audit
