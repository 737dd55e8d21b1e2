#pragma once

#include "db/calls/calls_test_base.hpp"
#include "samtal/consent/consent.hpp"
#include "samtal/ops/config_section.hpp"
#include "storage/connection.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <random>
#include <thread>

namespace samtal::consent {

/// The one clock of a trial: who has a smaller number began or ended earlier, whatever the thread.
class Ticks {
public:
    std::int64_t next() { return now_.fetch_add(1) + 1; }

private:
    std::atomic<std::int64_t> now_{0};
};

/// What happened to one person, as seen from outside. Written by many threads.
struct Happenings {
    struct Choice {
        std::int64_t begin, end;
        bool given;
        std::int64_t rows;  // of the person: after the answer to a withdrawal, before a giving
    };
    struct Use {
        std::int64_t begin, end;
        bool touched;  // a read saw data, a write was kept
    };
    std::mutex writing;
    std::vector<Choice> choices;
    std::vector<Use> uses;

    void add(Use use) {
        std::scoped_lock const lock{writing};
        uses.push_back(use);
    }
};

struct Faults {
    std::size_t uses_after_withdrawal =
        0;  // began after its answer, ended before the next giving began, and touched
    std::size_t rows_after_withdrawal = 0;  // appeared after its answer: of writes that began before, too
    std::size_t touched = 0;  // uses under a consent: not a fault, but a trial without them shows nothing
    std::size_t refused = 0;
    std::size_t choices = 0;
};

/// The promise, checked over what happened: nothing is seen or written while a consent is withdrawn.
inline Faults faults_of(Happenings& h) {
    Faults faults;
    std::ranges::sort(h.choices, {}, &Happenings::Choice::begin);
    for (std::size_t n = 0; n < h.choices.size(); ++n) {
        auto const& withdrawal = h.choices[n];
        if (withdrawal.given) continue;
        bool const last = n + 1 == h.choices.size();
        auto const until = last ? std::numeric_limits<std::int64_t>::max() : h.choices[n + 1].begin;
        if (!last && h.choices[n + 1].rows != withdrawal.rows) ++faults.rows_after_withdrawal;
        for (auto const& use : h.uses)
            if (use.touched && use.begin > withdrawal.end && use.end < until) ++faults.uses_after_withdrawal;
    }
    faults.choices = h.choices.size();
    for (auto const& use : h.uses) ++(use.touched ? faults.touched : faults.refused);
    return faults;
}

/// A server as the database sees it: connections of its own.
struct Node {
    Node(testing::TestDatabase& test, Notices const& notices, calls::PhoneNumbers const& numbers)
        : db{options(test.data)},
          standings{make_standings(db, gate)},
          ledger{test.cipher, test.ring, notices},
          consents{make_consents(db, ledger, notices, system_now)},
          intake{db, *test.keys, test.ring, numbers},
          history{db, test.cipher, numbers},
          behind_the_curtain{operator_login(test.data)} {
        gate.use(*standings);
    }

    static storage::LoginOptions section(std::string const& data) {
        auto file = ops::ConfigFile::load(data + "/config/operator.toml");
        storage::LoginOptions login;
        file.section("main")
            .read("host", login.host)
            .read("port", login.port, 1U, 65'535U)
            .read("name", login.name)
            .read("user", login.user)
            .read("password_file", login.password_file);
        return login;
    }
    static std::string operator_login(std::string const& data) {
        return storage::connection_string(section(data));
    }
    static storage::DatabaseOptions options(std::string const& data) {
        auto const login = section(data);
        storage::DatabaseOptions options;
        options.host = login.host;
        options.port = login.port;
        options.name = login.name;
        options.secrets_directory = data + "/secrets";
        return options;
    }

    /// As the tables' owner, past every policy.
    pqxx::result admin(std::string const& sql) {
        std::scoped_lock const lock{behind};
        pqxx::work work{behind_the_curtain};
        work.exec("SET LOCAL ROLE samtal_owner");
        auto result = work.exec(sql);
        work.commit();
        return result;
    }

    storage::Database db;
    Gate gate;
    std::unique_ptr<StandingRepository> standings;
    Ledger ledger;
    std::unique_ptr<Consents> consents;
    calls::PgCallIntake intake;
    calls::PgCallHistory history;
    std::mutex behind;
    pqxx::connection behind_the_curtain;
};

}  // namespace samtal::consent
