#pragma once

#include "pg_erasure_repository.hpp"
#include "pg_notice_repository.hpp"
#include "pg_request_repository.hpp"

namespace samtal::rights {

/// Corrections (GDPR Art. 16): each with its request, its audit leaf, the notices to those who got the old value,
/// and archives that still held it.
class PgRectificationRepository {
public:
    PgRectificationRepository(storage::Database& db, storage::ColumnCipher& cipher, PgRequestRepository& requests,
                              PgNoticeRepository& notices)
        : db_{db}, cipher_{cipher}, requests_{requests}, notices_{notices} {}

    /// `field` is given_name, family_name or contact_numbers; `value` as it is sealed.
    Task<Result<void>> correct(RightsPermit const&, RequestRow const&, std::string const& field,
                               Detail const& value, processing::Register const&);
    /// A request that cannot be granted, with the reason that the person reads.
    Task<Result<void>> refuse(RightsPermit const&, RequestRow const&, Reason const&);
    /// A new e-mail address waits until the mailed link is followed. An earlier one that still waits is given up.
    Task<Result<void>> await(RightsPermit const&, RequestRow const&, boost::uuids::uuid const& link,
                             Reason const& superseded);
    /// What the person reads when it was not confirmed.
    struct Unconfirmed {
        Reason late;
        Reason superseded;
    };
    /// Ends a waiting one when its link was confirmed, or can no longer be.
    Task<Result<void>> settle(RightsPermit const&, Work const&, processing::Register const&, Unconfirmed const&,
                              Timestamp now);

private:
    void corrected(storage::Tx&, RequestId, OrganisationId, UserId, std::string const& field,
                   processing::Register const&, Timestamp now);
    Result<std::string> sealed_reason(RightsPermit const&, UserId, RequestId, Reason const&);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    PgRequestRepository& requests_;
    PgNoticeRepository& notices_;
};

}  // namespace samtal::rights
