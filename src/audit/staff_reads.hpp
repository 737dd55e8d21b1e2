#pragma once

#include "samtal/core/personal.hpp"
#include "samtal/core/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace samtal::audit {

using SupportPermit = Permit<purpose::SupportCase>;

/// A named member of staff wants to look at a person, for a reason out of the register's closed list.
struct ShowPerson {
    UserId user;
    std::string as;    // user id or user name
    std::string code;  // see purpose::SupportCase::codes
};

/// Who says that they are staff: by id, or by what their user name is found by.
struct StaffName {
    std::optional<UserId> id;
    std::string name_hash;
};

struct ShownProfile {
    Personal<std::string, field::ProfilesGivenName> given_name;
    Personal<std::string, field::ProfilesFamilyName> family_name;
    Personal<std::string, field::ProfilesEmail> email;
    Personal<std::vector<std::string>, field::PhoneAssignmentsNumber> phone_numbers;  // theirs now
};

/// What staff see of a person.
struct ShownPerson {
    UserId user;
    OrganisationId organisation;
    Personal<std::string, field::UsersRole> role;
    Personal<std::string, field::UsersState> state;
    Personal<bool, field::UsersRestrictedAt> restricted;
    Personal<Timestamp, field::UsersCreatedAt> created_at;
    std::optional<ShownProfile> profile;  // hidden while processing is restricted (GDPR Art. 18)
    Personal<std::int64_t, field::SessionsUserId> sessions;
};

}  // namespace samtal::audit
