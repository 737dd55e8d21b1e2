#pragma once

#include "samtal/core/permit.hpp"
#include "samtal/core/task.hpp"
#include "samtal/core/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace samtal::retention {

using RetentionPermit = Permit<purpose::Retention>;

/// One category of rows and how long they stay. Periods are ISO 8601; PostgreSQL does the calendar.
struct Rule {
    std::string category;
    std::string duration;
    std::string lag;
    std::string purpose{};
    bool own = true;     // its period is its own, and not the purpose's, which may change while the server runs
    std::string step{};  // the purpose's step whose period it is
};

/// Rows by category.
using Counts = std::map<std::string, std::int64_t>;

enum class RunKind : unsigned char { scheduled, manual };

struct Run {
    std::string id;
    RunKind kind;
    Timestamp moment;  // the time it runs for: now, except in a simulation
};

struct Report {
    Run run;
    Timestamp began_at;
    std::optional<Timestamp> ended_at;  // nothing: it runs, or was interrupted
    Counts counts;
};

struct Batch {
    std::int64_t deleted = 0;
    Timestamp reached;  // nothing that is due lies before it
};

/// The rows. An interface so that RetentionService is tested without a database. Permit and arguments live in the
/// awaiting coroutine.
class RetentionRepository {
public:
    virtual ~RetentionRepository() = default;
    /// How many rows are due at `moment`; with `overdue`, how many should have been gone by then.
    virtual Task<Result<std::int64_t>> count(RetentionPermit const&, Rule const&, Timestamp moment,
                                             bool overdue) = 0;
    /// Deletes at most `most` due rows whose period began at `beginning` or later, the oldest first.
    virtual Task<Result<Batch>> delete_batch(RetentionPermit const&, Rule const&, Timestamp moment,
                                             Timestamp beginning, unsigned most) = 0;
    /// False for a scheduled run when another server is beginning one or has begun one after `unless_since`.
    virtual Task<Result<bool>> begin(RetentionPermit const&, Run const&, Timestamp now,
                                     Timestamp unless_since) = 0;
    virtual Task<Result<void>> end(RetentionPermit const&, Run const&, Counts const&, Timestamp now) = 0;
    /// The newest first.
    virtual Task<Result<std::vector<Report>>> reports(RetentionPermit const&, unsigned limit) = 0;
};

}  // namespace samtal::retention
