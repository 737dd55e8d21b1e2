#pragma once

#include "samtal/consent/consent.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <string>
#include <vector>

namespace samtal::app {

/// Takes over the register as it stands in its file now. Blocks; for the main thread.
class RegisterRenewal {
public:
    RegisterRenewal(storage::Database& db, PermitIssuer& permits, consent::Notices& notices,
                    boost::asio::any_io_executor executor)
        : db_{db}, permits_{permits}, notices_{notices}, executor_{std::move(executor)} {}

    /// Whether it differs from the one in force. Throws ops::ConfigError for a register that is refused, and
    /// Unavailable when the change cannot be recorded; the old one stays then.
    bool renew(std::string const& path);

    /// Says to the database which terms consents bind to; a register that changed while no server ran is recorded.
    /// Once, before anybody is served; when the database does not answer, again each second until it does.
    void start();
    void stop();

private:
    Task<Result<void>> record(std::string digest, std::vector<consent::PurposeText> purposes);
    Task<Result<void>> announce();
    static Task<void> keep_announcing(RegisterRenewal& self);

    storage::Database& db_;
    PermitIssuer& permits_;
    consent::Notices& notices_;
    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer timer_{executor_};
    std::atomic<bool> stopping_{false};
};

/// A line in the log for each recipient whose agreement has ended.
void warn_of_expired_agreements(std::string const& path);

}  // namespace samtal::app
