#pragma once

#include "link_client.hpp"
#include "pg_release_repository.hpp"

namespace samtal::statistics {

/// Brings releases from the outbox to the worker: at least once, and the worker counts each once.
class Delivery {
public:
    Delivery(PgReleaseRepository& releases, LinkClient& link) : releases_{releases}, link_{link} {}

    /// Sends what waits. True when nothing waits any longer.
    Task<bool> deliver(StatisticsPermit const&);

private:
    void report(Epoch, int status);

    PgReleaseRepository& releases_;
    LinkClient& link_;
    int last_failure_ = -1;  // so that a worker that is down for an hour is one line in the log
};

}  // namespace samtal::statistics
