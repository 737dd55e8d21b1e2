#pragma once

#include "evidence.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <span>

namespace samtal::audit {

class PgEvidenceRepository {
public:
    PgEvidenceRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    Task<Result<Page<StaffRead>>> access_log(RightsPermit const&, ReadPage const&);
    Task<Result<Page<ReadDisclosure>>> disclosures(RightsPermit const&, ReadPage const&);

private:
    struct Looker;
    void recognise(storage::Tx&, OrganisationId, std::span<Looker>);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::audit
