#pragma once

#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"
#include "staff_reads.hpp"

namespace samtal::audit {

class PgStaffReadRepository {
public:
    PgStaffReadRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    /// Reads the person and writes the leaf "staff.read", both or none. `not_found` without such a person,
    /// `denied` unless the staff are active administrators or support of the same organisation.
    Task<Result<ShownPerson>> show(SupportPermit const&, UserId, StaffName const&, std::string const& code,
                                   Timestamp now);

private:
    struct Account {
        OrganisationId organisation;
        std::string role, state;
        bool restricted;
        Timestamp created_at;
    };
    struct Staff {
        UserId user;
        std::string role;
    };
    Result<void> record(storage::Tx&, UserId, Staff const&, std::string const& code, Timestamp now);
    Result<std::optional<ShownProfile>> profile(storage::Tx&, OrganisationId, UserId);
    Result<std::vector<std::string>> numbers(storage::Tx&, OrganisationId, UserId);
    Result<ShownPerson> show_in(storage::Tx&, Account const&, UserId);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::audit
