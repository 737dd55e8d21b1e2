#include "connection.hpp"
#include "samtal/core/register.hpp"
#include "samtal/core/register_texts.hpp"
#include "samtal/storage/key_store.hpp"
#include "samtal/storage/migrator.hpp"
#include "samtal/storage/values.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <memory>
#include <stdexcept>

namespace samtal::storage {

namespace {

/// Which register the grants in force came from. On the group role, where every database user may see it.
constexpr auto read_mark =
    "SELECT coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles WHERE rolname = 'samtal_runtime'";

using Libpq = std::unique_ptr<PGconn, decltype(&PQfinish)>;

/// The verifier is made here, so that the password never reaches the server or its log.
std::string scram_verifier(PGconn* libpq, std::string const& role, std::string const& password) {
    std::unique_ptr<char, decltype(&PQfreemem)> const verifier{
        PQencryptPasswordConn(libpq, password.c_str(), role.c_str(), "scram-sha-256"), &PQfreemem};
    if (!verifier) throw std::runtime_error{"a role's password cannot be hashed"};
    return verifier.get();
}

void make_roles(pqxx::work& work, LoginOptions const& login, std::string const& secrets_directory) {
    Libpq const libpq{PQconnectdb(connection_string(login).c_str()), &PQfinish};  // libpqxx does not lend its own
    for (std::string_view const purpose : purpose_names) {
        std::string const role = "samtal_" + std::string{purpose};
        bool const exists = !work.exec("SELECT FROM pg_roles WHERE rolname = " + work.quote(role)).empty();
        std::string const verifier =
            scram_verifier(libpq.get(), role, read_secret(secrets_directory + "/" + role));
        // NOSUPERUSER and NOBYPASSRLS are a new role's defaults, and only a superuser may name them.
        work.exec(fmt::format("{} ROLE {} LOGIN PASSWORD {}", exists ? "ALTER" : "CREATE", work.quote_name(role),
                              work.quote(verifier)));
        work.exec(fmt::format("GRANT samtal_runtime TO {}", work.quote_name(role)));
    }
}

}  // namespace

MigrationReport grant_roles(LoginOptions const& login, std::string const& secrets_directory, bool schema_changed) {
    Connection connection{login};
    MigrationReport report;
    std::string secrets;
    for (std::string_view const purpose : purpose_names)
        secrets += read_secret(secrets_directory + "/samtal_" + std::string{purpose}) + "\n";
    // The mark says nothing about the passwords: it is a hash over them and the whole register.
    std::string const mark = bytea(sha256(std::string{register_grants} + sha256(secrets))).substr(2);
    try {
        pqxx::work work{connection.raw()};
        work.exec("SELECT pg_advisory_xact_lock(7216427)");
        if (!schema_changed && work.exec(read_mark)[0][0].as<std::string>() == mark) return report;
        work.exec("SET LOCAL client_min_messages = warning");
        make_roles(work, login, secrets_directory);
        work.exec("COMMENT ON ROLE samtal_runtime IS " + work.quote(mark));
        work.exec("SET LOCAL ROLE samtal_owner");
        work.exec(std::string{register_grants});
        work.commit();
        report.grants_renewed = true;
    } catch (pqxx::sql_error const& e) {
        throw std::runtime_error{fmt::format("granting the register's rights failed: sqlstate {}: {}",
                                             e.sqlstate(),
                                             e.what())};  // roles and columns only: there are no rows to quote
    }
    return report;
}

}  // namespace samtal::storage
