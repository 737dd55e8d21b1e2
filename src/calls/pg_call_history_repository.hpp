#pragma once

#include "call_repositories.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <string>

namespace samtal::calls {

/// Reads the rows of the permit's actor; row-level security hides them besides while consent is missing.
class PgCallHistory final : public CallHistory {
public:
    PgCallHistory(storage::Database& db, storage::ColumnCipher& cipher, std::string time_zone)
        : db_{db}, cipher_{cipher}, time_zone_{std::move(time_zone)} {}

    Task<Result<HistoryPage>> page(HistoryPermit const&, ListCalls) override;
    Task<Result<CallStatistics>> figures(HistoryPermit const&, AskFigures, Timestamp now) override;

private:
    struct Range;
    [[nodiscard]] Result<HistoryItem> item_of(UserId owner, pqxx::row const&);
    [[nodiscard]] Result<Range> range_of(storage::Tx&, AskFigures const&, Timestamp now) const;

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    std::string time_zone_;
};

}  // namespace samtal::calls
