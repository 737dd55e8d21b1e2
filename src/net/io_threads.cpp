#include "samtal/net/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace samtal::net {

namespace {

/// A loop and the one thread that runs it.
class Loop {
public:
    Loop() : work_{context_.get_executor()}, thread_{[this] { context_.run(); }} {}

    [[nodiscard]] boost::asio::any_io_executor executor() { return context_.get_executor(); }
    void release() { work_.reset(); }
    void join() {
        if (thread_.joinable()) thread_.join();
    }

private:
    boost::asio::io_context context_{1};  // one thread: fewer wake-ups
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
};

}  // namespace

struct IoThreads::Impl {
    std::vector<std::unique_ptr<Loop>> loops;
    std::atomic<unsigned> turn{0};
};

IoThreads::IoThreads(unsigned threads) : impl_{std::make_unique<Impl>()} {
    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned n = 0; n < threads; ++n) impl_->loops.push_back(std::make_unique<Loop>());
}

IoThreads::~IoThreads() {
    join();
}

boost::asio::any_io_executor IoThreads::next() {
    auto const turn = impl_->turn.fetch_add(1, std::memory_order_relaxed);
    return impl_->loops[turn % impl_->loops.size()]->executor();
}

boost::asio::any_io_executor IoThreads::first() {
    return impl_->loops.front()->executor();
}

void IoThreads::join() {
    // What is left to do in one loop may hand work to another: all are released before any is waited for.
    for (auto const& loop : impl_->loops) loop->release();
    for (auto const& loop : impl_->loops) loop->join();
}

}  // namespace samtal::net
