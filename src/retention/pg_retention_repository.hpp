#pragma once

#include "retention_repository.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::retention {

class PgRetentionRepository final : public RetentionRepository {
public:
    explicit PgRetentionRepository(storage::Database& db) : db_{db} {}

    Task<Result<std::int64_t>> count(RetentionPermit const&, Rule const&, Timestamp moment, bool overdue) override;
    Task<Result<Batch>> delete_batch(RetentionPermit const&, Rule const&, Timestamp moment, Timestamp beginning,
                                     unsigned most) override;
    Task<Result<bool>> begin(RetentionPermit const&, Run const&, Timestamp now, Timestamp unless_since) override;
    Task<Result<void>> end(RetentionPermit const&, Run const&, Counts const&, Timestamp now) override;
    Task<Result<std::vector<Report>>> reports(RetentionPermit const&, unsigned limit) override;

private:
    storage::Database& db_;
};

}  // namespace samtal::retention
