#pragma once

#include "calls/call_history.hpp"
#include "samtal/consent/gate.hpp"
#include "support/run.hpp"

namespace samtal::calls {

/// Somebody who wants a call history, and permits for it.
class HistoryPermits final : public consent::StandingRepository {
public:
    HistoryPermits() { gate_.use(*this); }
    Task<Result<std::optional<DecisionId>>> consent(Principal, std::string_view) override {
        co_return DecisionId{boost::uuids::uuid{{1}}};
    }
    Task<Result<bool>> objects(Principal, std::string_view) override { co_return false; }

    HistoryPermit permit() {
        Principal const who{OrganisationId{boost::uuids::uuid{{2}}}, UserId{boost::uuids::uuid{{3}}},
                            SessionId::nil()};
        return *testing::run(gate_.permit<purpose::CallHistory>(who, who.user));
    }

private:
    consent::Gate gate_;
};

}  // namespace samtal::calls
