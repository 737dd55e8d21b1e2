#pragma once

#include "retention_repository.hpp"
#include "samtal/core/id.hpp"

namespace samtal::retention {

/// A step of a call's fading. Periods are ISO 8601, after the call's end; an organisation may have shorter ones.
struct FadingStep {
    enum class Into : unsigned char { masked, token, counted };
    Into into;
    std::string category;  // what reports and metrics call it
    std::string duration;  // from when on
    std::string next;      // from when on the next step holds instead; as `duration` where none follows
    std::string lag;
};

/// Calls of one organisation that stand in one stage and are due for a step.
struct FadingRows {
    OrganisationId organisation;
    std::string stage;
    std::int64_t rows;
};

/// The calls' rows. An interface so that RetentionService is tested without a database. Permit and arguments live
/// in the awaiting coroutine.
class FadingRepository {
public:
    virtual ~FadingRepository() = default;
    /// What is due at `moment`; with `overdue`, what should have been done by then.
    virtual Task<Result<std::vector<FadingRows>>> due(RetentionPermit const&, FadingStep const&, Timestamp moment,
                                                      bool overdue) = 0;
    /// Takes at most `most` of them a step on, of those that ended at `beginning` or later the oldest first. All
    /// of a batch, or nothing.
    virtual Task<Result<Batch>> fade_batch(RetentionPermit const&, FadingStep const&, FadingRows const&,
                                           Timestamp moment, Timestamp beginning, unsigned most) = 0;
};

}  // namespace samtal::retention
