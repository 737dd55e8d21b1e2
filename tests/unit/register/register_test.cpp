#include "samtal/register/register.hpp"

#include "register/terms_codec.hpp"
#include "samtal/core/register.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace samtal::processing {
namespace {

PurposeEntry& history(Register& r) {
    return *std::ranges::find(r.purposes, "call_history", &PurposeEntry::name);
}

/// The terms of call_history, and the notice's version, after a change.
std::pair<std::string, std::string> after(std::function<void(Register&)> const& change) {
    Register r = built_in();
    change(r);
    history(r).terms_hash = terms_hash(r, history(r));
    return {history(r).terms_hash, notice_version(r)};
}

TEST(Register, A2_HoldsThePurposesOfThisClassOfServiceInTheRegistersOrder) {
    Register const r = built_in();
    EXPECT_EQ(register_service_class, ServiceClass::closed_group);
    EXPECT_EQ(r.purpose("law_retention"), nullptr);
    ASSERT_EQ(r.purposes.size(), purpose_names.size() - 1);
    EXPECT_EQ(r.purposes.front().name, purpose_names.front());
    EXPECT_EQ(r.recipient("operator").country, "SE");
    EXPECT_THROW((void)r.recipient("somebody"), std::out_of_range);
}

TEST(Register, I1_SaysItsPeriodsInWords) {
    Register const r = built_in();
    EXPECT_TRUE(r.purpose("call_history")->kept.sv.starts_with("Varje samtal: 90 dagar efter samtalet."));
    EXPECT_EQ(r.purpose("security_abuse")->kept.en, "IP addresses in full for 30 days, truncated for 180 days.");
    for (PurposeEntry const& p : r.purposes)
        EXPECT_EQ((p.kept.sv + p.kept.en).find('{'), std::string::npos) << p.name;
}

TEST(Terms, StayWhenASpellingIsCorrected) {
    auto const before = after([](Register&) {});
    EXPECT_EQ(before.first.size(), 32U);
    EXPECT_EQ(before, after([](Register& r) { history(r).title.sv = "Samtalshistorik."; }));
    EXPECT_EQ(before, after([](Register& r) { history(r).reason.en = "Another wording."; }));
    EXPECT_EQ(before, after([](Register& r) { r.authority = "IMY"; }));
}

TEST(Terms, A3_ChangeWithWhatSomebodyAgreedTo) {
    auto const before = after([](Register&) {});
    std::vector<std::function<void(Register&)>> const material{
        [](Register& r) { history(r).retention.duration = "P91D"; },
        [](Register& r) { history(r).retention.steps.push_back({"x", "P1D", "delete"}); },
        [](Register& r) { history(r).recipients.emplace_back("reseller"); },
        [](Register& r) { history(r).fields.emplace_back("calls.more"); },
        [](Register& r) { history(r).basis = "contract"; },
        [](Register& r) {
            std::ranges::find(r.recipients, "operator", &Recipient::id)->passes_on_to = {"reseller"};
        },
        [](Register& r) { r.recipients.front().country = "US"; },
        [](Register& r) { std::ranges::find(r.recipients, "operator", &Recipient::id)->country = "NO"; },
        [](Register& r) {
            std::ranges::find(r.recipients, "operator", &Recipient::id)->name = {"Annan", "Other"};
        },
    };
    std::size_t same = 0;
    for (auto const& change : material) {
        auto const now = after(change);
        if (now.first == before.first) ++same;
        EXPECT_EQ(now.first == before.first, now.second == before.second);
    }
    EXPECT_EQ(same, 1U);  // the first recipient of all is none of this purpose
}

}  // namespace
}  // namespace samtal::processing
