#pragma once

#include "connection.hpp"
#include "recent_keys.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/nodes.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace samtal::storage {

/// This server among those of the key store. A thread of its own renews the lease under which `recent` may be
/// used, drops from it who was erased elsewhere, hands on what other servers tell, and says which epoch's key file
/// it can read. It hears of an erasure or a notice by a notification, and at the latest when it renews.
class PgKeyNode {
public:
    /// An erasure that waits this long has outlived every lease that did not see it.
    static constexpr std::chrono::milliseconds lease{1000};

    PgKeyNode(LoginOptions, std::string keys_directory, RecentKeys& recent);
    /// Leaves: nobody waits for it.
    ~PgKeyNode();
    PgKeyNode(PgKeyNode const&) = delete;
    PgKeyNode& operator=(PgKeyNode const&) = delete;

    [[nodiscard]] std::string const& id() const noexcept { return id_; }
    [[nodiscard]] boost::uuids::uuid uuid() const noexcept { return uuid_; }
    void listen(Nodes::Listener);
    /// The others as of the last renewal.
    [[nodiscard]] std::vector<boost::uuids::uuid> others() const;
    /// Whether what is kept in memory may be used now.
    [[nodiscard]] bool holds_lease() const noexcept;
    /// Whether the key store did not answer when last asked.
    [[nodiscard]] bool store_is_gone() const noexcept { return store_is_gone_; }

private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    void work();
    void round(std::optional<Connection>&);
    /// True when something was seen that the others wait to hear of: renew again at once.
    bool renew(Connection&);
    void apply_erasures(Tx&, std::int64_t newest);
    void pass_on_notices(Tx&, std::int64_t newest);
    void note_others(std::string_view ids);
    bool can_read(int epoch) const;
    void wait(std::optional<Connection>&);
    void leave(std::optional<Connection>&);

    LoginOptions login_;
    std::string keys_directory_;
    RecentKeys& recent_;
    boost::uuids::uuid const uuid_;
    std::string const id_;
    int known_epoch_ = 0;
    std::int64_t generation_ = -1;
    SteadyTime renewed_at_{};
    std::atomic<SteadyTime> lease_until_{SteadyTime{}};
    mutable std::mutex mutex_;  // for what follows
    Nodes::Listener listener_;
    std::vector<boost::uuids::uuid> others_;
    std::atomic<bool> store_is_gone_ = false;
    std::atomic<bool> stopping_ = false;
    int wake_;  // an eventfd
    std::thread thread_;
};

}  // namespace samtal::storage
