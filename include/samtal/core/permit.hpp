#pragma once

#include "samtal/core/principal.hpp"
#include "samtal/core/register.hpp"
#include "samtal/core/result.hpp"
#include "samtal/core/task.hpp"

#include <string_view>
#include <utility>

namespace samtal {

namespace consent {
class Gate;
}

/// Proof that `actor` may process data for purpose P now, within `scope`, and by which decision.
/// Functions that touch personal data take a Permit. Only the gate makes one, for one request or
/// frame; it moves along with that request and can neither be copied nor kept for the next.
template <Purpose P>
class [[nodiscard]] Permit {
public:
    Permit(Permit&&) noexcept = default;
    Permit& operator=(Permit&&) noexcept = default;
    Permit(Permit const&) = delete;
    Permit& operator=(Permit const&) = delete;
    ~Permit() = default;

    /// The person who acts; nil for a machine, the doorstep and an administrator.
    [[nodiscard]] UserId const& actor() const noexcept { return actor_.user; }
    [[nodiscard]] ActorKind kind() const noexcept { return actor_.kind; }
    /// The tenant; nil where it is not known yet (doorstep) or all are meant (jobs).
    [[nodiscard]] OrganisationId const& organisation() const noexcept { return actor_.organisation; }
    [[nodiscard]] DecisionId const& decision() const noexcept { return decision_; }
    [[nodiscard]] bool covers(Scope const& scope) const noexcept { return scope_ == scope; }

private:
    friend class PermitIssuer;
    Permit(Actor const& actor, Scope const& scope, DecisionId decision)
        : actor_{actor}, scope_{scope}, decision_{decision} {}

    Actor actor_;
    Scope scope_;
    DecisionId decision_;
};

/// What a restricted account (GDPR Art. 18) gets for all but sign-in, choices and rights.
inline constexpr Error processing_restricted{Errc::denied, "the processing of this account's data is restricted",
                                             "", "processing-restricted"};

/// How the edge and the jobs ask for permits without knowing the consent room.
class PermitIssuer {
public:
    virtual ~PermitIssuer() = default;

    /// For a signed-in person. `denied`: "consent-required" names the purpose; "processing-restricted".
    template <Purpose P>
        requires(P::callers.person)
    Task<Result<Permit<P>>> permit(Principal who, Scope scope) {
        if constexpr (P::honours_restriction)
            if (who.restricted) co_return processing_restricted;
        Result<DecisionId> const decision = co_await decide(who, P::name, P::basis, P::choice);
        if (!decision) co_return decision.error();
        co_return Permit<P>{Actor{ActorKind::person, who.organisation, who.user}, scope, *decision};
    }

    /// For somebody whom the call itself is to identify. The register says which purposes allow it.
    template <Purpose P>
        requires(P::callers.doorstep)
    [[nodiscard]] Permit<P> permit_doorstep() {
        return unattended<P>({ActorKind::doorstep, OrganisationId::nil(), UserId::nil()});
    }

    /// For a switch of `organisation`, or for a job of the server (nil: all organisations).
    template <Purpose P>
        requires(P::callers.machine)
    [[nodiscard]] Permit<P> permit_machine(OrganisationId organisation) {
        return unattended<P>({ActorKind::machine, organisation, UserId::nil()});
    }

    /// For an administrator who came through the admin socket.
    template <Purpose P>
        requires(P::callers.operator_)
    [[nodiscard]] Permit<P> permit_operator(OrganisationId organisation) {
        return unattended<P>({ActorKind::operator_, organisation, UserId::nil()});
    }

private:
    friend class consent::Gate;  // the private constructor lets no other class derive from this one
    PermitIssuer() = default;

    template <Purpose P>
    [[nodiscard]] Permit<P> unattended(Actor const& actor) {
        return Permit<P>{actor, actor.organisation, standing_decision(P::name)};
    }

    virtual Task<Result<DecisionId>> decide(Principal, std::string_view purpose, Basis, Choice) = 0;
    /// The register's own entry, for purposes that ask nobody.
    virtual DecisionId standing_decision(std::string_view purpose) = 0;
};

}  // namespace samtal
