#pragma once

#include "samtal/calls/calls.hpp"
#include "samtal/core/task.hpp"

#include <string>
#include <vector>

namespace samtal::calls {

/// What a switch said of one call: while it happened, or by its record.
struct CallNews {
    std::string source_call_id;
    Progress progress;
    Outcome outcome = Outcome::answered;  // of what is over
};

/// Whoever asked for calls and wants to know how they go on.
class CallFollower {
public:
    virtual ~CallFollower() = default;
    /// Of most calls it knows nothing. News come late, repeated and out of order. An Error is the switch's answer,
    /// which then tells again.
    virtual Task<Result<void>> follow(SetupPermit const&, SwitchId, std::vector<CallNews>) = 0;
};

}  // namespace samtal::calls
