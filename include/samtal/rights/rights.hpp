#pragma once

#include "samtal/calls/phone_numbers.hpp"
#include "samtal/consent/notice.hpp"
#include "samtal/core/time.hpp"
#include "samtal/gateway/event_log.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/identity/identity.hpp"
#include "samtal/ops/mailer.hpp"
#include "samtal/register/register.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/signing.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace samtal::rights {

/// What the room works with. All of it outlives the room.
struct RightsParts {
    storage::Database& db;      // for what a person waits for
    storage::Database& duties;  // connections of its own for archives and erasures, so that nobody waits for those
    storage::ColumnCipher& cipher;
    storage::SubjectKeys& keys;
    storage::KeyRing const& ring;
    storage::Signer const& signer;
    PermitIssuer& permits;
    identity::Identity& identity;
    calls::PhoneNumbers const& numbers;
    ops::Mailer& mailer;  // tells recipients
    /// The account's standing changed, and that is committed: forget what is known of its sessions, close its
    /// sockets.
    std::function<Task<void>(UserId)> end_access;
    /// Delete what the open statistics hold of a person who is not to be counted any more. May throw Unavailable.
    std::function<Task<void>(UserId)> uncount;
    boost::asio::any_io_executor executor;  // one thread's: where the jobs run
    /// An erasure changed this conversation, which nobody else tells its members.
    std::function<void(gateway::Head const&)> tell;
    /// The register as it stands now. Any thread.
    std::function<processing::Register()> in_force = processing::built_in;
    Clock clock = system_now;
};

/// What the operator has to keep an eye on (GDPR Art. 12(3)).
struct Workload {
    std::map<std::string, double> open;   // by kind, those not answered yet
    double overdue = 0;                   // past their deadline
    double days_to_nearest_deadline = 0;  // below zero when overdue; 0 when nothing is open
    double notices_waiting = 0;           // recipients who are not told yet (Art. 19)
    double notices_overdue = 0;           // for three days or more
};

/// The rights of people over their data (GDPR Art. 15 to 21): requests, archives, erasures with their
/// certificates.
class RightsRoom {
public:
    explicit RightsRoom(RightsParts const& parts);
    ~RightsRoom();
    RightsRoom(RightsRoom const&) = delete;
    RightsRoom& operator=(RightsRoom const&) = delete;

    /// /v1/privacy/requests and what lies below.
    void add_routes(gateway::Router&);
    /// /admin/privacy/…, for the admin socket's router only.
    void add_admin_routes(gateway::Router&);

    /// Begins the rounds: at once, every two seconds, and whenever something was asked for.
    void start();
    /// Ends the rounds after the step in hand; an erasure goes on at the next start. Blocks, so not from the
    /// executor's thread; before the databases close.
    void stop();

    /// Whether everybody who was erased is gone from this database too: false after a start until that was looked
    /// at, which matters when the database came out of a backup. Any thread.
    [[nodiscard]] bool erasures_replayed() const noexcept;
    /// As of the last round. Any thread.
    [[nodiscard]] Workload workload() const;

private:
    struct Built;
    std::unique_ptr<Built> built_;
};

}  // namespace samtal::rights
