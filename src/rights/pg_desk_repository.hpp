#pragma once

#include "desk.hpp"
#include "pg_request_rows_repository.hpp"
#include "samtal/calls/phone_numbers.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::rights {

/// The operator's view of requests: those of everybody, by id.
class PgDeskRepository {
public:
    PgDeskRepository(storage::Database& db, storage::ColumnCipher& cipher, calls::PhoneNumbers const& numbers)
        : db_{db}, cipher_{cipher}, numbers_{numbers} {}

    /// What is not answered yet, newest first.
    Task<Result<RequestPage>> open(RightsPermit const&, std::optional<RequestId> before, std::size_t limit);
    /// A staff read: leaves its mark.
    Task<Result<Request>> show(RightsPermit const&, RequestId, Timestamp now);
    /// `conflict` when it is answered, or was extended before.
    Task<Result<Request>> extend(RightsPermit const&, Decision const&, Timestamp now);
    /// `conflict` when it is answered, or an erasure that has begun.
    Task<Result<Request>> refuse(RightsPermit const&, Decision const&, Timestamp now);

    /// Looks the number up where it can be found, and keeps the answer. `number` is E.164.
    Task<Result<TakenIn>> take_in(RightsPermit const&, Intake const&, std::string const& number, TakenIn);

private:
    Result<Request> locked(storage::Tx&, RequestId);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    calls::PhoneNumbers const& numbers_;
};

}  // namespace samtal::rights
