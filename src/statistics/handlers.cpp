#include "samtal/statistics/statistics.hpp"

#include <fmt/format.h>

namespace samtal::statistics {

namespace {

struct CloseEpoch {};

Result<CloseEpoch> decode(gateway::Ask const& ask) {
    auto body = ask.body();
    if (auto const problem = body.finish()) return *problem;
    return CloseEpoch{};
}

Task<Result<gateway::Reply>> close_epoch(Statistics& statistics) {
    auto const report = co_await statistics.close_epoch();
    if (!report) co_return report.error();
    co_return gateway::Reply{200, fmt::format(R"({{"date":"{}","epoch":{}}})", report->date, report->epoch), {}};
}

}  // namespace

void add_admin_routes(gateway::Router& router, Statistics& statistics) {
    router.administrator<purpose::AnonymousStatistics>(
        net::Method::post, "/admin/statistics/close-epoch", decode,
        [&statistics](Permit<purpose::AnonymousStatistics>, CloseEpoch) { return close_epoch(statistics); });
}

}  // namespace samtal::statistics
