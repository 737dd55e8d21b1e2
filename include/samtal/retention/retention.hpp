#pragma once

#include "samtal/core/register_texts.hpp"
#include "samtal/core/time.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/ops/metrics.hpp"
#include "samtal/register/register.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace samtal::retention {

struct RetentionOptions {
    std::chrono::minutes every{60};              // between two runs of the deployment, give or take a tenth
    unsigned batch_rows = 1000;                  // deleted in one transaction at most; fewer where that takes long
    double share = 0.3;                          // of a run's time in which it works; it rests for the others
    std::string time_zone = "Europe/Stockholm";  // in which an hour of faded calls begins, an IANA name
};

/// What the room works with. All of it outlives the room; everything asynchronous runs on `executor`, which must
/// be one thread's.
struct RetentionParts {
    storage::Database& db;
    storage::ColumnCipher& cipher;
    storage::KeyRing const& ring;
    PermitIssuer& permits;
    ops::Metrics& metrics;
    boost::asio::any_io_executor executor;
    /// The register as it stands now: whose periods hold. Any thread.
    std::function<processing::Register()> in_force = processing::built_in;
    Clock clock = system_now;
    ServiceClass service_class = register_service_class;  // whether there is anything to disclose to authorities
};

/// Deletes what is past its period, as the register's [expiry] says, and nothing of a person under a legal hold.
/// Calls fade: their numbers lose the last digits, then become tokens, and in the end only counts are left.
///
/// Each server tries about every `every`; an advisory lock elects the one that runs. A run deletes category by
/// category in bounded transactions and leaves a report. samtal_retention_overdue_rows{category} tells, about each
/// ten minutes, what should have been gone by now.
class RetentionRoom {
public:
    RetentionRoom(RetentionParts const&, RetentionOptions const&);
    ~RetentionRoom();
    RetentionRoom(RetentionRoom const&) = delete;
    RetentionRoom& operator=(RetentionRoom const&) = delete;

    /// POST /admin/retention/run, /admin/retention/reports, /admin/holds, …/release, …/list,
    /// /admin/authority-disclosure, …/{id}/release. For the admin socket's router only.
    void add_routes(gateway::Router&);

    /// Begins the rounds. Once.
    void start();
    /// Ends a run after its current transaction. Blocks, so not from the executor's thread; before the database
    /// closes.
    void stop();

private:
    struct Built;
    std::unique_ptr<Built> built_;
};

}  // namespace samtal::retention
