#pragma once

#include "retention_repository.hpp"
#include "samtal/core/personal.hpp"

namespace samtal::retention {

using CaseReference = Personal<std::string, field::LegalHoldsCaseReference>;

/// One person's data is needed for one case.
struct HoldOrder {
    UserId user;
    std::optional<OrganisationId> of;  // where given, the person must be of it
    CaseReference case_reference;
};

struct Hold {
    std::string id;
    OrganisationId organisation;
    UserId user;
    CaseReference case_reference;
    Timestamp placed_at;
    std::optional<Timestamp> released_at;
};

/// Which holds to list: all that stand, or a person's, those that were released too.
struct HoldList {
    std::optional<UserId> user;
};

class HoldRepository {
public:
    virtual ~HoldRepository() = default;
    /// `not_found` for an unknown person, `conflict` when the case holds them already. Once it has answered, no
    /// deletion is under way that does not know the hold.
    virtual Task<Result<Hold>> add(RetentionPermit const&, HoldOrder const&, Timestamp now) = 0;
    /// `not_found` when the case does not hold them.
    virtual Task<Result<Hold>> release(RetentionPermit const&, HoldOrder const&, Timestamp now) = 0;
    /// The newest first, at most 1,000.
    virtual Task<Result<std::vector<Hold>>> list(RetentionPermit const&, HoldList const&) = 0;
};

}  // namespace samtal::retention
