#pragma once

#include "hold_repository.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::retention {

class PgHoldRepository final : public HoldRepository {
public:
    PgHoldRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    Task<Result<Hold>> add(RetentionPermit const&, HoldOrder const&, Timestamp now) override;
    Task<Result<Hold>> release(RetentionPermit const&, HoldOrder const&, Timestamp now) override;
    Task<Result<std::vector<Hold>>> list(RetentionPermit const&, HoldList const&) override;

private:
    Result<Hold> add_in(storage::Tx&, RetentionPermit const&, HoldOrder const&, std::string const& id,
                        Timestamp now);
    Result<Hold> release_in(storage::Tx&, RetentionPermit const&, HoldOrder const&, Timestamp now);
    Result<OrganisationId> organisation_of(storage::Tx&, HoldOrder const&);
    Result<std::optional<Hold>> standing(storage::Tx&, RetentionPermit const&, OrganisationId, HoldOrder const&);
    Hold hold_of(pqxx::row const&);
    Result<void> record(storage::Tx&, Literal act, Hold const&, Timestamp now);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::retention
