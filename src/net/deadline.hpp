#pragma once

#include "any_stream.hpp"

#include <chrono>
#include <memory>

namespace samtal::net {

/// All time limits of one connection with one timer. Setting a limit costs a look at the clock: the timer is never
/// armed further ahead than the shortest limit there is, so it wakes in time for whatever was set meanwhile.
/// Used on the stream's executor only.
class Deadline {
public:
    enum class Then : unsigned char {
        cancel,  // end the operation under way; the connection can still say why
        close
    };

    /// `shortest`: no limit given to set() is shorter.
    Deadline(AnyStream, std::chrono::milliseconds shortest);
    ~Deadline();
    Deadline(Deadline const&) = delete;
    Deadline& operator=(Deadline const&) = delete;

    /// Replaces the limit and forgets that an earlier one was passed.
    void set(std::chrono::milliseconds, Then);
    /// No limit for now.
    void rest() noexcept;
    [[nodiscard]] bool passed() const noexcept;
    /// No limit any more, and none may follow: gives the timer up.
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace samtal::net
