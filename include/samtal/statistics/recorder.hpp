#pragma once

#include "samtal/core/permit.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace samtal::statistics {

/// The published figures. The numbers go into frames: never reuse one.
enum class Metric : std::uint16_t {
    active_users = 1,
    sign_ins = 2,
    message_sent = 3,
    calls_answered = 4,
    calls_missed = 5,
    call_minutes = 6,     // label: minutes_class()
    client_platform = 7,  // label: android, ios, …
    app_version = 8       // label: as in config/statistics.toml, else counted as "other"
};

/// The coarse class of a call's talking time, so that one long call moves a figure as little as a short one.
[[nodiscard]] std::string_view minutes_class(std::chrono::seconds talked) noexcept;

/// Where rooms say that something happened. Folds in memory, writes about once a minute, in bulk, under a
/// pseudonym; costs the caller a few hundred nanoseconds and never fails. Any thread.
class Recorder {
public:
    virtual ~Recorder() = default;

    /// `acting` is the permit under which the event itself was processed: nobody counts what they could not do.
    template <Purpose P>
    void record([[maybe_unused]] Permit<P> const& acting, UserId person, Metric metric,
                std::string_view label = {}) {
        fold(person, metric, label);
    }

private:
    virtual void fold(UserId person, Metric, std::string_view label) noexcept = 0;
};

}  // namespace samtal::statistics
