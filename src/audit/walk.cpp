#include "pg_audit_log_repository.hpp"

#include <algorithm>

namespace samtal::audit {

namespace {

/// One pass over the log.
class Walk {
public:
    Walk(PgAuditLogRepository& log, TrailPermit const& permit, LogVisitor& visitor)
        : log_{log}, permit_{permit}, visitor_{visitor} {}

    Task<Result<Extent>> run() {
        for (;;) {
            auto const page = co_await log_.checkpoints(permit_, signed_);
            if (!page) co_return page.error();
            for (StoredCheckpoint const& checkpoint : *page) {
                if (auto const shown = co_await leaves(checkpoint.size); !shown) co_return shown.error();
                visitor_.add(checkpoint);
                signed_ = checkpoint.size;
            }
            if (!page->empty() && !visitor_.done()) continue;
            auto const extent = co_await log_.extent(permit_);
            if (!extent || visitor_.done() || extent->signed_ <= signed_) co_return extent;
        }
    }

private:
    /// Shows the leaves up to a checkpoint's size. Where some are missing it goes on with what there is: the
    /// visitor sees the gap.
    Task<Result<void>> leaves(std::int64_t before) {
        while (next_ < before && !visitor_.done()) {
            auto const page = co_await log_.leaves(permit_, next_, before);
            if (!page) co_return page.error();
            if (auto const shown = co_await statements(*page); !shown) co_return shown.error();
            for (NumberedLeaf const& leaf : *page) visitor_.add(leaf);
            next_ = page->empty() ? before : page->back().position + 1;
        }
        co_return Result<void>{};
    }

    /// A statement is there before the first leaf that it lets go: also of one that went while we were walking.
    Task<Result<void>> statements(std::vector<NumberedLeaf> const& page) {
        auto const unsaid = [this](NumberedLeaf const& leaf) {
            return !leaf.pruned.empty() && leaf.position >= said_;
        };
        if (std::ranges::none_of(page, unsaid)) co_return Result<void>{};
        auto const found = co_await log_.prunings(permit_, said_);
        if (!found) co_return found.error();
        for (StoredPruning const& statement : *found) {
            visitor_.add(statement);
            said_ = statement.size;
        }
        co_return Result<void>{};
    }

    PgAuditLogRepository& log_;
    TrailPermit const& permit_;
    LogVisitor& visitor_;
    std::int64_t next_ = 0;    // the leaf that comes
    std::int64_t signed_ = 0;  // the last checkpoint's size
    std::int64_t said_ = 0;    // how many leaves may be gone, as far as we know
};

}  // namespace

Task<Result<Extent>> walk(PgAuditLogRepository& log, TrailPermit const& permit, LogVisitor& visitor) {
    Walk walk{log, permit, visitor};
    co_return co_await walk.run();
}

}  // namespace samtal::audit
