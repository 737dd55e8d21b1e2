#include "connection.hpp"

#include <fmt/format.h>

#include <fstream>

namespace samtal::storage {

namespace {

/// One value of a libpq connection string.
std::string conninfo_value(std::string_view value) {
    std::string text = "'";
    for (char const c : value) {
        if (c == '\'' || c == '\\') text.push_back('\\');
        text.push_back(c);
    }
    return text + "'";
}

[[noreturn]] void translate(pqxx::sql_error const& e, std::string_view statement) {
    std::string state = e.sqlstate();
    std::string_view const kind = std::string_view{state}.substr(0, 2);
    if (kind == "23") throw IntegrityViolation{std::move(state), statement};
    if (kind == "22") throw DataException{std::move(state), statement};
    if (state == "55P03") throw Locked{};
    if (state == "57014")
        throw TookTooLong{};  // the only one of its class that says what became of the transaction
    // Connection lost, or shut down: a backend may be told to quit between its commit and its answer.
    if (kind == "08" || kind == "57") throw InDoubt{};
    // Out of resources (disk full, too many connections), read-only after fail-over.
    if (kind == "53" || kind == "58" || state == "25006") throw Unavailable{"the database cannot do this now"};
    throw SqlFailure{std::move(state), statement};
}

}  // namespace

std::string read_secret(std::string const& file) {
    std::ifstream in{file};
    std::string secret;
    if (!in || !std::getline(in, secret) || secret.empty())
        throw Unavailable{"a database role has no password file"};
    return secret;
}

std::string connection_string(LoginOptions const& login) {
    constexpr auto by_index =
        " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c "
        "plan_cache_mode=force_generic_plan";
    return fmt::format(
        "host={} port={} dbname={} user={} password={} connect_timeout=5 application_name=samtal "
        "tcp_user_timeout=10000 options='-c statement_timeout={} -c search_path=public -c timezone=UTC "
        "-c lock_timeout={} -c idle_in_transaction_session_timeout={} -c jit=off{}'",
        conninfo_value(login.host), login.port, conninfo_value(login.name), conninfo_value(login.user),
        conninfo_value(read_secret(login.password_file)), login.statement_timeout_ms, login.lock_timeout_ms,
        login.idle_in_transaction_ms, login.point_reads ? by_index : "");
}

Connection::Connection(LoginOptions const& login) try : connection_{connection_string(login)} {
    // At normal verbosity an error quotes the row ("Key (email)=(...) already exists") and would reach a log.
    connection_.set_verbosity(pqxx::connection::terse);
} catch (pqxx::broken_connection const&) {
    throw Unavailable{"the database cannot be reached"};
} catch (pqxx::sql_error const&) {
    throw Unavailable{"the database refuses the connection"};
}

void Connection::prepare(Statement const& statement) {
    if (prepared_.contains(statement.name())) return;
    connection_.prepare(std::string{statement.name()}, std::string{statement.sql()});
    prepared_.insert(statement.name());
}

void Connection::run(Job& job, QueryObserver const& observer) {
    auto const began = std::chrono::steady_clock::now();
    std::string_view statement = "none";
    auto const report = [&](bool ok) {
        if (observer) observer(statement, std::chrono::steady_clock::now() - began, ok);
    };
    auto const work = [&](pqxx::transaction_base& transaction) {
        Tx tx{*this, transaction};
        struct Remember {  // also when the body throws
            Tx const& tx;
            std::string_view& into;
            ~Remember() { into = tx.current(); }
        } const remember{tx, statement};
        if (job.run(tx)) transaction.commit();
    };
    try {
        if (job.mode == Mode::transaction) {
            pqxx::work transaction{connection_};
            work(transaction);
        } else {
            pqxx::nontransaction transaction{connection_};
            work(transaction);
        }
        report(true);
    } catch (pqxx::in_doubt_error const&) {
        report(false);
        throw InDoubt{};
    } catch (pqxx::broken_connection const&) {
        report(false);
        throw InDoubt{};
    } catch (pqxx::sql_error const& e) {
        report(false);
        if (e.sqlstate() == "40001" || e.sqlstate() == "40P01") throw Retry{};
        translate(e, statement);
    } catch (pqxx::failure const&) {
        report(false);
        throw InDoubt{};
    }
}

}  // namespace samtal::storage
