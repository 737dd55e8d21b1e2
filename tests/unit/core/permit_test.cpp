#include "samtal/consent/gate.hpp"
#include "samtal/core/personal.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <type_traits>

namespace samtal {
namespace {

using testing::run;

// What must not compile is part of the contract, so it is tested too.
using Chat = Permit<purpose::ChatMessaging>;
using History = Permit<purpose::CallHistory>;
static_assert(!std::is_default_constructible_v<Chat>);
static_assert(!std::is_constructible_v<Chat, Actor, Scope, DecisionId>);
static_assert(!std::is_copy_constructible_v<Chat> && !std::is_copy_assignable_v<Chat>);
static_assert(!std::is_convertible_v<History, Chat>);
static_assert(!std::is_convertible_v<ConversationId, UserId>);

struct Forger final : PermitIssuer {
    Task<Result<DecisionId>> decide(Principal, std::string_view, Basis, Choice) override {
        throw std::logic_error{"forged"};
    }
    DecisionId standing_decision(std::string_view) override { throw std::logic_error{"forged"}; }
};
static_assert(!std::is_default_constructible_v<Forger>);

using MessageText = Personal<std::string, field::MessagesText>;
using CallNumber = Personal<std::string, field::CallsCounterpart>;
using GivenName = Personal<std::string, field::ProfilesGivenName>;
template <class Value, class P>
concept Opens = requires(Value const value, P const permit) { value.open(permit); };
static_assert(Opens<MessageText, Chat> && !Opens<MessageText, History>);
static_assert(Opens<CallNumber, History> && !Opens<CallNumber, Chat>);
static_assert(Opens<GivenName, Permit<purpose::ProfileDirectory>> && !Opens<GivenName, Chat>);
static_assert(!Opens<MessageText, Permit<purpose::RightsAndEvidence>>);
static_assert(!Opens<MessageText, Permit<purpose::ResellerService>>);
static_assert(!Opens<MessageText, Permit<purpose::AnonymousStatistics>>);

// Who may act under a purpose is in its type: nobody reads a call history from the doorstep.
template <class P>
concept DoorstepMay = requires(PermitIssuer& issuer) { issuer.permit_doorstep<P>(); };
template <class P>
concept OperatorMay = requires(PermitIssuer& issuer) { issuer.permit_operator<P>(OrganisationId::nil()); };
static_assert(DoorstepMay<purpose::AccountLogin> && !DoorstepMay<purpose::CallHistory>);
static_assert(!DoorstepMay<purpose::ChatMessaging>);
static_assert(OperatorMay<purpose::ResellerService> && !OperatorMay<purpose::ChatMessaging>);
static_assert(!OperatorMay<purpose::CallHistory>);

Principal const alice{OrganisationId::parse("00000000-0000-7000-8000-000000000001").value(),
                      UserId::parse("00000000-0000-7000-8000-000000000011").value(), SessionId::nil()};

struct Standings final : consent::StandingRepository {
    std::map<std::string, DecisionId, std::less<>> given;
    Task<Result<std::optional<DecisionId>>> consent(Principal, std::string_view purpose) override {
        auto const found = given.find(purpose);
        if (found == given.end()) co_return std::optional<DecisionId>{};
        co_return std::optional{found->second};
    }
    std::set<std::string, std::less<>> objections;
    Task<Result<bool>> objects(Principal, std::string_view purpose) override {
        co_return objections.contains(purpose);
    }
};

class PermitTest : public ::testing::Test {
protected:
    PermitTest() { gate.use(standings); }

    Standings standings;
    consent::Gate gate;
};

TEST_F(PermitTest, IsRefusedOnceConsentIsWithdrawnAndNamesThePurpose) {
    standings.given.emplace("call_history", DecisionId::nil());
    EXPECT_TRUE(run(gate.permit<purpose::CallHistory>(alice, alice.user)));
    standings.given.clear();
    auto const refused = run(gate.permit<purpose::CallHistory>(alice, alice.user));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().problem.text(), "consent-required");
    EXPECT_EQ(refused.error().purpose, "call_history");
}

TEST_F(PermitTest, AsksNobodyForAContract) {
    EXPECT_TRUE(run(gate.permit<purpose::ChatMessaging>(alice, alice.user)));
}

/// Asks for a permit under P where the register lets people object to it; true when one was given.
template <class P>
std::optional<bool> permitted(consent::Gate& gate) {
    if constexpr (P::choice == Choice::object && P::callers.person) {
        auto const permit = run(gate.permit<P>(alice, alice.user));
        if (!permit) EXPECT_EQ(permit.error().purpose, P::name);
        return permit.has_value();
    } else {
        return std::nullopt;
    }
}

TEST_F(PermitTest, J1_IsRefusedForEachPurposeThatThePersonObjectsToAndForNoOther) {
    std::map<std::string_view, std::function<std::optional<bool>()>> const objectable{
        {purpose::AnonymousStatistics::name, [this] { return permitted<purpose::AnonymousStatistics>(gate); }},
        {purpose::SecurityAbuse::name, [this] { return permitted<purpose::SecurityAbuse>(gate); }},
    };
    for (std::size_t n = 0; n < purpose_names.size(); ++n)
        EXPECT_EQ(objectable.contains(purpose_names[n]), purpose_choices[n] == Choice::object) << purpose_names[n];
    for (auto const& [name, ask] : objectable) {
        standings.objections = {"some_other", std::string{name}};
        EXPECT_EQ(ask(), std::optional{false}) << name;
        standings.objections = {"some_other"};
        EXPECT_EQ(ask(), std::optional{true}) << name;
    }
}

TEST_F(PermitTest, CoversItsScopeAndNothingElse) {
    auto const lobby = ConversationId::parse("00000000-0000-7000-8000-000000000021").value();
    auto const permit = run(gate.permit<purpose::ChatMessaging>(alice, lobby));
    EXPECT_TRUE(permit->covers(lobby));
    EXPECT_FALSE(permit->covers(ConversationId::nil()));
    EXPECT_FALSE(permit->covers(alice.user));
}

TEST_F(PermitTest, HasTheSameDecisionOnEveryServer) {
    consent::Gate other;
    EXPECT_EQ(gate.permit_doorstep<purpose::AccountLogin>().decision(),
              other.permit_doorstep<purpose::AccountLogin>().decision());
}

TEST(Personal, PrintsNoContent) {
    EXPECT_EQ(fmt::format("text={}", MessageText{"my diagnosis"}), "text=[personal]");
}

}  // namespace
}  // namespace samtal
