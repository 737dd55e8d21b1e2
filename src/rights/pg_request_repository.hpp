#pragma once

#include "pg_notice_repository.hpp"
#include "pg_request_rows_repository.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::rights {

/// A request as it is stored. Its id is made by the caller, so that a repeated transaction stores it once.
struct RequestRow {
    RequestId id;
    Principal who;
    std::string kind;
    std::string state;
    std::string detail;  // JSON, sealed here; may be empty
    std::string language;
    Timestamp received_at;
    Timestamp due_at;
    std::string receipt_hash;  // of an erasure, else empty
    std::optional<Timestamp> receipt_expires_at;
};

/// What a signed-in person asks for, with what takes effect at once in the same transaction, and its audit leaf.
/// `conflict`/ "in-progress": the kind is under way.
class PgRequestRepository {
public:
    PgRequestRepository(storage::Database& db, storage::ColumnCipher& cipher, PgNoticeRepository& notices)
        : db_{db}, cipher_{cipher}, notices_{notices} {}

    Task<Result<void>> open(RightsPermit const&, RequestRow const&);
    /// Also shuts the account, unless a legal hold stops it: true when it was shut.
    Task<Result<bool>> open_erasure(RightsPermit const&, RequestRow const&);
    Task<Result<void>> restrict(RightsPermit const&, RequestRow const&, bool active, processing::Register const&);
    Task<Result<void>> object(RightsPermit const&, RequestRow const&, std::string const& purpose, bool active);
    /// The row and its leaf, for an act in the same transaction. Gives the person's pseudonym. Nothing is done yet
    /// when it refuses.
    Result<std::string> insert(storage::Tx&, RightsPermit const&, RequestRow const&, Literal act);

    /// The actor's own. Newest first.
    Task<Result<RequestPage>> list(RightsPermit const&, std::optional<RequestId> before, std::size_t limit);
    Task<Result<Request>> find(RightsPermit const&, RequestId);
    /// `unauthenticated` for an unknown or expired receipt.
    Task<Result<Request>> find_by_receipt(RightsPermit const&, std::string const& receipt_hash, Timestamp now);

private:
    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    PgNoticeRepository& notices_;
};

}  // namespace samtal::rights
