#pragma once

#include "samtal/core/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace samtal::storage {

/// Does in groups what arrives one by one: while a group is under way, what arrives waits, and the next group
/// takes it all. No fixed delay, so latency stays near one round trip and throughput grows with load.
template <class Item>
class Batcher {
public:
    struct Options {
        boost::asio::any_io_executor executor;  // where groups are worked on
        std::size_t group = 512;                // most items of one group
        std::size_t waiting = 20'000;           // most items that may wait
        unsigned lanes = 1;                     // groups at the same time; one keeps the order of arrival
    };
    /// Sets each item's outcome. What it throws is thrown to every waiting caller of the group.
    using Work = std::function<Task<void>(std::span<Item>)>;

    Batcher(Options options, Work work) : options_{std::move(options)}, work_{std::move(work)} {}

    /// True: `item` was worked on. False at once: too many are waiting. Resumes on the caller's executor.
    Task<bool> submit(Item& item) {
        std::exception_ptr failure;
        bool const taken = co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(bool)>(
            [this, &item, &failure](auto handler) {
                auto const executor = boost::asio::get_associated_executor(handler);
                auto const resume = std::make_shared<decltype(handler)>(std::move(handler));
                auto const done = [resume, executor](bool worked) {
                    boost::asio::post(executor, [resume, worked]() mutable { std::move (*resume)(worked); });
                };
                if (!enqueue({&item, &failure, done})) done(false);
            },
            boost::asio::use_awaitable);
        if (failure) std::rethrow_exception(failure);
        co_return taken;
    }

private:
    struct Waiting {
        Item* item;  // lives in its submitter's frame until `done`
        std::exception_ptr* failure;
        std::function<void(bool)> done;
    };

    bool enqueue(Waiting waiting) {
        {
            std::scoped_lock const lock{mutex_};
            if (waiting_.size() >= options_.waiting) return false;
            waiting_.push_back(std::move(waiting));
            if (busy_ == options_.lanes) return true;  // whoever works takes it along
            ++busy_;
        }
        boost::asio::co_spawn(options_.executor, drain(), boost::asio::detached);
        return true;
    }

    std::vector<Waiting> take() {
        std::scoped_lock const lock{mutex_};
        if (waiting_.empty()) --busy_;
        std::size_t const size = std::min(waiting_.size(), options_.group);
        auto const end = waiting_.begin() + static_cast<std::ptrdiff_t>(size);
        std::vector<Waiting> group{std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end)};
        waiting_.erase(waiting_.begin(), end);
        return group;
    }

    Task<void> drain() {
        for (;;) {
            auto group = take();
            if (group.empty()) co_return;
            std::vector<Item> items;
            items.reserve(group.size());
            for (Waiting& waiting : group) items.push_back(std::move(*waiting.item));
            std::exception_ptr failure;
            try {
                co_await work_(items);
            } catch (...) {
                failure = std::current_exception();
            }
            for (std::size_t i = 0; i < group.size(); ++i) {
                *group[i].item = std::move(items[i]);
                *group[i].failure = failure;
                group[i].done(true);
            }
        }
    }

    Options options_;
    Work work_;
    std::mutex mutex_;
    std::vector<Waiting> waiting_;
    unsigned busy_ = 0;
};

}  // namespace samtal::storage
