#pragma once

#include "samtal/core/secret.hpp"
#include "samtal/dialing/dialing_room.hpp"

#include <atomic>

namespace samtal::dialing {

/// What came back from a switch.
struct SwitchAnswer {
    std::optional<FailReason> problem;  // unreachable, refused or timeout; else the switch took it
    std::string body;
};

/// One HTTP request to a switch, blocking: use a WorkPool. It follows no redirect, uses no proxy, reads 64 KiB at
/// most, and connects only where the options allow.
class SwitchClient {
public:
    explicit SwitchClient(DialingOptions options);
    ~SwitchClient();
    SwitchClient(SwitchClient const&) = delete;
    SwitchClient& operator=(SwitchClient const&) = delete;

    [[nodiscard]] SwitchAnswer post(std::string const& url, Secret const& credential,
                                    std::string const& body) const;
    [[nodiscard]] bool may_call(std::string const& url) const;
    /// Ends what is under way within a second.
    void stop() noexcept { stopping_ = true; }

private:
    DialingOptions options_;
    std::atomic<bool> stopping_ = false;
};

}  // namespace samtal::dialing
