#pragma once

#include "samtal/core/permit.hpp"

#include <map>
#include <optional>
#include <string_view>

namespace samtal::consent {

/// Where a person stands with a purpose about which they decide.
class StandingRepository {
public:
    virtual ~StandingRepository() = default;
    /// The ledger event by which they consent now; nothing when they do not. No cache: a withdrawal holds from the
    /// next request on.
    virtual Task<Result<std::optional<DecisionId>>> consent(Principal, std::string_view purpose) = 0;
    /// Whether they object to it (GDPR Art. 21). No cache either.
    virtual Task<Result<bool>> objects(Principal, std::string_view purpose) = 0;
};

/// Turns lawful basis, consent and objection into permits: the only maker of them. Purposes that leave nothing to
/// decide cost no query here; account state and restriction are checked by the row policies in the statement
/// itself.
class Gate final : public PermitIssuer {
public:
    Gate();
    /// Before the first permit is asked for under a purpose about which people decide. The repository needs
    /// permits itself.
    void use(StandingRepository& standings) noexcept { standings_ = &standings; }

private:
    Task<Result<DecisionId>> decide(Principal, std::string_view purpose, Basis, Choice) override;
    Task<Result<DecisionId>> unless_objected(Principal, std::string_view purpose);
    DecisionId standing_decision(std::string_view purpose) override;

    StandingRepository* standings_ = nullptr;
    std::map<std::string_view, DecisionId> register_entries_;
};

}  // namespace samtal::consent
