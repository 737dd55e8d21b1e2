#pragma once

#include "samtal/core/id.hpp"
#include "samtal/core/permit.hpp"
#include "samtal/core/task.hpp"
#include "samtal/presence/presence.hpp"
#include "samtal/storage/database.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace samtal::presence {

/// Brings calls into Presence: asks, for each person who begins to talk, whether they show it, and again whenever
/// that may have changed. Until it is known, and when it cannot be read, nothing is shown. Any thread.
class CallPresence {
public:
    /// All of it outlives this; the executor is one thread's.
    struct Parts {
        Presence& presence;
        storage::Database& db;
        PermitIssuer& permits;
        boost::asio::any_io_executor executor;
    };
    explicit CallPresence(Parts parts) : parts_{std::move(parts)} {}

    /// A person begins to talk, or ends. Does not block.
    void call(OrganisationId, UserId, bool on_a_call);
    /// They changed their mind, here or at another server, and that is committed.
    void changed(UserId);
    /// Another server's word may have been missed.
    void changed();

private:
    struct Call {
        OrganisationId organisation;
        std::uint64_t question;  // the latest: answers to earlier ones are old
    };
    void ask(UserId, Call&);
    static Task<void> read(CallPresence& self, UserId user, Call asked);
    Task<bool> shows(UserId, OrganisationId);

    Parts parts_;
    std::mutex mutex_;
    std::unordered_map<UserId, Call> calls_;
    std::uint64_t questions_ = 0;
};

}  // namespace samtal::presence
