#pragma once

#include "samtal/statistics/release.hpp"
#include "samtal/storage/database.hpp"

#include <boost/uuid/uuid.hpp>

#include <string>
#include <vector>

namespace samtal::statistics {

using StatisticsPermit = Permit<purpose::AnonymousStatistics>;

/// A contribution under its epoch's pseudonym.
struct PseudonymousRow {
    std::string pseudonym;  // 32 bytes
    Metric metric;
    std::uint16_t bucket;
    std::uint32_t value;
};

/// Part of what a server folded. The id makes a repeat count once.
struct Flush {
    boost::uuids::uuid id;
    std::vector<PseudonymousRow> rows;
    std::vector<UserId> people{};  // whose row each is: asked about while it is written, never stored
};

/// The epochs and what was contributed to them. References outlive the calls.
class PgContributionRepository {
public:
    PgContributionRepository(storage::Database& db, Policies const& policies) : db_{db}, policies_{policies} {}

    /// The open epoch of `day`, made when there is none; that of `today` when the past day's is closed already.
    /// `exhausted` when the day has had all its epochs.
    Task<Result<Epoch>> open_epoch(StatisticsPermit const&, std::uint32_t day, std::uint32_t today);

    /// False when the epoch was closed meanwhile: nothing was added. Values are bounded by the policies.
    /// Rows of people who are not to be counted (objection, restriction, erasure) are left out.
    Task<Result<bool>> add(StatisticsPermit const&, Epoch, Flush const&);

    /// Deletes what one pseudonym contributed to an open epoch. What is being added at this moment is waited for.
    Task<Result<void>> remove(StatisticsPermit const&, Epoch, std::string const& pseudonym);

    /// Open epochs of days before `day`, or all open ones.
    Task<Result<std::vector<Epoch>>> open_before(StatisticsPermit const&, std::uint32_t day);
    Task<Result<std::vector<Epoch>>> all_open(StatisticsPermit const&);

private:
    storage::Database& db_;
    Policies const& policies_;
};

/// "{1,2,5,…}": a value for each metric, at the place of its number, for statements that look limits up by metric.
template <class Get>
[[nodiscard]] std::string limits_by_metric(Policies const& policies, Get get) {
    std::string text = "{";
    for (MetricPolicy const& policy : policies.all()) {
        if (text.size() > 1) text.push_back(',');
        text += std::to_string(get(policy));
    }
    return text + "}";
}

}  // namespace samtal::statistics
