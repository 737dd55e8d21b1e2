#pragma once

#include "samtal/core/time.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/ops/metrics.hpp"
#include "samtal/register/register.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/key_store.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>

namespace samtal::audit {

/// What the room works with. All of it outlives the room. The executor is one thread's.
struct AuditParts {
    storage::Database& db;
    storage::ColumnCipher& cipher;
    storage::KeyRing const& keys;
    PermitIssuer& permits;
    ops::Metrics& metrics;
    boost::asio::any_io_executor executor;
    std::function<processing::Register()> current_register = processing::built_in;  // whose words drafts use
    Clock clock = system_now;
};

/// The audit trail: numbers and signs the leaves that all rooms append (storage/audit_leaf.hpp), lets named staff
/// look at a person, shows people who looked and who received their data, and keeps the breach register.
class AuditRoom {
public:
    /// Sets the gauges samtal_audit_leaves_waiting and samtal_audit_tree_size.
    explicit AuditRoom(AuditParts const& parts);
    ~AuditRoom();
    AuditRoom(AuditRoom const&) = delete;
    AuditRoom& operator=(AuditRoom const&) = delete;

    /// Begins to number leaves. Once.
    void start();
    /// Blocks until the round under way is over; before the database closes.
    void stop();

    /// GET /v1/privacy/access-log and /v1/privacy/disclosures.
    void add_routes(gateway::Router&);
    /// POST /admin/audit/checkpoint, …/prune, /admin/users/{id}/show, /admin/breaches, …/list, …/affected,
    /// …/{id}/close. For the admin socket's router only.
    void add_admin_routes(gateway::Router&);

private:
    struct Built;
    std::unique_ptr<Built> built_;
};

}  // namespace samtal::audit
