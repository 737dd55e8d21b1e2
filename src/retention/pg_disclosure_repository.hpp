#pragma once

#include "disclosure_repository.hpp"
#include "samtal/audit/disclosures.hpp"
#include "samtal/calls/phone_numbers.hpp"
#include "samtal/register/register.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/law_retention_cipher.hpp"

#include <functional>

namespace samtal::retention {

class PgDisclosureRepository final : public DisclosureRepository {
public:
    /// `authority` gives the recipient of the register that the records go to, as it stands now.
    PgDisclosureRepository(storage::Database& db, storage::ColumnCipher& people, storage::KeyRing const& ring,
                           std::function<processing::Recipient()> authority)
        : db_{db}, people_{people}, law_{ring}, numbers_{ring}, told_{people}, authority_{std::move(authority)} {}

    Task<Result<Disclosure>> disclose(LawPermit const&, DisclosureOrder const&, Timestamp now) override;
    Task<Result<std::size_t>> release(LawPermit const&, ReleaseOrder const&, Timestamp now) override;

private:
    Result<Disclosure> disclose_in(storage::Tx&, LawPermit const&, DisclosureOrder const&, std::string const& id,
                                   Timestamp now);
    Result<std::size_t> release_in(storage::Tx&, ReleaseOrder const&, Timestamp now);
    /// Those of an organisation whose number it was in that time.
    std::size_t note_people(storage::Tx&, LawPermit const&, OrganisationId, DisclosureOrder const&,
                            std::string const& id, Timestamp now);
    /// The person sees it.
    void tell(storage::Tx&, OrganisationId, UserId, std::string const& case_number, Timestamp given);

    storage::Database& db_;
    storage::ColumnCipher& people_;
    storage::LawRetentionCipher law_;
    calls::PhoneNumbers numbers_;
    audit::Disclosures told_;
    std::function<processing::Recipient()> authority_;
};

}  // namespace samtal::retention
