#pragma once

#include "samtal/core/task.hpp"
#include "samtal/storage/key_store.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <string>

namespace samtal::statistics {

/// The line to the worker: it can send frames and nothing else. libcurl blocks, so it has a thread of its own.
class LinkClient {
public:
    LinkClient(std::string const& address, unsigned short port, storage::Key const& key);
    ~LinkClient();

    /// The worker's HTTP status; 0 when it cannot be reached. Resumes on the caller's executor.
    Task<int> post(std::string frames);
    /// Ends what is under way within a second.
    void stop() noexcept { stopping_ = true; }

private:
    static Task<int> perform_there(LinkClient& self, std::string frames);
    [[nodiscard]] int perform(std::string const& frames) const;

    std::string url_;
    storage::Key key_;
    std::atomic<bool> stopping_ = false;
    boost::asio::thread_pool thread_{1};
};

}  // namespace samtal::statistics
