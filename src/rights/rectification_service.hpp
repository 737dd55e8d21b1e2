#pragma once

#include "pg_rectification_repository.hpp"
#include "samtal/rights/rights.hpp"

namespace samtal::rights {

/// What may be corrected, and how: at once, after a confirmation, or not here.
class RectificationService {
public:
    RectificationService(RightsParts const& parts, PgRequestRepository& requests, PgNoticeRepository& notices)
        : parts_{parts}, rectifications_{parts.db, parts.cipher, requests, notices} {}

    /// What stands in the row's `state` afterwards is where it is: done, running (until an e-mail address is
    /// confirmed) or refused, then with the reason. `invalid`: no such field, or a value that cannot be;
    /// `denied`/"step-up-required" for an e-mail address.
    Task<Result<std::optional<Reason>>> rectify(RightsPermit const&, RequestRow&, NewRequest const&);

private:
    Task<Result<std::optional<Reason>>> change_address(RightsPermit const&, RequestRow&, NewRequest const&);
    Task<Result<std::optional<Reason>>> refuse(RightsPermit const&, RequestRow&, std::string reason);

    RightsParts const& parts_;
    PgRectificationRepository rectifications_;
};

}  // namespace samtal::rights
