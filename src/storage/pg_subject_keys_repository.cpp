#include "connection.hpp"
#include "samtal/storage/key_store.hpp"
#include "samtal/storage/values.hpp"
#include "watchdog.hpp"

#include <sodium.h>
#include <boost/uuid/random_generator.hpp>

#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <unordered_map>

namespace samtal::storage {

namespace {

constexpr Statement read_key{R"sql(
-- storage.read_subject_key
SELECT wrapped FROM subject_keys WHERE subject_id = $1
)sql"};

constexpr Statement insert_key{R"sql(
-- storage.insert_subject_key
INSERT INTO subject_keys (subject_id, epoch, wrapped) VALUES ($1, 1, $2::bytea) ON CONFLICT DO NOTHING
)sql"};

constexpr Statement delete_key{R"sql(
-- storage.delete_subject_key
DELETE FROM subject_keys WHERE subject_id = $1
)sql"};

constexpr Statement add_tombstone{R"sql(
-- storage.add_tombstone
INSERT INTO tombstones (subject_id, tombstone_id, erased_on) VALUES ($1, $2, (now() AT TIME ZONE 'UTC')::date)
ON CONFLICT DO NOTHING
)sql"};

constexpr Statement read_tombstones{R"sql(
-- storage.read_tombstones
SELECT t.subject_id, t.tombstone_id, t.erased_on
  FROM unnest($1::uuid[]) WITH ORDINALITY AS i (subject_id, n) JOIN tombstones t USING (subject_id)
 ORDER BY i.n
)sql"};

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

unsigned char* raw(std::string& s) {
    return reinterpret_cast<unsigned char*>(s.data());
}

std::string wrap(Key const& kek, UserId subject, Key const& key) {
    std::string wrapped(nonce_size + key.size() + tag_size, '\0');
    randombytes_buf(wrapped.data(), nonce_size);
    auto const& bound_to = subject.value();
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(wrapped) + nonce_size, nullptr, key.data(), key.size(),
                                               bound_to.begin(), bound_to.size(), nullptr, raw(wrapped),
                                               kek.data());
    return wrapped;
}

Key unwrap(Key const& kek, UserId subject, std::string wrapped) {
    Key key;
    auto const& bound_to = subject.value();
    if (wrapped.size() != nonce_size + key.size() + tag_size ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(key.data(), nullptr, nullptr, raw(wrapped) + nonce_size,
                                                   wrapped.size() - nonce_size, bound_to.begin(), bound_to.size(),
                                                   raw(wrapped), kek.data()) != 0)
        throw std::runtime_error{"a subject key does not open with this deployment's key-encryption key"};
    return key;
}

/// The keys used last. Bounded, so that a large deployment does not grow without end.
class RecentKeys {
public:
    std::optional<Key> find(UserId subject) {
        std::scoped_lock const lock{mutex_};
        auto const found = places_.find(subject);
        if (found == places_.end()) return std::nullopt;
        order_.splice(order_.begin(), order_, found->second);
        return found->second->second;
    }
    void keep(UserId subject, Key const& key) {
        std::scoped_lock const lock{mutex_};
        if (places_.contains(subject)) return;
        order_.emplace_front(subject, key);
        places_.emplace(subject, order_.begin());
        if (order_.size() <= most) return;
        sodium_memzero(order_.back().second.data(), order_.back().second.size());
        places_.erase(order_.back().first);
        order_.pop_back();
    }

    void forget(UserId subject) {
        std::scoped_lock const lock{mutex_};
        auto const found = places_.find(subject);
        if (found == places_.end()) return;
        sodium_memzero(found->second->second.data(), found->second->second.size());
        order_.erase(found->second);
        places_.erase(found);
    }

private:
    static constexpr std::size_t most = 100'000;
    std::mutex mutex_;
    std::list<std::pair<UserId, Key>> order_;  // most recent first
    std::unordered_map<UserId, std::list<std::pair<UserId, Key>>::iterator> places_;
};

class PgSubjectKeysRepository final : public SubjectKeys {
public:
    PgSubjectKeysRepository(LoginOptions login, Key const& kek) : login_{std::move(login)}, kek_{kek} {}

    Result<Key> key_of(UserId subject) override {
        if (auto const recent = recent_.find(subject)) return *recent;
        std::optional<std::string> wrapped;
        run([&](Tx& tx) {
            auto const rows = tx.exec(read_key, subject.text());
            if (!rows.empty()) wrapped = bytes_of(rows[0][0]);
            return true;
        });
        if (!wrapped) return Error{Errc::not_found, "erased"};
        Key const key = unwrap(kek_, subject, *std::move(wrapped));
        recent_.keep(subject, key);
        return key;
    }

    void create(UserId subject) override {
        Key key;
        randombytes_buf(key.data(), key.size());
        std::string const wrapped = bytea(wrap(kek_, subject, key));
        sodium_memzero(key.data(), key.size());
        run([&](Tx& tx) {
            tx.exec(insert_key, subject.text(), wrapped);
            return true;
        });
    }

    Tombstone erase(UserId subject) override {
        Tombstone tombstone{boost::uuids::random_generator_pure{}(), {}};
        run([&](Tx& tx) {
            tx.exec(add_tombstone, subject.text(), uuid_text(tombstone.id));
            auto const row = tx.exec(read_tombstones, "{" + subject.text() + "}")[0];
            tombstone = {parse_uuid(text_of(row[1])).value(), text_of(row[2])};
            tx.exec(delete_key, subject.text());
            return true;
        });
        recent_.forget(subject);
        return tombstone;
    }

    std::vector<UserId> erased_among(std::span<UserId const> people) override {
        ArrayLiteral ids;
        for (UserId const& person : people) ids.add(person.text());
        std::vector<UserId> erased;
        run([&](Tx& tx) {
            erased.clear();
            for (auto const& row : tx.exec(read_tombstones, ids.text())) erased.push_back(id_of<UserId>(row[0]));
            return true;
        });
        return erased;
    }

    void probe() override {
        run([](Tx& tx) {
            tx.exec(read_key, UserId::nil().text());
            return true;
        });
    }

private:
    /// One connection: misses are rare once the server is warm. A lost one is made anew, once.
    template <class Body>
    void run(Body body) {
        std::scoped_lock const lock{mutex_};
        for (int attempt = 1;; ++attempt) {
            bool const fresh = !connection_;
            if (fresh) connection_.emplace(login_);
            try {
                Watchdog::Watch const watch{connection_->raw().sock(), std::chrono::seconds{7}};
                JobOf job{Mode::single, body};
                return connection_->run(job, {});
            } catch (Unavailable const&) {
                connection_.reset();
                if (fresh || attempt > 1) throw;
            } catch (Retry const&) {
                connection_.reset();
                if (attempt > 1) throw Unavailable{"the key store is too busy"};
            }
        }
    }

    LoginOptions login_;
    Key kek_;
    RecentKeys recent_;
    std::mutex mutex_;
    std::optional<Connection> connection_;
};

}  // namespace

std::unique_ptr<SubjectKeys> make_pg_subject_keys(LoginOptions login, KeyRing const& ring) {
    return std::make_unique<PgSubjectKeysRepository>(std::move(login), ring.key_encryption_key());
}

}  // namespace samtal::storage
