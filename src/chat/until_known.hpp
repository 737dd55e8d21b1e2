#pragma once

#include "samtal/core/result.hpp"
#include "samtal/core/task.hpp"
#include "samtal/storage/tx.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <type_traits>

namespace samtal::chat {

/// What an attempt that met a lock for too long does: wait for it again, or throw Locked.
enum class OnLock { wait, tell };

/// Makes an attempt again when the database went while it was under way, for up to twenty seconds: until the
/// database says what became of it, nobody can be told. The attempt must answer a repeat with the first answer.
template <class Attempt>
std::invoke_result_t<Attempt&> until_known(OnLock on_lock, Attempt attempt) {
    constexpr std::chrono::seconds longest_doubt{20};
    constexpr std::chrono::milliseconds between_attempts{20};
    boost::asio::steady_timer pause{co_await boost::asio::this_coro::executor};
    auto const give_up = std::chrono::steady_clock::now() + longest_doubt;
    for (bool in_doubt = false;;) {
        std::exception_ptr failure;
        bool locked = false;
        try {
            co_return co_await attempt();
        } catch (storage::InDoubt const&) {
            in_doubt = true;
            failure = std::current_exception();
        } catch (storage::Locked const&) {
            locked = true;
            failure = std::current_exception();
        } catch (Unavailable const&) {
            failure = std::current_exception();
        }
        bool const again = in_doubt || (locked && on_lock == OnLock::wait);
        if (!again || std::chrono::steady_clock::now() > give_up) std::rethrow_exception(failure);
        pause.expires_after(between_attempts);
        co_await pause.async_wait(boost::asio::use_awaitable);
    }
}

}  // namespace samtal::chat
