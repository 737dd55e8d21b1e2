#pragma once

#include "samtal/calls/call_follower.hpp"
#include "samtal/dialing/dialing.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace samtal::dialing {

/// What a switch's news say of a request.
struct Development {
    CallState state;
    std::optional<FailReason> reason = std::nullopt;

    friend bool operator==(Development const&, Development const&) = default;
};
[[nodiscard]] Development development(calls::CallNews const&) noexcept;

/// News of calls that overtook the switch's answer, in which it names them: kept while switches are being asked,
/// and by this server only. Any thread.
class EarlyNews {
public:
    void asking();
    void answered();
    /// Keeps what is furthest; nothing while no switch is asked.
    void keep(std::string const& call, Development const&);
    [[nodiscard]] std::optional<Development> of(std::string const& call) const;

private:
    static constexpr std::size_t most = 10'000;

    mutable std::mutex mutex_;
    std::size_t asked_ = 0;
    std::unordered_map<std::string, Development> news_;
};

}  // namespace samtal::dialing
