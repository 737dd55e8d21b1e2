#pragma once

#include "samtal/core/result.hpp"

#include <pqxx/pqxx>

#include <stdexcept>
#include <string>
#include <string_view>

namespace samtal::storage {

/// A statement and its name. The text is a raw string whose first line is "-- room.function".
class Statement {
public:
    consteval Statement(char const* sql) : sql_{sql}, name_{name_of(sql_)} {}
    [[nodiscard]] constexpr std::string_view sql() const noexcept { return sql_; }
    [[nodiscard]] constexpr std::string_view name() const noexcept { return name_; }

private:
    static consteval std::string_view name_of(std::string_view sql) {
        std::size_t const begin = sql.find("-- ") + 3;
        std::size_t const end = sql.find('\n', begin);
        if (end == std::string_view::npos) throw "a statement begins with a line \"-- room.function\"";
        return sql.substr(begin, end - begin);
    }

    std::string_view sql_;
    std::string_view name_;
};

/// The connection went while something was under way: it may have been committed.
class InDoubt : public Unavailable {
public:
    InDoubt() : Unavailable{"the database connection was lost"} {}
};

/// It took too long and was ended: certainly rolled back. Nobody repeats it by themselves, for it may take as long
/// again.
class TookTooLong : public Unavailable {
public:
    explicit TookTooLong(Literal what = "the database took too long") : Unavailable{what} {}
};

/// It waited too long for what somebody else has locked.
class Locked : public TookTooLong {
public:
    Locked() : TookTooLong{"somebody else has it locked"} {}
};

/// What PostgreSQL refused. Carries SQLSTATE and the statement's name; its text quotes rows, so it is not kept.
class SqlFailure : public std::runtime_error {
public:
    SqlFailure(std::string sqlstate, std::string_view statement)
        : std::runtime_error{"sqlstate " + sqlstate + " in " + std::string{statement}},
          sqlstate_{std::move(sqlstate)} {}
    [[nodiscard]] std::string const& sqlstate() const noexcept { return sqlstate_; }

private:
    std::string sqlstate_;
};
class IntegrityViolation : public SqlFailure {  // class 23: unique, foreign key, check
    using SqlFailure::SqlFailure;
};
class DataException : public SqlFailure {  // class 22: value out of range, bad encoding
    using SqlFailure::SqlFailure;
};

class Connection;  // a libpqxx connection and which statements it has prepared

/// One open transaction (or a run of single statements, see Database::read). Only *_repository.cpp files
/// run statements on it.
class Tx {
public:
    Tx(Connection& connection, pqxx::transaction_base& work) : connection_{connection}, work_{work} {}

    /// Prepared at its first use on a connection, so that PostgreSQL plans it once.
    template <class... Args>
    pqxx::result exec(Statement const& statement, Args const&... args) {
        begin(statement);
        return work_.exec_prepared(std::string{statement.name()}, args...);
    }
    /// The statement that ran last, for error reports.
    [[nodiscard]] std::string_view current() const noexcept { return current_; }

private:
    void begin(Statement const&);

    Connection& connection_;
    pqxx::transaction_base& work_;
    std::string_view current_ = "none";
};

}  // namespace samtal::storage
