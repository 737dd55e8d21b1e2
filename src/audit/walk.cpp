#include "pg_audit_log_repository.hpp"

namespace samtal::audit {

namespace {

/// Shows the leaves up to a checkpoint's size. Where some are missing it goes on with what there is: the visitor
/// sees the gap.
Task<Result<void>> walk_leaves(PgAuditLogRepository& log, TrailPermit const& permit, std::int64_t& next,
                               std::int64_t before, LogVisitor& visitor) {
    while (next < before && !visitor.done()) {
        auto const page = co_await log.leaves(permit, next, before);
        if (!page) co_return page.error();
        for (NumberedLeaf const& leaf : *page) visitor.add(leaf);
        next = page->empty() ? before : page->back().position + 1;
    }
    co_return Result<void>{};
}

}  // namespace

Task<Result<Extent>> walk(PgAuditLogRepository& log, TrailPermit const& permit, LogVisitor& visitor) {
    std::int64_t next = 0;
    std::int64_t after = 0;
    for (;;) {
        auto const page = co_await log.checkpoints(permit, after);
        if (!page) co_return page.error();
        for (StoredCheckpoint const& checkpoint : *page) {
            if (auto const shown = co_await walk_leaves(log, permit, next, checkpoint.size, visitor); !shown)
                co_return shown.error();
            visitor.add(checkpoint);
            after = checkpoint.size;
        }
        if (!page->empty() && !visitor.done()) continue;
        auto const extent = co_await log.extent(permit);
        if (!extent || visitor.done() || extent->signed_ <= after) co_return extent;
    }
}

}  // namespace samtal::audit
