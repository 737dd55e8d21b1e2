#include "samtal/storage/database.hpp"

#include "connection.hpp"
#include "samtal/storage/migrator.hpp"

#include <algorithm>
#include <string_view>

namespace samtal::storage {

namespace {

/// Purposes on the way of every request get several connections, the others one that closes when idle.
unsigned connections_for(std::string_view purpose) {
    if (purpose == "profile_directory") return 5;
    if (purpose == "account_login" || purpose == "chat_messaging") return 4;
    if (purpose == "call_setup" || purpose == "call_history") return 2;
    return 1;
}

LoginOptions login_of(DatabaseOptions const& options, std::string_view purpose) {
    std::string const role = "samtal_" + std::string{purpose};
    return {options.host,
            options.port,
            options.name,
            role,
            options.secrets_directory + "/" + role,
            options.statement_timeout_ms,
            purpose != purpose::AnonymousStatistics::name};
}

constexpr Statement newest_migration{R"sql(
-- storage.newest_migration
SELECT coalesce(max(number), 0) FROM schema_migrations
)sql"};

}  // namespace

Database::Database(DatabaseOptions const& options) : options_{options} {
    unsigned wanted = 0;
    for (std::size_t i = 0; i < purpose_names.size(); ++i)
        if (purpose_has_tables[i]) wanted += connections_for(purpose_names[i]);
    for (std::size_t i = 0; i < purpose_names.size(); ++i) {
        // Shares of a smaller budget, never below one. A purpose without tables never connects.
        unsigned const share =
            connections_for(purpose_names[i]) * std::min(options.max_connections, wanted) / wanted;
        pools_[i] = std::make_unique<PurposePool>(login_of(options, purpose_names[i]), std::max(1U, share),
                                                  options.queue_limit, options.observer);
    }
}

Database::~Database() {
    close();
}

SchemaState Database::probe() {
    try {
        Connection connection{login_of(options_, purpose::AccountLogin::name)};
        int newest = 0;
        JobOf job{Mode::single, [&newest](Tx& tx) {
                      newest = tx.exec(newest_migration)[0][0].as<int>();
                      return true;
                  }};
        connection.run(job, options_.observer);
        int const built_for = main_migrations.back().number;
        if (newest == built_for) return SchemaState::current;
        return newest < built_for ? SchemaState::older : SchemaState::newer;
    } catch (SqlFailure const&) {
        return SchemaState::older;  // no table of migrations, or no right to read it: nobody has migrated
    } catch (Unavailable const&) {
        return SchemaState::unreachable;
    } catch (Retry const&) {
        return SchemaState::unreachable;
    }
}

void Database::close() {
    for (auto const& pool : pools_)
        if (pool) pool->close();
}

}  // namespace samtal::storage
