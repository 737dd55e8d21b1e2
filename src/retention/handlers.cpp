#include "handlers.hpp"

#include "disclosure_codec.hpp"
#include "retention_codec.hpp"

namespace samtal::retention {

namespace {

using gateway::Reply;
using net::Method;
using Purpose = purpose::Retention;

Task<Result<Reply>> run(RetentionService& service, RetentionJob& job, RetentionPermit permit, RunOrder order,
                        Timestamp now) {
    Timestamp const moment = order.moment.value_or(now);
    if (order.dry_run) {
        auto const due = co_await service.due(permit, moment);
        if (!due) co_return due.error();
        co_return Reply{200, encode(*due), {}};
    }
    auto const done = co_await service.run(permit, RunKind::manual, moment);
    if (!done) co_return done.error();
    co_await job.refresh();
    co_return Reply{200, encode(done->value_or(Counts{})), {}};
}

Task<Result<Reply>> reports(RetentionService& service, RetentionPermit permit, ReportList wanted) {
    auto const found = co_await service.reports(permit, wanted.limit);
    if (!found) co_return found.error();
    co_return Reply{200, encode(*found), {}};
}

Task<Result<Reply>> add(HoldRepository& holds, RetentionPermit permit, HoldOrder order, Timestamp now) {
    auto const hold = co_await holds.add(permit, order, now);
    if (!hold) co_return hold.error();
    co_return gateway::created(encode(permit, *hold));
}

Task<Result<Reply>> release(HoldRepository& holds, RetentionPermit permit, HoldOrder order, Timestamp now) {
    auto const hold = co_await holds.release(permit, order, now);
    if (!hold) co_return hold.error();
    co_return Reply{200, encode(permit, *hold), {}};
}

constexpr Error nothing_kept{Errc::conflict, "a service of this class keeps nothing for authorities (LEK 9:19)"};

Task<Result<Reply>> disclose(DisclosureRepository& disclosures, bool kept, LawPermit permit, DisclosureOrder order,
                             Timestamp now) {
    if (!kept) co_return nothing_kept;
    auto const given = co_await disclosures.disclose(permit, order, now);
    if (!given) co_return given.error();
    co_return Reply{200, encode(permit, order, *given), {}};
}

Task<Result<Reply>> release_disclosure(DisclosureRepository& disclosures, bool kept, LawPermit permit,
                                       ReleaseOrder order, Timestamp now) {
    if (!kept) co_return nothing_kept;
    auto const people = co_await disclosures.release(permit, order, now);
    if (!people) co_return people.error();
    co_return Reply{200, encode_released(*people), {}};
}

Task<Result<Reply>> list(HoldRepository& holds, RetentionPermit permit, HoldList wanted) {
    auto const found = co_await holds.list(permit, wanted);
    if (!found) co_return found.error();
    co_return Reply{200, encode(permit, *found), {}};
}

}  // namespace

void add_retention_routes(gateway::Router& router, RetentionService& service, RetentionJob& job,
                          Clock const& clock) {
    router.administrator<Purpose>(Method::post, "/admin/retention/run", decode_run,
                                  [&service, &job, clock](RetentionPermit permit, RunOrder order) {
                                      return run(service, job, std::move(permit), order, clock());
                                  });
    router.administrator<Purpose>(Method::post, "/admin/retention/reports", decode_reports,
                                  [&service](RetentionPermit permit, ReportList wanted) {
                                      return reports(service, std::move(permit), wanted);
                                  });
}

void add_disclosure_routes(gateway::Router& router, DisclosureRepository& disclosures, bool kept,
                           Clock const& clock) {
    router.administrator<purpose::LawRetention>(
        Method::post, "/admin/authority-disclosure", decode_disclosure,
        [&disclosures, kept, clock](LawPermit permit, DisclosureOrder order) {
            return disclose(disclosures, kept, std::move(permit), std::move(order), clock());
        });
    router.administrator<purpose::LawRetention>(
        Method::post, "/admin/authority-disclosure/{id}/release", decode_release_of_disclosure,
        [&disclosures, kept, clock](LawPermit permit, ReleaseOrder order) {
            return release_disclosure(disclosures, kept, std::move(permit), order, clock());
        });
}

void add_hold_routes(gateway::Router& router, HoldRepository& holds, Clock const& clock) {
    router.administrator<Purpose>(Method::post, "/admin/holds", decode_hold,
                                  [&holds, clock](RetentionPermit permit, HoldOrder order) {
                                      return add(holds, std::move(permit), std::move(order), clock());
                                  });
    router.administrator<Purpose>(Method::post, "/admin/holds/release", decode_hold,
                                  [&holds, clock](RetentionPermit permit, HoldOrder order) {
                                      return release(holds, std::move(permit), std::move(order), clock());
                                  });
    router.administrator<Purpose>(
        Method::post, "/admin/holds/list", decode_hold_list,
        [&holds](RetentionPermit permit, HoldList wanted) { return list(holds, std::move(permit), wanted); });
}

}  // namespace samtal::retention
