#pragma once

#include "notices.hpp"
#include "samtal/audit/disclosures.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/duty_cipher.hpp"

namespace samtal::rights {

/// Which recipients are to be told, and how far that is.
class PgNoticeRepository {
public:
    PgNoticeRepository(storage::Database& db, storage::ColumnCipher& people, storage::KeyRing const& ring)
        : db_{db}, duty_{ring, "recipient_notices"}, disclosures_{people} {}

    /// In the act's own transaction: a notice for each recipient of the register, and for each that got the
    /// person's data besides. Repeatable.
    void add(storage::Tx&, RequestId, OrganisationId, NoticeAbout const&, processing::Register const&,
             Timestamp now);
    /// The same for an erasure that begins. They are held back until the erasure's end releases them: then nobody
    /// could say any more who got the data.
    Task<Result<void>> prepare(RightsPermit const&, RequestId, OrganisationId, UserId, processing::Register const&,
                               Timestamp now);

    /// Up to a hundred whose turn it is. They are this server's until `until`.
    Task<Result<std::vector<PendingNotice>>> take(RightsPermit const&, Timestamp now, Timestamp until);
    /// It was told, in a letter or by an operator: recorded as a disclosure that the person sees. `not_found` when
    /// it was told before, or never was.
    Task<Result<void>> told(RightsPermit const&, NoticeId, processing::Register const&, Timestamp now);
    Task<Result<void>> failed(RightsPermit const&, NoticeId, Timestamp now, Timestamp next);

    /// The oldest 1000 that are not told.
    Task<Result<std::vector<UntoldNotice>>> untold(RightsPermit const&);
    /// For whoever tells by hand; the look is recorded. `not_found` also when nobody can say any more whom it
    /// concerns.
    Task<Result<PendingNotice>> read(RightsPermit const&, NoticeId, Timestamp now);

private:
    void insert(storage::Tx&, RequestId, OrganisationId, NoticeAbout const&, processing::Register const&,
                Timestamp now, bool held_back);
    [[nodiscard]] PendingNotice pending(pqxx::row const&) const;
    void disclose(storage::Tx&, RightsPermit const&, PendingNotice const&, processing::Register const&,
                  Timestamp now);

    storage::Database& db_;
    storage::DutyCipher duty_;
    audit::Disclosures disclosures_;
};

}  // namespace samtal::rights
