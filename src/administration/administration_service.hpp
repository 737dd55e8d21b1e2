#pragma once

#include "administration_repository.hpp"
#include "samtal/administration/administration.hpp"
#include "samtal/core/secret.hpp"

namespace samtal::administration {

struct Invited {
    UserId user;
    Secret activation_code;
};
struct SwitchCreated {
    SwitchId id;
    Secret token;
};

/// The rules of administration.
class AdministrationService {
public:
    AdministrationService(AdministrationRepository& repository, AdministrationParts const& parts)
        : repository_{repository}, parts_{parts} {}

    Task<Result<OrganisationId>> create(OperatorPermit, NewOrganisation);
    Task<Result<Invited>> invite(OperatorPermit, Invitation);
    /// The moment from which, or until which, the number is theirs.
    Task<Result<Timestamp>> add_number(OperatorPermit, NumberChange);
    Task<Result<Timestamp>> end_number(OperatorPermit, NumberChange);
    Task<Result<void>> set_state(OperatorPermit, StateChange);
    /// `invalid` for a period longer than the register's.
    Task<Result<void>> set_retention(OperatorPermit, RetentionChoice);
    Task<Result<SwitchCreated>> create(OperatorPermit, NewSwitch);

private:
    [[nodiscard]] Result<Number> assignable(OperatorPermit const&, Number const&) const;
    [[nodiscard]] std::optional<Error> check(OperatorPermit const&, Invitation const&) const;

    AdministrationRepository& repository_;
    AdministrationParts parts_;
};

}  // namespace samtal::administration
