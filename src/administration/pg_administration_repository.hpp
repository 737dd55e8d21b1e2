#pragma once

#include "administration_repository.hpp"
#include "samtal/administration/administration.hpp"

#include <string_view>

namespace samtal::administration {

class PgAdministrationRepository final : public AdministrationRepository {
public:
    explicit PgAdministrationRepository(AdministrationParts const& parts) : parts_{parts} {}

    Task<Result<void>> create(OperatorPermit const&, OrganisationId, NewOrganisation const&) override;
    Task<Result<void>> invite(OperatorPermit const&, UserId, Invitation const&, std::string const& code_hash,
                              Timestamp phone_since, Timestamp code_expires) override;
    Task<Result<void>> add_number(OperatorPermit const&, NumberChange const&, Timestamp since) override;
    Task<Result<void>> end_number(OperatorPermit const&, NumberChange const&, Timestamp at) override;
    Task<Result<void>> set_state(OperatorPermit const&, StateChange const&) override;
    Task<Result<void>> set_retention(OperatorPermit const&, RetentionChoice const&) override;
    Task<Result<void>> create(OperatorPermit const&, SwitchId, NewSwitch const&,
                              std::string const& token_hash) override;

private:
    /// One person's number from a moment on.
    struct Assignment {
        boost::uuids::uuid id;
        OrganisationId organisation;
        UserId user;
        std::string_view number;
        Timestamp since;
    };
    /// A leaf of the audit trail about a person, in the act's own transaction.
    Result<void> record_about(storage::Tx&, Literal act, UserId, std::string reference);
    Result<void> assign(storage::Tx&, Assignment const&);
    Result<void> insert_person(storage::Tx&, OperatorPermit const&, UserId, Invitation const&);

    AdministrationParts parts_;
};

}  // namespace samtal::administration
