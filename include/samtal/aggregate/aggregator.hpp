#pragma once

#include "samtal/net/http.hpp"
#include "samtal/storage/purpose_pool.hpp"

#include <memory>
#include <string>

namespace samtal::aggregate {

struct AggregatorOptions {
    std::string labels_file;         // config/statistics.toml, the same as the server's
    std::string link_key_file;       // shared with the server
    storage::LoginOptions database;  // samtal_statistics as samtal_aggregator
};

/// The worker: takes in frames of integers and publishes figures. It knows no person, no server database and no
/// key but the link's.
class Aggregator {
public:
    /// Throws ops::ConfigError and std::runtime_error for its files. Opens no connection yet.
    explicit Aggregator(AggregatorOptions const&);
    ~Aggregator();
    Aggregator(Aggregator const&) = delete;
    Aggregator& operator=(Aggregator const&) = delete;

    /// GET /v1/statistics and /healthz, for the private listener of whoever reads the figures.
    [[nodiscard]] net::Application& figures() noexcept;
    /// POST /frames, for the listener that only the server reaches.
    [[nodiscard]] net::Application& link() noexcept;
    /// Finishes what runs on the database. After the listeners have stopped.
    void close();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace samtal::aggregate
