#include "pg_key_node_repository.hpp"

#include "key_files.hpp"
#include "samtal/storage/values.hpp"
#include "watchdog.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace samtal::storage {

namespace {

using namespace std::chrono_literals;

constexpr auto renew_every = 250ms;   // a lease survives three renewals that come late
constexpr auto longest_renewal = 2s;  // for a key store that does not answer at all
constexpr int most_erasures = 1'000;  // of one renewal; beyond that everything is dropped
constexpr int most_notices = 10'000;
constexpr auto notices_stay = 30s;  // half of what the key store keeps them for

constexpr Statement renew_lease{R"sql(
-- storage.renew_node
WITH renewed AS (
    INSERT INTO nodes (node_id, lease_until, known_epoch, generation)
    VALUES ($1, clock_timestamp() + $2::integer * interval '1 millisecond', $3, $4)
    ON CONFLICT (node_id) DO UPDATE SET lease_until = excluded.lease_until, known_epoch = excluded.known_epoch,
                                        generation = excluded.generation)
SELECT (SELECT max(epoch) FROM key_epochs), (SELECT generation FROM erasure_generation),
       (SELECT string_agg(node_id::text, ',') FROM nodes WHERE node_id <> $1 AND lease_until > clock_timestamp())
)sql"};

constexpr Statement erasures_since{R"sql(
-- storage.erasures_since
SELECT subject_hash FROM tombstones WHERE generation > $1 AND generation <= $2 ORDER BY generation LIMIT $3
)sql"};

constexpr Statement notices_since{R"sql(
-- storage.notices_since
SELECT notice FROM node_notices WHERE generation > $1 AND generation <= $2 ORDER BY generation LIMIT $3
)sql"};

constexpr Statement leave_nodes{R"sql(
-- storage.leave_nodes
DELETE FROM nodes WHERE node_id = $1 OR lease_until < clock_timestamp() - interval '1 minute'
)sql"};

}  // namespace

PgKeyNode::PgKeyNode(LoginOptions login, std::string keys_directory, RecentKeys& recent)
    : login_{std::move(login)},
      keys_directory_{std::move(keys_directory)},
      recent_{recent},
      uuid_{uuid_v7(std::chrono::system_clock::now())},
      id_{uuid_text(uuid_)},
      wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
    if (wake_ < 0) throw std::runtime_error{"no eventfd can be made"};
    thread_ = std::thread{[this] { work(); }};
}

PgKeyNode::~PgKeyNode() {
    stopping_ = true;
    std::uint64_t const once = 1;
    [[maybe_unused]] auto const told = ::write(wake_, &once, sizeof once);
    thread_.join();
    ::close(wake_);
}

bool PgKeyNode::holds_lease() const noexcept {
    return std::chrono::steady_clock::now() < lease_until_.load(std::memory_order_acquire);
}

void PgKeyNode::work() {
    std::optional<Connection> connection;
    while (!stopping_) {
        try {
            round(connection);
        } catch (...) {  // whatever it is, without the key store there is no lease
            lease_until_ = SteadyTime{};
            store_is_gone_ = true;
            connection.reset();
        }
        try {
            if (!stopping_) wait(connection);
        } catch (...) {
            connection.reset();  // lost while idle; the next round makes it anew, or finds the key store gone
        }
    }
    lease_until_ = SteadyTime{};
    leave(connection);
}

void PgKeyNode::round(std::optional<Connection>& connection) {
    bool const fresh = !connection;
    if (fresh) {
        connection.emplace(login_);
        pqxx::nontransaction{connection->raw()}.exec("LISTEN samtal_keys");
    }
    while (renew(*connection)) {
    }
    // The row itself is on disk now. A renewal that a crash takes away would have ended before the crash was over.
    if (fresh) pqxx::nontransaction{connection->raw()}.exec("SET synchronous_commit = off");
    store_is_gone_ = false;
}

bool PgKeyNode::renew(Connection& connection) {
    auto const asked = std::chrono::steady_clock::now();
    int newest_epoch = 0;
    std::int64_t newest_erasure = 0;
    Watchdog::Watch const watch{connection.raw().sock(), longest_renewal};
    JobOf job{Mode::single, [&](Tx& tx) {
                  auto const row =
                      tx.exec(renew_lease, id_, static_cast<int>(lease.count()), known_epoch_, generation_)[0];
                  newest_epoch = row[0].as<int>();
                  newest_erasure = row[1].as<std::int64_t>();
                  note_others(row[2].is_null() ? std::string{} : text_of(row[2]));
                  if (newest_erasure == generation_) return true;
                  apply_erasures(tx, newest_erasure);
                  pass_on_notices(tx, newest_erasure);
                  return true;
              }};
    connection.run(job, {});
    // From before the question, and only now that everybody erased until then was dropped: whoever is erased later
    // waits for the next renewal or for this lease.
    renewed_at_ = asked;
    lease_until_.store(asked + lease, std::memory_order_release);
    bool const erased = generation_ != newest_erasure;
    bool const announced = newest_epoch > known_epoch_ && can_read(newest_epoch);
    generation_ = newest_erasure;
    if (announced) known_epoch_ = newest_epoch;
    return erased || announced;
}

void PgKeyNode::apply_erasures(Tx& tx, std::int64_t newest) {
    if (generation_ < 0 || newest < generation_)
        return recent_.clear();  // just started, or the key store was restored
    auto const rows = tx.exec(erasures_since, generation_, newest, most_erasures);
    if (static_cast<int>(rows.size()) == most_erasures) return recent_.clear();
    for (auto const& row : rows) recent_.drop(bytes_of(row[0]));
}

void PgKeyNode::pass_on_notices(Tx& tx, std::int64_t newest) {
    std::scoped_lock const lock{mutex_};
    if (generation_ < 0 || !listener_.heard) return;  // just started: nothing is served yet
    bool const away = std::chrono::steady_clock::now() - renewed_at_ > notices_stay;
    if (newest < generation_ || away) return listener_.missed();
    auto const rows = tx.exec(notices_since, generation_, newest, most_notices);
    if (static_cast<int>(rows.size()) == most_notices) return listener_.missed();
    for (auto const& row : rows) listener_.heard(bytes_of(row[0]));
}

void PgKeyNode::note_others(std::string_view ids) {
    std::vector<boost::uuids::uuid> found;
    constexpr std::size_t uuid_size = 36;
    for (; ids.size() >= uuid_size; ids.remove_prefix(std::min(ids.size(), uuid_size + 1)))
        found.push_back(parse_uuid(ids.substr(0, uuid_size)).value());
    std::scoped_lock const lock{mutex_};
    others_ = std::move(found);
}

void PgKeyNode::listen(Nodes::Listener listener) {
    std::scoped_lock const lock{mutex_};
    listener_ = std::move(listener);
}

std::vector<boost::uuids::uuid> PgKeyNode::others() const {
    std::scoped_lock const lock{mutex_};
    return others_;
}

bool PgKeyNode::can_read(int epoch) const {
    try {
        Key kek = read_key_file(kek_file(keys_directory_, epoch));
        Wipe const wipe{kek};
        return true;
    } catch (std::runtime_error const&) {
        return false;  // the rotation waits for it, and says so
    }
}

/// Until it is time, or there is news, or the connection ends.
void PgKeyNode::wait(std::optional<Connection>& connection) {
    std::array<pollfd, 2> watched{pollfd{wake_, POLLIN, 0},
                                  pollfd{connection ? connection->raw().sock() : -1, POLLIN, 0}};
    ::poll(watched.data(), watched.size(), static_cast<int>(renew_every.count()));
    if (watched[1].revents != 0) connection->raw().get_notifs();
}

void PgKeyNode::leave(std::optional<Connection>& connection) {
    try {
        if (!connection) return;
        Watchdog::Watch const watch{connection->raw().sock(), longest_renewal};
        JobOf job{Mode::single, [this](Tx& tx) {
                      tx.exec(leave_nodes, id_);
                      return true;
                  }};
        connection->run(job, {});
    } catch (...) {
        return;  // its lease ends soon
    }
}

}  // namespace samtal::storage
