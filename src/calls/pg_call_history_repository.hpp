#pragma once

#include "call_repositories.hpp"
#include "pg_colleagues_repository.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::calls {

/// Reads the rows of the permit's actor; row-level security hides them besides while consent is missing.
class PgCallHistory final : public CallHistory {
public:
    /// All of it outlives this.
    PgCallHistory(storage::Database& db, storage::ColumnCipher& cipher, PhoneNumbers const& numbers)
        : db_{db}, cipher_{cipher}, colleagues_{cipher, numbers} {}

    Task<Result<HistoryPage>> page(HistoryPermit const&, ListCalls) override;
    Task<Result<void>> write_note(HistoryPermit const&, CallId, std::optional<Note>) override;
    Task<Result<CallStatistics>> figures(HistoryPermit const&, ReportRange) override;
    Task<Result<CounterpartStatistics>> counterparts(HistoryPermit const&, ReportRange,
                                                     std::size_t limit) override;

private:
    [[nodiscard]] Result<pqxx::result> rows_of(storage::Tx&, HistoryPermit const&, ListCalls const&);
    [[nodiscard]] Result<HistoryItem> item_of(UserId owner, pqxx::row const&);
    [[nodiscard]] Result<std::optional<std::string>> opened(UserId owner, storage::Cell const&,
                                                            pqxx::field const&);
    void name_colleagues(storage::Tx&, HistoryPermit const&, std::vector<HistoryItem>&);
    [[nodiscard]] Result<void> add_numbers(storage::Tx&, HistoryPermit const&, std::vector<CallId> const&,
                                           std::vector<CounterpartFigures>&);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    Colleagues colleagues_;
};

}  // namespace samtal::calls
