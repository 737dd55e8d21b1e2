#pragma once

#include "samtal/storage/purpose_pool.hpp"
#include "samtal/storage/tx.hpp"

#include <pqxx/pqxx>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

namespace samtal::storage {

/// A libpqxx connection that knows which statements it has prepared, and whose errors carry no row values.
class Connection {
public:
    /// Throws Unavailable when the database cannot be reached or refuses the login.
    explicit Connection(LoginOptions const&);

    void prepare(Statement const&);
    [[nodiscard]] pqxx::connection& raw() noexcept { return connection_; }

    /// Runs a job; translates what libpqxx throws into the errors of tx.hpp and Unavailable.
    void run(Job&, QueryObserver const&);

private:
    pqxx::connection connection_;
    std::unordered_set<std::string_view> prepared_;  // views into statements, which live in the program's text
};

/// The password's file, or an Unavailable that names no path content.
[[nodiscard]] std::string read_secret(std::string const& file);
[[nodiscard]] std::string connection_string(LoginOptions const&);

/// True when a repeat of the whole transaction may succeed: serialization failure, deadlock.
class Retry {};

}  // namespace samtal::storage
