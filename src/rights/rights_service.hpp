#pragma once

#include "archive_source.hpp"
#include "pg_request_repository.hpp"
#include "rectification_service.hpp"
#include "samtal/rights/rights.hpp"

namespace samtal::rights {

/// The rules of what a person asks for. Restriction, objection and rectification hold when the answer is given;
/// archives and erasures follow in the rounds (see Rounds).
class RightsService {
public:
    /// `wake` begins a round.
    RightsService(RightsParts const& parts, std::function<void()> wake)
        : parts_{parts},
          wake_{std::move(wake)},
          notices_{parts.db, parts.cipher, parts.ring},
          requests_{parts.db, parts.cipher, notices_},
          pieces_{parts.db, parts.cipher},
          rectification_{parts_, requests_, notices_} {}

    /// `denied`/"step-up-required" for access, portability, erasure and an e-mail address; `conflict`:
    /// "in-progress", "not-objectable"; `not_found`: no such purpose; `invalid`: no field of theirs.
    Task<Result<Accepted>> ask(RightsPermit const&, NewRequest const&);

    Task<Result<RequestPage>> list(RightsPermit const&, std::optional<RequestId> before, std::size_t limit);
    /// The actor's own; with a receipt, the one it belongs to.
    Task<Result<Request>> find(RightsPermit const&, RequestId, std::string const& receipt);
    /// Needs step-up. `conflict`/"in-progress" until it is ready.
    Task<Result<std::shared_ptr<ArchiveSource>>> archive(RightsPermit, Principal, RequestId);

private:
    [[nodiscard]] RequestRow row_of(NewRequest const&) const;
    Task<Result<Accepted>> open(RightsPermit const&, RequestRow);
    Task<Result<Accepted>> erase(RightsPermit const&, RequestRow);
    Task<Result<Accepted>> restrict(RightsPermit const&, RequestRow, bool active);
    Task<Result<Accepted>> object(RightsPermit const&, RequestRow, NewRequest const&);
    Task<Result<Accepted>> rectify(RightsPermit const&, RequestRow, NewRequest const&);

    RightsParts parts_;
    std::function<void()> wake_;
    PgNoticeRepository notices_;
    PgRequestRepository requests_;
    PgPieceRepository pieces_;
    RectificationService rectification_;
};

}  // namespace samtal::rights
