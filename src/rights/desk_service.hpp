#pragma once

#include "pg_desk_repository.hpp"
#include "samtal/rights/rights.hpp"

namespace samtal::rights {

/// The rules of what the operator does with requests (GDPR Art. 12): deadlines, refusals, people without an
/// account.
class DeskService {
public:
    explicit DeskService(RightsParts const& parts)
        : numbers_{parts.numbers}, clock_{parts.clock}, desk_{parts.db, parts.cipher, parts.numbers} {}

    Task<Result<RequestPage>> list(RightsPermit const&, std::optional<RequestId> before, std::size_t limit);
    Task<Result<Request>> show(RightsPermit const&, RequestId);
    Task<Result<Request>> extend(RightsPermit const&, RequestId, Reason const&);
    Task<Result<Request>> refuse(RightsPermit const&, RequestId, Reason const&);
    /// Counterparts' numbers in other people's histories are sealed and hashed per owner: they cannot be searched
    /// for (Art. 11), and the answer says so.
    Task<Result<TakenIn>> take_in(RightsPermit const&, Intake const&);

private:
    calls::PhoneNumbers const& numbers_;
    Clock clock_;
    PgDeskRepository desk_;
};

}  // namespace samtal::rights
