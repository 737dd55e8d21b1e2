#include "folding_recorder.hpp"

#include <boost/container_hash/hash.hpp>

#include <algorithm>

namespace samtal::statistics {

FoldingRecorder::FoldingRecorder(Policies const& policies, Clock clock, std::size_t most_entries)
    : policies_{policies},
      clock_{std::move(clock)},
      most_in_shard_{std::max<std::size_t>(1, most_entries / shard_count)} {}

std::size_t FoldingRecorder::Hash::operator()(Place const& place) const noexcept {
    std::size_t seed = std::hash<UserId>{}(place.person);
    boost::hash_combine(seed, place.day);
    boost::hash_combine(seed, static_cast<std::uint16_t>(place.metric));
    boost::hash_combine(seed, place.bucket);
    return seed;
}

FoldingRecorder::Shard& FoldingRecorder::shard_of(UserId person) noexcept {
    return shards_[*(person.value().end() - 1) % shard_count];  // the last byte of a UUIDv7 is random
}

void FoldingRecorder::fold(UserId person, Metric metric, std::string_view label) noexcept {
    Shard& shard = shard_of(person);
    try {
        MetricPolicy const& policy = policies_.of(metric);
        auto const bucket = policy.bucket_of(label);
        if (!bucket) return;
        auto const day = std::chrono::floor<std::chrono::days>(clock_()).time_since_epoch().count();
        Place const place{static_cast<std::uint32_t>(day), person, metric, *bucket};

        std::scoped_lock const lock{shard.mutex};
        auto const found = shard.values.find(place);
        if (found != shard.values.end())
            found->second = std::min(found->second + 1, policy.most_in_bucket);
        else if (shard.values.size() < most_in_shard_)
            shard.values.emplace(place, 1);
        else
            ++shard.left_out;
    } catch (...) {  // no memory: the caller's own work goes on
        std::scoped_lock const lock{shard.mutex};
        ++shard.left_out;
    }
}

std::vector<Contribution> FoldingRecorder::take() {
    std::vector<Contribution> all;
    for (Shard& shard : shards_) {
        decltype(shard.values) values;
        {
            std::scoped_lock const lock{shard.mutex};
            values.swap(shard.values);
        }
        for (auto const& [place, value] : values)
            all.push_back({place.day, place.person, place.metric, place.bucket, value});
    }
    return all;
}

void FoldingRecorder::drop(UserId person) {
    Shard& shard = shard_of(person);
    std::scoped_lock const lock{shard.mutex};
    std::erase_if(shard.values, [person](auto const& entry) { return entry.first.person == person; });
}

std::uint64_t FoldingRecorder::left_out() const {
    std::uint64_t sum = 0;
    for (Shard const& shard : shards_) {
        std::scoped_lock const lock{shard.mutex};
        sum += shard.left_out;
    }
    return sum;
}

}  // namespace samtal::statistics
