#pragma once

#include "pg_desk_repository.hpp"
#include "pg_notice_repository.hpp"
#include "samtal/rights/rights.hpp"

namespace samtal::rights {

/// The rules of what the operator does with requests (GDPR Art. 12): deadlines, refusals, people without an
/// account.
class DeskService {
public:
    explicit DeskService(RightsParts const& parts)
        : parts_{parts},
          desk_{parts.db, parts.cipher, parts.numbers},
          notices_{parts.db, parts.cipher, parts.ring} {}

    Task<Result<RequestPage>> list(RightsPermit const&, std::optional<RequestId> before, std::size_t limit);
    Task<Result<Request>> show(RightsPermit const&, RequestId);
    Task<Result<Request>> extend(RightsPermit const&, RequestId, Reason const&);
    Task<Result<Request>> refuse(RightsPermit const&, RequestId, Reason const&);
    /// Counterparts' numbers in other people's histories are sealed and hashed per owner: they cannot be searched
    /// for (Art. 11), and the answer says so.
    Task<Result<TakenIn>> take_in(RightsPermit const&, Intake const&);
    /// Recipients who are not told yet.
    Task<Result<std::vector<UntoldNotice>>> untold(RightsPermit const&);
    /// What to tell a recipient that no letter reaches.
    Task<Result<std::string>> letter(RightsPermit const&, NoticeId);
    /// The operator told it.
    Task<Result<void>> told(RightsPermit const&, NoticeId);
    [[nodiscard]] Timestamp now() const { return parts_.clock(); }

private:
    RightsParts parts_;
    PgDeskRepository desk_;
    PgNoticeRepository notices_;
};

}  // namespace samtal::rights
