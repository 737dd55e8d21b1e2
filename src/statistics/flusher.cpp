#include "flusher.hpp"

#include <sodium.h>
#include <boost/uuid/random_generator.hpp>

#include <algorithm>

namespace samtal::statistics {

namespace {

constexpr std::size_t rows_in_batch = 5'000;  // one statement of some hundred kilobytes
constexpr int most_attempts = 5;

Flush under_pseudonyms(boost::uuids::uuid id, std::vector<Contribution> const& rows, storage::Key const& key) {
    Flush flush{id, {}, {}};
    flush.rows.reserve(rows.size());
    flush.people.reserve(rows.size());
    for (Contribution const& row : rows) {
        flush.rows.push_back({pseudonym(key, row.person), row.metric, row.bucket, row.value});
        flush.people.push_back(row.person);
    }
    return flush;
}

}  // namespace

std::string pseudonym(storage::Key const& epoch_key, UserId person) {
    std::string hash(32, '\0');
    auto const& id = person.value();
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(), id.begin(), id.size(),
                       epoch_key.data(), epoch_key.size());
    return hash;
}

void Flusher::collect() {
    auto folded = recorder_.take();
    std::sort(folded.begin(), folded.end(), [](auto const& a, auto const& b) { return a.day < b.day; });
    for (Contribution& row : folded) {
        if (waiting_.empty() || waiting_.back().day != row.day || waiting_.back().rows.size() == rows_in_batch)
            waiting_.push_back({boost::uuids::random_generator_pure{}(), row.day, {}});
        waiting_.back().rows.push_back(row);
    }
}

Task<void> Flusher::flush(StatisticsPermit const& permit, std::uint32_t today) {
    // While batches wait for a database that is gone, the recorder goes on folding, which is bounded.
    if (waiting_.empty()) collect();
    while (!waiting_.empty()) {
        co_await write(permit, waiting_.front(), today);
        waiting_.pop_front();
    }
}

void Flusher::drop(UserId person) {
    recorder_.drop(person);
    for (Batch& batch : waiting_)
        std::erase_if(batch.rows, [person](Contribution const& row) { return row.person == person; });
}

Task<void> Flusher::write(StatisticsPermit const& permit, Batch const& batch, std::uint32_t today) {
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        auto const epoch = co_await contributions_.open_epoch(permit, batch.day, today);
        if (!epoch) throw Unavailable{"the database takes no contributions now"};
        storage::Key key = co_await keys_.key_of(*epoch);
        Flush const flush = under_pseudonyms(batch.id, batch.rows, key);
        sodium_memzero(key.data(), key.size());
        auto const added = co_await contributions_.add(permit, *epoch, flush);
        if (!added) throw Unavailable{"the database takes no contributions now"};
        if (*added) co_return;  // otherwise the epoch was closed meanwhile: the next one takes it
    }
    throw Unavailable{"epochs close faster than contributions are written"};
}

}  // namespace samtal::statistics
