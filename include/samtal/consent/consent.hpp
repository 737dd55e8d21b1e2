#pragma once

#include "samtal/consent/gate.hpp"
#include "samtal/consent/notice.hpp"
#include "samtal/core/personal.hpp"
#include "samtal/core/time.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/storage/database.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace samtal::consent {

using RightsPermit = Permit<purpose::RightsAndEvidence>;

/// One act of the ledger, or where a person stands with a purpose.
struct Standing {
    std::string purpose;
    std::string state;  // given, refused, withdrawn, expired
    Timestamp since;
    std::string notice_version;
    DecisionId event;
};

/// What a person asks for. `notice_version` is the notice they were shown.
struct Choose {
    std::string purpose;
    std::string state;
    std::string notice_version;
};

/// Consents as the person sees them. `not_found`: no such purpose; `conflict`: not-consent-based, notice-outdated.
class Consents {
public:
    virtual ~Consents() = default;
    virtual Task<Result<std::vector<Standing>>> list(RightsPermit) = 0;
    virtual Task<Result<std::vector<Standing>>> history(RightsPermit, std::string purpose) = 0;
    /// Answers when it holds: no read that begins later sees data under a consent that was withdrawn.
    virtual Task<Result<Standing>> choose(RightsPermit, Choose) = 0;
};

[[nodiscard]] std::unique_ptr<StandingRepository> make_standings(storage::Database&, PermitIssuer&);
[[nodiscard]] std::unique_ptr<Consents> make_consents(storage::Database&, Notices const&, Clock);

void add_routes(gateway::Router&, Consents&, Notices const&);

}  // namespace samtal::consent
