#pragma once

#include "samtal/core/principal.hpp"
#include "samtal/core/result.hpp"
#include "samtal/core/task.hpp"
#include "samtal/gateway/ask.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace samtal::gateway {

/// What the gateway asks of the rooms that know people and machines, so that it depends on neither.
class Authenticator {
public:
    virtual ~Authenticator() = default;
    /// An access token of a standing session of an active account.
    virtual Task<Result<Principal>> person(std::string_view access_token) = 0;
    /// A switch's token, or "switch_id:token" of Basic. The answer's session field holds the switch's id.
    virtual Task<Result<Principal>> machine(std::string_view token, std::optional<SwitchId> claimed) = 0;
};

/// Remembers answers to requests that carried an Idempotency-Key, for 24 hours.
class IdempotencyStore {
public:
    struct Earlier {
        int status;
        std::string json;
    };
    virtual ~IdempotencyStore() = default;
    /// Nothing: go on. An answer: repeat it. Errors: `conflict`/"in-progress", `invalid`/"idempotency-key-reused"
    /// (422).
    virtual Task<Result<std::optional<Earlier>>> begin(Principal, std::string_view route, std::string_view key,
                                                       std::string_view body) = 0;
    /// Keeps the answer, or forgets the request when it failed (no status).
    virtual Task<void> finish(Principal, std::string_view route, std::string_view key,
                              std::optional<Earlier> answer) = 0;
};

}  // namespace samtal::gateway
