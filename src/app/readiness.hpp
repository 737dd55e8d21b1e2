#pragma once

#include "samtal/gateway/router.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/key_store.hpp"

#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <functional>
#include <mutex>
#include <string_view>

namespace samtal::app {

/// GET /healthz and /readyz. Alive: this answers. Ready: the database answers with the schema this program was
/// built for, and so does the key store; and who was erased is gone, also when the database came out of a backup.
class Readiness {
public:
    Readiness(storage::Database& db, storage::SubjectKeys& keys, std::function<bool()> erasures_replayed)
        : db_{db}, keys_{keys}, erasures_replayed_{std::move(erasures_replayed)} {}
    void add_routes(gateway::Router&);
    void stop() { prober_.join(); }

private:
    struct State {
        bool database;
        bool keys;
    };
    Task<Result<gateway::Reply>> ready();
    static Task<State> probe(Readiness& self);

    storage::Database& db_;
    storage::SubjectKeys& keys_;
    std::function<bool()> erasures_replayed_;
    boost::asio::thread_pool prober_{1};  // probes block
    std::mutex mutex_;
    State last_{};
    std::chrono::steady_clock::time_point asked_;
};

}  // namespace samtal::app
