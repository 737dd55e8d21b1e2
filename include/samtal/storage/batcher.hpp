#pragma once

#include "samtal/core/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <span>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace samtal::storage {

/// An item that says whose share of a group it takes: the person who sends it.
template <class Item>
concept Shared = requires(Item const& item) { item.share(); };

/// An item that says after the work that nothing was done yet, and that it is to come again.
template <class Item>
concept Postponed = requires(Item const& item) {
    { item.postponed() } -> std::same_as<bool>;
};

/// Does in groups what arrives one by one: while a group is under way, what arrives waits, and the next group
/// takes it all. No fixed delay, so latency stays near one round trip and throughput grows with load.
///
/// Where more wait than a group holds and items are Shared, all have equal shares of it, in the order in which
/// each one's arrived; and nobody may fill more than an eighth of the queue.
///
/// What is Postponed comes again in the next group, before what arrived later; every 50 ms where nothing else
/// waits.
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

    /// Called on the executor with a group that was worked on; `resume` resumes its callers, and leaves the items
    /// empty. What it tells others before that, the callers' answers do not overtake.
    using Finish = std::function<void(std::span<Item>, std::function<void()> const& resume)>;

    Batcher(Options options, Work work, Finish finish = {})
        : options_{std::move(options)}, work_{std::move(work)}, finish_{std::move(finish)} {}

    /// True: `item` was worked on. False at once: too many are waiting. Resumes on the caller's executor.
    Task<bool> submit(Item& item) {
        std::exception_ptr failure;
        bool const taken = co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(bool)>(
            [this, &item, &failure](auto handler) {
                auto const executor = boost::asio::get_associated_executor(handler);
                Waiting waiting{&item, &failure, executor, nullptr};
                waiting.caller = std::make_unique<CallerOf<decltype(handler)>>(std::move(handler));
                if (!enqueue(waiting))
                    boost::asio::post(executor, [c = std::move(waiting.caller)] { c->resume(false); });
            },
            boost::asio::use_awaitable);
        if (failure) std::rethrow_exception(failure);
        co_return taken;
    }

private:
    class Caller {
    public:
        virtual ~Caller() = default;
        virtual void resume(bool worked) = 0;
    };
    template <class Handler>
    class CallerOf final : public Caller {
    public:
        explicit CallerOf(Handler handler) : handler_{std::move(handler)} {}
        void resume(bool worked) override { std::move(handler_)(worked); }

    private:
        Handler handler_;
    };
    struct Waiting {
        Item* item;  // lives in its submitter's frame until that is resumed
        std::exception_ptr* failure;
        boost::asio::any_io_executor executor;
        std::unique_ptr<Caller> caller;
    };

    /// Takes the item, unless there is no room for it.
    bool enqueue(Waiting& waiting) {
        {
            std::scoped_lock const lock{mutex_};
            if (waiting_.size() >= options_.waiting || !shares_.admit(*waiting.item, options_.waiting / 8))
                return false;
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
        if (waiting_.size() <= options_.group) {
            shares_.clear();
            return std::exchange(waiting_, {});
        }
        return take_shares();
    }

    std::vector<Waiting> take_shares() {
        std::vector<Waiting> group;
        std::vector<Waiting> rest;
        group.reserve(options_.group);
        rest.reserve(waiting_.size());
        Shares taken;
        std::size_t const share = std::max<std::size_t>(1, options_.group / shares_.holders());
        for (Waiting& waiting : waiting_) {
            bool const mine = group.size() < options_.group && taken.admit(*waiting.item, share);
            if (mine) shares_.give_back(*waiting.item);
            (mine ? group : rest).push_back(std::move(waiting));
        }
        waiting_ = std::move(rest);
        return group;
    }

    /// Puts what is to come again back to the front, and leaves the rest.
    void put_back_postponed(std::vector<Waiting>& group, std::vector<Item>& items) {
        if constexpr (Postponed<Item>) {
            std::vector<Waiting> back;
            std::size_t kept = 0;
            for (std::size_t i = 0; i < items.size(); ++i) {
                if (items[i].postponed()) {
                    *group[i].item = std::move(items[i]);
                    back.push_back(std::move(group[i]));
                } else if (auto const to = kept++; to != i) {
                    group[to] = std::move(group[i]);
                    items[to] = std::move(items[i]);
                }
            }
            if (back.empty()) return;
            group.erase(group.begin() + static_cast<std::ptrdiff_t>(kept), group.end());
            items.erase(items.begin() + static_cast<std::ptrdiff_t>(kept), items.end());
            std::scoped_lock const lock{mutex_};
            for (Waiting const& waiting : back) (void)shares_.admit(*waiting.item, options_.waiting);
            waiting_.insert(waiting_.begin(), std::move_iterator{back.begin()}, std::move_iterator{back.end()});
        }
    }

    Task<void> drain() {
        constexpr std::chrono::milliseconds between_looks{50};
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
            if (!failure) put_back_postponed(group, items);
            if (group.empty()) {
                boost::asio::steady_timer pause{options_.executor, between_looks};
                co_await pause.async_wait(boost::asio::use_awaitable);
                continue;
            }
            auto const resume = [&] {
                for (std::size_t i = 0; i < group.size(); ++i) {
                    *group[i].item = std::move(items[i]);
                    *group[i].failure = failure;
                }
                wake(std::move(group));
            };
            if (finish_ && !failure)
                finish_(items, resume);
            else
                resume();
        }
    }

    /// One hop for all callers of an executor.
    static void wake(std::vector<Waiting> group) {
        using Callers = std::vector<std::unique_ptr<Caller>>;
        std::vector<std::pair<boost::asio::any_io_executor, Callers>> places;
        for (Waiting& waiting : group) {
            auto place = std::ranges::find(places, waiting.executor, [](auto const& p) { return p.first; });
            if (place == places.end()) place = places.insert(place, {waiting.executor, Callers{}});
            place->second.push_back(std::move(waiting.caller));
        }
        for (auto& [executor, callers] : places)
            boost::asio::post(executor, [all = std::move(callers)] {
                for (auto const& caller : all) caller->resume(true);
            });
    }

    /// How many items everybody has; nothing where items are not Shared.
    class NoShares {
    public:
        bool admit(Item const&, std::size_t) { return true; }
        void give_back(Item const&) {}
        void clear() {}
        [[nodiscard]] std::size_t holders() const { return 1; }
    };
    template <Shared T>
    class SharesOf {
    public:
        /// One more, if there are fewer than `most`.
        bool admit(T const& item, std::size_t most) {
            std::size_t& count = counts_[item.share()];
            if (count >= most) return false;
            ++count;
            return true;
        }
        void give_back(T const& item) {
            auto const found = counts_.find(item.share());
            if (found != counts_.end() && --found->second == 0) counts_.erase(found);
        }
        void clear() { counts_.clear(); }
        [[nodiscard]] std::size_t holders() const { return std::max<std::size_t>(1, counts_.size()); }

    private:
        std::unordered_map<std::decay_t<decltype(std::declval<T const&>().share())>, std::size_t> counts_;
    };
    template <class T>
    struct Choose {
        using type = NoShares;
    };
    template <Shared T>
    struct Choose<T> {
        using type = SharesOf<T>;
    };
    using Shares = typename Choose<Item>::type;

    Options options_;
    Work work_;
    Finish finish_;
    std::mutex mutex_;
    std::vector<Waiting> waiting_;
    Shares shares_;
    unsigned busy_ = 0;
};

}  // namespace samtal::storage
