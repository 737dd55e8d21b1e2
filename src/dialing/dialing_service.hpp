#pragma once

#include "early_news.hpp"
#include "pg_dialing_repository.hpp"
#include "samtal/ops/work_pool.hpp"
#include "switch_client.hpp"

#include <atomic>

namespace samtal::dialing {

/// Asks switches to connect people, and tells people how far their calls have come.
class DialingService final : public calls::CallFollower {
public:
    DialingService(DialingParts const& parts, PgDialingRepository& rows, DialingOptions const& options)
        : parts_{parts}, rows_{rows}, client_{options} {}

    /// Returns once the request is stored; the switch is asked meanwhile. `exhausted` while many switches are
    /// asked.
    Task<Result<CallRequestId>> request(CallPermit, WantedCall);
    Task<Result<CallRequest>> find(CallPermit const&, CallRequestId);
    /// What a switch tells on its own.
    Task<Result<void>> report(CallPermit const&, SwitchId, SwitchReport);
    /// What a switch tells of all its calls: those that somebody asked for go on.
    Task<Result<void>> follow(CallPermit const&, SwitchId, std::vector<calls::CallNews>) override;
    /// `invalid` for a URL that the configuration does not allow.
    Task<Result<void>> set_callback(OperatorPermit const&, NewCallback const&);
    Task<Result<void>> remove_callback(OperatorPermit const&, SwitchId);
    void close();

private:
    static constexpr std::size_t most_under_way = 64;

    static Task<void> connect(DialingService& self, OrganisationId organisation, OpenedRequest request);
    Task<void> catch_up(CallPermit const&, SwitchId, SwitchReport const& answer);
    Task<SwitchReport> ask(CallPermit const&, OpenedRequest const&);

    DialingParts parts_;
    PgDialingRepository& rows_;
    SwitchClient client_;
    std::atomic<std::size_t> under_way_ = 0;
    EarlyNews early_;
    ops::WorkPool pool_{4, most_under_way};
};

}  // namespace samtal::dialing
