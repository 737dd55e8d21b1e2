#include "key_files.hpp"
#include "pg_key_node_repository.hpp"
#include "recent_keys.hpp"
#include "samtal/storage/key_store.hpp"
#include "samtal/storage/key_wrapping.hpp"
#include "samtal/storage/nodes.hpp"
#include "samtal/storage/values.hpp"
#include "watchdog.hpp"

#include <sodium.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>

namespace samtal::storage {

namespace {

using namespace std::chrono_literals;

constexpr Statement read_key{R"sql(
-- storage.read_subject_key
SELECT epoch, wrapped FROM subject_keys WHERE subject_id = $1
)sql"};

constexpr Statement insert_key{R"sql(
-- storage.insert_subject_key
INSERT INTO subject_keys (subject_id, epoch, wrapped) VALUES ($1, $2, $3::bytea) ON CONFLICT DO NOTHING
)sql"};

constexpr Statement delete_key{R"sql(
-- storage.delete_subject_key
DELETE FROM subject_keys WHERE subject_id = $1
)sql"};

// Whoever creates and whoever erases the same person's key do it one after the other, whether or not there is a
// row.
constexpr Statement lock_subject{R"sql(
-- storage.lock_subject
SELECT pg_advisory_xact_lock(('x' || left(encode($1::bytea, 'hex'), 16))::bit(64)::bigint)
)sql"};

constexpr Statement read_tombstone{R"sql(
-- storage.read_tombstone
SELECT tombstone_id, erased_on, generation FROM tombstones WHERE subject_hash = $1::bytea
)sql"};

constexpr Statement insert_tombstone{R"sql(
-- storage.insert_tombstone
WITH erasure AS (UPDATE erasure_generation SET generation = generation + 1 RETURNING generation)
INSERT INTO tombstones (subject_hash, erased_on, generation)
SELECT $1::bytea, (now() AT TIME ZONE 'UTC')::date, generation FROM erasure
RETURNING tombstone_id, erased_on, generation
)sql"};

constexpr Statement tell_nodes{R"sql(
-- storage.tell_nodes
SELECT pg_notify('samtal_keys', '')
)sql"};

constexpr Statement insert_notices{R"sql(
-- storage.insert_notices
WITH said AS (UPDATE erasure_generation SET generation = generation + cardinality($1::bytea[]) RETURNING generation),
     kept AS (INSERT INTO node_notices (generation, notice)
              SELECT generation - cardinality($1::bytea[]) + n, notice
                FROM said, unnest($1::bytea[]) WITH ORDINALITY AS u (notice, n))
SELECT generation FROM said
)sql"};

constexpr Statement trim_notices{R"sql(
-- storage.trim_notices
DELETE FROM node_notices WHERE said_at < clock_timestamp() - interval '1 minute'
)sql"};

// A lease counts for two seconds more: a crash of the key store may take its last renewals away.
constexpr Statement nodes_behind{R"sql(
-- storage.nodes_behind
SELECT count(*) FROM nodes
WHERE node_id <> $1 AND generation < $2 AND lease_until > clock_timestamp() - interval '2 seconds'
)sql"};

constexpr Statement find_tombstones{R"sql(
-- storage.find_tombstones
SELECT subject_hash FROM tombstones WHERE subject_hash = ANY ($1::bytea[])
)sql"};

constexpr std::size_t most_in_question = 5'000;

class PgSubjectKeysRepository final : public NodeKeys, public Nodes {
public:
    PgSubjectKeysRepository(LoginOptions const& login, KeyRing const& ring)
        : login_{login}, ring_{ring}, wrapper_{ring.directory()}, node_{login, ring.directory(), recent_} {}

    Result<Key> key_of(UserId subject) override {
        if (node_.holds_lease()) {
            if (auto const recent = recent_.find(subject)) return *recent;
        }
        auto const erasures = recent_.erasures();
        auto key = wrapper_.open(place_of_subject_key(subject), [&] { return read(subject); });
        if (!key) return Error{Errc::not_found, "erased"};
        Wipe const wipe{*key};
        if (node_.holds_lease()) recent_.keep(subject, hash_of(subject), *key, erasures);
        return Key{*key};
    }

    Result<void> create(UserId subject) override {
        Key key;
        Wipe const wipe{key};
        randombytes_buf(key.data(), key.size());
        std::string const hash = bytea(hash_of(subject));
        bool erased = false;
        run(Mode::transaction, [&](Tx& tx) {
            tx.exec(lock_subject, hash);
            erased = !tx.exec(read_tombstone, hash).empty();
            if (erased) return false;
            auto const wrapped = wrapper_.wrap(tx, place_of_subject_key(subject), key);
            tx.exec(insert_key, subject.text(), wrapped.epoch, bytea(wrapped.bytes));
            return true;
        });
        if (erased) return Error{Errc::conflict, "erased"};
        return {};
    }

    Tombstone erase(UserId subject) override {
        std::string const hash = bytea(hash_of(subject));
        std::optional<Tombstone> stone;
        std::int64_t generation = 0;
        run(Mode::transaction, [&](Tx& tx) {
            tx.exec(lock_subject, hash);
            auto rows = tx.exec(read_tombstone, hash);
            if (rows.empty()) rows = tx.exec(insert_tombstone, hash);
            stone = {parse_uuid(text_of(rows[0][0])).value(), text_of(rows[0][1])};
            generation = rows[0][2].as<std::int64_t>();
            tx.exec(delete_key, subject.text());
            tx.exec(tell_nodes);
            return true;
        });
        recent_.drop(subject);
        await_others(generation);
        return *stone;
    }

    std::vector<UserId> erased_among(std::span<UserId const> people) override {
        std::vector<UserId> erased;
        while (!people.empty()) {
            auto const part = people.first(std::min(people.size(), most_in_question));
            append_erased(part, erased);
            people = people.subspan(part.size());
        }
        return erased;
    }

    Nodes& nodes() noexcept override { return *this; }
    void listen(Listener listener) override { node_.listen(std::move(listener)); }
    boost::uuids::uuid id() const noexcept override { return node_.uuid(); }
    bool holds_lease() const noexcept override { return node_.holds_lease(); }
    std::vector<boost::uuids::uuid> others() const override { return node_.others(); }

    void tell(std::span<std::string const> notices) override {
        ArrayLiteral sealed;
        for (std::string const& notice : notices) sealed.add(bytea(notice));
        std::int64_t generation = 0;
        run(Mode::transaction, [&](Tx& tx) {
            tx.exec(trim_notices);
            generation = tx.exec(insert_notices, sealed.text())[0][0].as<std::int64_t>();
            tx.exec(tell_nodes);
            return true;
        });
        await_others(generation);
    }

    void probe() override {
        run(Mode::single, [this](Tx& tx) {
            wrapper_.probe(tx);
            return true;
        });
    }

private:
    std::string hash_of(UserId subject) const {
        return ring_.keyed_hash("tombstone", place_of_subject_key(subject));
    }

    std::optional<WrappedKey> read(UserId subject) {
        std::optional<WrappedKey> wrapped;
        run(Mode::single, [&](Tx& tx) {
            auto const rows = tx.exec(read_key, subject.text());
            if (!rows.empty()) wrapped = {rows[0][0].as<int>(), bytes_of(rows[0][1])};
            return true;
        });
        return wrapped;
    }

    void append_erased(std::span<UserId const> people, std::vector<UserId>& erased) {
        ArrayLiteral hashes;
        std::vector<std::string> asked;
        for (UserId const person : people) hashes.add(asked.emplace_back(bytea(hash_of(person))));
        std::unordered_set<std::string> found;
        run(Mode::single, [&](Tx& tx) {
            found.clear();
            for (auto const& row : tx.exec(find_tombstones, hashes.text())) found.insert(text_of(row[0]));
            return true;
        });
        for (std::size_t i = 0; i < people.size(); ++i)
            if (found.contains(asked[i])) erased.push_back(people[i]);
    }

    /// Every server renews its lease only after it has dropped whom it finds erased. So one lease after the commit
    /// nobody uses the key, whatever the nodes say and whatever the clocks do; usually they have all said so long
    /// before.
    void await_others(std::int64_t generation) {
        auto const latest = std::chrono::steady_clock::now() + PgKeyNode::lease;
        for (auto pause = 1ms; std::chrono::steady_clock::now() < latest; pause = std::min(2 * pause, 20ms)) {
            if (nobody_is_behind(generation)) return;
            std::this_thread::sleep_for(pause);
        }
    }

    bool nobody_is_behind(std::int64_t generation) {
        int behind = 0;
        try {
            run(Mode::single, [&](Tx& tx) {
                behind = tx.exec(nodes_behind, node_.id(), generation)[0][0].as<int>();
                return true;
            });
        } catch (Unavailable const&) {
            return false;  // it is erased already; the leases end by themselves
        }
        return behind == 0;
    }

    /// One connection: misses are rare once the server is warm. A lost one is made anew, once. While the key store
    /// is gone, nobody waits behind the one who finds that out.
    template <class Body>
    void run(Mode mode, Body body) {
        std::unique_lock const lock{mutex_, 2s};
        if (!lock || (node_.store_is_gone() && !connection_)) throw Unavailable{"the key store is not available"};
        for (int attempt = 1;; ++attempt) {
            bool const fresh = !connection_;
            try {
                if (fresh) connection_.emplace(login_);
                Watchdog::Watch const watch{connection_->raw().sock(), 7s};
                JobOf job{mode, body};
                return connection_->run(job, {});
            } catch (Unavailable const&) {
                connection_.reset();
                if (fresh || attempt > 1 || node_.store_is_gone()) throw;
            } catch (Retry const&) {
                connection_.reset();
                if (attempt > 1) throw Unavailable{"the key store is too busy"};
            }
        }
    }

    LoginOptions login_;
    KeyRing const& ring_;
    KeyWrapper wrapper_;
    RecentKeys recent_;
    PgKeyNode node_;
    std::timed_mutex mutex_;
    std::optional<Connection> connection_;
};

}  // namespace

std::unique_ptr<SubjectKeys> make_pg_subject_keys(LoginOptions login, KeyRing const& ring) {
    return make_pg_node_keys(std::move(login), ring);
}

std::unique_ptr<NodeKeys> make_pg_node_keys(LoginOptions login, KeyRing const& ring) {
    return std::make_unique<PgSubjectKeysRepository>(login, ring);
}

}  // namespace samtal::storage
