#include "samtal/storage/database.hpp"

#include "connection.hpp"
#include "connection_shares.hpp"
#include "samtal/storage/migrator.hpp"

#include <algorithm>
#include <string_view>

namespace samtal::storage {

namespace {

/// Whoever writes messages writes those of many conversations together, and is not held up by one of them. 0: no
/// limit.
unsigned longest_lock_wait_ms(std::string_view purpose) {
    return purpose == purpose::ChatMessaging::name ? 250 : 0;
}

LoginOptions login_of(DatabaseOptions const& options, std::string_view purpose) {
    std::string const role = "samtal_" + std::string{purpose};
    // No transaction of a server that lives is idle for longer than its job may last. One that is frozen, or cut
    // off, lets go of its locks by then.
    auto const idle = std::min<std::int64_t>(60'000, longest_job(options.statement_timeout_ms).count());
    return {.host = options.host,
            .port = options.port,
            .name = options.name,
            .user = role,
            .password_file = options.secrets_directory + "/" + role,
            .statement_timeout_ms = options.statement_timeout_ms,
            .lock_timeout_ms = longest_lock_wait_ms(purpose),
            .idle_in_transaction_ms = static_cast<unsigned>(idle),
            .point_reads = purpose != purpose::AnonymousStatistics::name};
}

constexpr Statement newest_migration{R"sql(
-- storage.newest_migration
SELECT coalesce(max(number), 0) FROM schema_migrations
)sql"};

}  // namespace

Database::Database(DatabaseOptions const& options) : options_{options} {
    auto const shares = connection_shares(options.max_connections);
    for (std::size_t i = 0; i < purpose_names.size(); ++i) {
        pools_[i] = std::make_unique<PurposePool>(login_of(options, purpose_names[i]), std::max(1U, shares[i]),
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
