#pragma once

#include "disclosure_repository.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/law_retention_cipher.hpp"

namespace samtal::retention {

class PgDisclosureRepository final : public DisclosureRepository {
public:
    PgDisclosureRepository(storage::Database& db, storage::ColumnCipher& people, storage::KeyRing const& ring)
        : db_{db}, people_{people}, law_{ring} {}

    Task<Result<Disclosure>> disclose(LawPermit const&, DisclosureOrder const&, Timestamp now) override;

private:
    Result<Disclosure> disclose_in(storage::Tx&, LawPermit const&, DisclosureOrder const&, std::string const& id,
                                   Timestamp now);

    storage::Database& db_;
    storage::ColumnCipher& people_;
    storage::LawRetentionCipher law_;
};

}  // namespace samtal::retention
