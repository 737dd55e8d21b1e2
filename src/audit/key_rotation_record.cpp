#include "samtal/audit/audit_log.hpp"
#include "samtal/storage/audit_leaf.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace samtal::audit {

namespace {

using TrailPermit = Permit<purpose::AuditTrail>;

Task<Result<void>> append(storage::Database& db, TrailPermit const& permit, storage::AuditLeaf leaf) {
    co_return co_await db.run(permit, [&leaf](storage::Tx& tx) -> Result<void> {
        storage::append_audit_leaf(tx, leaf);
        return {};
    });
}

}  // namespace

void record_key_rotation(storage::Database& db, PermitIssuer& permits, storage::KeyRotationReport const& done) {
    auto const permit = permits.permit_operator<purpose::AuditTrail>(OrganisationId::nil());
    boost::asio::io_context loop;
    auto recorded = boost::asio::co_spawn(
        loop,
        append(db, permit,
               {"keys.rotated", ActorKind::operator_, "", "", purpose::AuditTrail::name,
                fmt::format("epoch={} rewrapped={} destroyed={}", done.epoch, done.rewrapped, done.destroyed), "",
                system_now()}),
        boost::asio::use_future);
    loop.run();
    if (!recorded.get()) throw Unavailable{"the database is busy"};
}

}  // namespace samtal::audit
