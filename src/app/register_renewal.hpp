#pragma once

#include "samtal/consent/consent.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <string>

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

private:
    Task<Result<void>> record(std::string digest);

    storage::Database& db_;
    PermitIssuer& permits_;
    consent::Notices& notices_;
    boost::asio::any_io_executor executor_;
};

/// A line in the log for each recipient whose agreement has ended.
void warn_of_expired_agreements(std::string const& path);

}  // namespace samtal::app
