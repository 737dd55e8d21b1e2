#pragma once

#include "outbox.hpp"
#include "samtal/delivery/delivery.hpp"
#include "samtal/storage/batcher.hpp"

#include <boost/asio/thread_pool.hpp>

#include <mutex>
#include <vector>

namespace samtal::delivery {

/// Tells the other servers whose sessions ended, by the key store, where their leases are, and hears it from them.
class Announcer final : public gateway::Endings {
public:
    Announcer(DeliveryParts const&, Outbox&);

    void listen();
    [[nodiscard]] bool in_touch() const noexcept override { return parts_.nodes.holds_lease(); }
    Task<void> announce(std::vector<gateway::Ending>) override;
    void changed(UserId, SessionId) override;
    /// Tells what could not be told before.
    Task<void> try_again();
    void close();

private:
    using Notices = std::vector<std::string>;
    Task<void> tell(std::span<Notices>);
    void hear(std::string_view notice);

    static constexpr unsigned lanes = 4;
    DeliveryParts parts_;
    Outbox& outbox_;
    Seal seal_;
    boost::asio::thread_pool pool_{lanes};  // telling blocks
    storage::Batcher<Notices> batcher_;
    std::mutex mutex_;
    Notices untold_;
};

}  // namespace samtal::delivery
