#pragma once

#include "pg_counterpart_repository.hpp"
#include "pg_erasure_repository.hpp"
#include "pg_notice_repository.hpp"
#include "samtal/storage/pace.hpp"

#include <chrono>
#include <functional>
#include <map>

namespace samtal::rights {

/// People's erasures, step after step. Each step may be repeated, so whoever takes a request up again, after a
/// crash or on another server, begins at the first. On one executor.
class Eraser {
public:
    /// `stopping`: that what is under way has to end soon.
    Eraser(RightsParts const& parts, PgErasureRepository& repository, PgNoticeRepository& notices,
           std::function<bool()> stopping)
        : parts_{parts},
          repository_{repository},
          notices_{notices},
          counterparts_{parts.duties, parts.cipher, parts.numbers},
          stopping_{std::move(stopping)} {}

    enum class Outcome {
        done,       // the certificate is there
        held,       // a legal hold stops it
        elsewhere,  // another server is on it
        more,       // nothing is in the way: ask again
    };
    /// Works for about a second, so that a person with very many rows does not keep all others waiting. Throws
    /// Unavailable.
    Task<Outcome> erase(RightsPermit const&, Work const&);

private:
    /// From when the account is shut until the last row is gone.
    struct Walk {
        Place reached;
        std::chrono::nanoseconds worked{};
        std::map<ConversationId, gateway::Head> untold;  // what changed since it was told last
        storage::Pace pace{{.batch_time = std::chrono::milliseconds{2},
                            .share = 0.6,
                            .least = 50}};  // a million messages within a minute
    };

    Task<Outcome> shut(RightsPermit const&, Work const&);
    Task<Outcome> forget_counterpart(RightsPermit const&, Work const&);
    Task<bool> let_writers_end(RightsPermit const&, std::vector<std::string> writers);
    Task<Outcome> walk_on(RightsPermit const&, Work const&, Walk&);
    Task<void> certify(RightsPermit const&, Work const&);
    /// Tells the members what became of their conversations.
    void tell(Walk&);

    RightsParts const& parts_;
    PgErasureRepository& repository_;
    PgNoticeRepository& notices_;
    PgCounterpartRepository counterparts_;
    std::function<bool()> stopping_;
    std::map<std::string, Walk> walks_;  // by request
};

}  // namespace samtal::rights
