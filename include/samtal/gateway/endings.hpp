#pragma once

#include "samtal/core/id.hpp"
#include "samtal/core/task.hpp"

#include <optional>
#include <vector>

namespace samtal::gateway {

/// Whose sessions ended, and that is committed. Neither field set: all of the person's.
struct Ending {
    UserId user;
    std::optional<SessionId> only = std::nullopt;
    std::optional<SessionId> but = std::nullopt;
};

/// The other servers of the deployment, as far as sessions concern them.
class Endings {
public:
    virtual ~Endings() = default;
    /// Whether this server has heard of all that ended; else nothing that it remembers of sessions may be used.
    [[nodiscard]] virtual bool in_touch() const noexcept = 0;
    /// When this resumes, no other server delivers anything to these sessions or takes their tokens any more. At
    /// most about a second. This server has seen to its own before.
    virtual Task<void> announce(std::vector<Ending>) = 0;
    /// The session's row changed: the others should read it again. Not waited for, and may be lost.
    virtual void changed(UserId, SessionId) = 0;
};

}  // namespace samtal::gateway
