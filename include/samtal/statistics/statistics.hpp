#pragma once

#include "samtal/core/time.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/statistics/recorder.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/key_store.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::statistics {

struct StatisticsOptions {
    std::string labels_file;  // config/statistics.toml
    std::string worker_address = "127.0.0.1";
    unsigned short worker_port = 8091;
    std::string link_key_file;
    storage::LoginOptions keystore;  // as samtal_keystore
};

struct CloseReport {
    std::string date;         // the day whose figures were released, "2026-11-23"
    std::uint32_t epoch = 0;  // its number, see release.hpp
};

/// The server's side of anonymous statistics: folds, closes epochs, and sends what is released to the worker.
///
/// About once a minute it writes what was folded; two minutes after midnight UTC it closes the day: bounds each
/// person, adds noise, leaves out small figures, charges the privacy budget, deletes contributions and the epoch's
/// key. Releases wait in an outbox until the worker has confirmed them. Several servers share the work.
class Statistics {
public:
    /// Throws ops::ConfigError for the labels file and std::runtime_error for the link's key file. The references
    /// and the executor's loop outlive it. Everything asynchronous runs on `executor`, which must be one thread's.
    Statistics(StatisticsOptions const&, storage::Database&, storage::KeyRing const&, PermitIssuer&,
               boost::asio::any_io_executor executor, Clock clock = system_now);
    ~Statistics();
    Statistics(Statistics const&) = delete;
    Statistics& operator=(Statistics const&) = delete;

    [[nodiscard]] Recorder& recorder() noexcept;

    /// Begins the round of every minute. Once.
    void start();
    /// Writes what is folded and ends the rounds. Blocks, so not from the executor's thread; before the database
    /// closes.
    void stop();

    /// Closes today's epoch as it stands and returns when the worker has stored the release; what happens later
    /// today is released with the rest of the day. `conflict`/"budget-spent": nothing was released, the epoch
    /// stays open. Throws Unavailable when the worker has not stored it within 30 seconds: it is sent as soon as
    /// it can be.
    Task<Result<CloseReport>> close_epoch();

    /// Deletes what the open epochs hold of a person who is not to be counted. First commit why (objection,
    /// restriction, erasure): from then on nothing is added. Throws Unavailable.
    Task<void> forget(UserId);

private:
    class Service;
    std::shared_ptr<Service> service_;
};

/// POST /admin/statistics/close-epoch, for the admin socket's router.
void add_admin_routes(gateway::Router&, Statistics&);

/// What a figure of that count would be published as, before the threshold: independent draws of the release's own
/// sampler. Throws std::invalid_argument for an unknown metric or a count outside 0 to 10^15.
[[nodiscard]] std::vector<std::int64_t> draws(std::string const& labels_file, std::string_view metric,
                                              std::int64_t count, std::size_t number);

}  // namespace samtal::statistics
