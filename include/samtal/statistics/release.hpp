#pragma once

#include "samtal/statistics/recorder.hpp"
#include "samtal/storage/key_store.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::ops {
class ConfigFile;
}

// What both ends of the line from the server to its worker know: what is promised for each metric, and the frames.
namespace samtal::statistics {

/// A fraction of integers: there is no floating point between a count and its release.
struct Ratio {
    std::uint64_t numerator;
    std::uint64_t denominator;
};

/// What config/statistics.toml says about one metric.
struct MetricPolicy {
    Metric metric{};
    std::string_view name;             // as in the API
    std::uint32_t micro_epsilon = 0;   // millionths, for one person and one release
    std::uint32_t most_buckets = 1;    // buckets a person may be in
    std::uint32_t most_in_bucket = 1;  // and their most in one
    Ratio noise_scale{1, 1};           // most_buckets * most_in_bucket / epsilon
    std::int64_t threshold = 1;        // least noisy value that is published; above 0
    std::vector<std::string> labels;   // a bucket's number is its label's place

    /// The bucket of a label; that of "other" for one that is not listed. Metrics without labels have one bucket.
    [[nodiscard]] std::optional<std::uint16_t> bucket_of(std::string_view label) const noexcept;
};

/// The least threshold at which a bucket that holds one person alone is published with probability delta at most:
/// L + ceil(b ln(c / (delta (1 + exp(-1/b))))), where delta = 10^-delta_exponent.
[[nodiscard]] std::int64_t least_threshold(MetricPolicy const&, unsigned delta_exponent);

class Policies {
public:
    /// Throws ops::ConfigError, also for a threshold below the least.
    static Policies load(std::string const& file);
    static Policies parse(std::string_view toml, std::string name);

    [[nodiscard]] MetricPolicy const& of(Metric) const;
    /// Null for an unknown name.
    [[nodiscard]] MetricPolicy const* find(std::string_view name) const noexcept;
    /// Null for a number no metric has.
    [[nodiscard]] MetricPolicy const* find(std::uint16_t metric) const noexcept;
    /// In the order of their numbers.
    [[nodiscard]] std::vector<MetricPolicy> const& all() const noexcept { return all_; }
    /// What all releases of a calendar year may cost together.
    [[nodiscard]] std::int64_t yearly_micro_epsilon() const noexcept { return yearly_micro_epsilon_; }
    [[nodiscard]] unsigned delta_exponent() const noexcept { return delta_exponent_; }

private:
    static Policies read(ops::ConfigFile&);

    std::vector<MetricPolicy> all_;
    std::int64_t yearly_micro_epsilon_ = 0;
    unsigned delta_exponent_ = 8;
};

/// The time that is released at once: a UTC day, or a part of one where an epoch was closed by hand. Its number is
/// the day since 1970-01-01 times 4096, plus its place on that day, so that numbers grow and each is released
/// once.
using Epoch = std::uint32_t;
inline constexpr Epoch epochs_a_day = 4096;
[[nodiscard]] constexpr std::uint32_t day_of(Epoch epoch) noexcept {
    return epoch / epochs_a_day;
}
[[nodiscard]] constexpr Epoch first_epoch(std::uint32_t day) noexcept {
    return day * epochs_a_day;
}

/// What leaves the server: four integers, no string, nobody's id. Only ReleaseGate makes one, so a raw count has
/// no way out.
class Frame {
public:
    /// Instead of a figure below the threshold. Published figures reach the threshold, so none is negative.
    static constexpr std::int64_t suppressed = -1;
    static constexpr std::size_t size = 16;  // u16 metric, u16 bucket, u32 epoch, i64 value: big-endian

    void append_to(std::string& bytes) const;

private:
    friend class ReleaseGate;
    Frame(Metric metric, std::uint16_t bucket, Epoch epoch, std::int64_t value)
        : metric_{metric}, bucket_{bucket}, epoch_{epoch}, value_{value} {}

    Metric metric_;
    std::uint16_t bucket_;
    Epoch epoch_;
    std::int64_t value_;
};

/// A frame as the worker reads it.
struct ReceivedFrame {
    std::uint16_t metric;
    std::uint16_t bucket;
    Epoch epoch;
    std::int64_t value;
};

/// Nothing for bytes that are no whole frames, or no frames at all.
[[nodiscard]] std::optional<std::vector<ReceivedFrame>> read_frames(std::string_view bytes);

/// The header that proves where frames come from: keyed BLAKE2b over them, in lower-case hex.
inline constexpr std::string_view link_header = "samtal-frames-mac";
[[nodiscard]] std::string link_mac(storage::Key const&, std::string_view frames);
/// Compares in constant time.
[[nodiscard]] bool link_mac_is_genuine(storage::Key const&, std::string_view frames, std::string_view mac);
/// The key file that both ends share. Throws std::runtime_error that names the file, never its content.
[[nodiscard]] storage::Key read_link_key(std::string const& file);

}  // namespace samtal::statistics
