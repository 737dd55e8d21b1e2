#include "samtal/consent/consent.hpp"

#include "samtal/consent/receipt.hpp"
#include "samtal/storage/values.hpp"
#include "support/database.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace samtal::consent {
namespace {

using namespace std::chrono_literals;
using testing::run;
using P = purpose::RightsAndEvidence;

class ConsentsTest : public testing::DatabaseTest {
protected:
    Result<Entry> choose(Principal const& who, Choose choice) {
        return run(consents->choose(permit<P>(who), std::move(choice)));
    }
    Result<Entry> choose(std::string purpose, std::string state, std::string version) {
        return choose(anna, {std::move(purpose), std::move(state), std::move(version)});
    }
    Result<Entry> choose(std::string state) {
        return choose("call_history", std::move(state), notices.current_version());
    }
    Overview overview(std::optional<Timestamp> at = {}, bool privacy_control = false) {
        return run(consents->list(permit<P>(anna), {at, privacy_control})).value();
    }
    Standing standing(std::string_view purpose = "call_history", std::optional<Timestamp> at = {},
                      bool privacy_control = false) {
        for (auto const& one : overview(at, privacy_control).standings)
            if (one.purpose == purpose) return one;
        throw std::logic_error{"no such purpose"};
    }
    History history(std::int64_t after = 0, std::size_t limit = 200) {
        return run(consents->history(permit<P>(anna), {"call_history", after, limit})).value();
    }
    bool may_read_calls() { return run(gate.permit<purpose::CallHistory>(anna, anna.user)).has_value(); }
    int count(std::string const& from) {
        return test.admin(fmt::format("SELECT count(*) FROM {}", from))[0][0].as<int>();
    }

    Timestamp now = system_now();
    Notices const notices{{{"advoco", "Advoco", "sv"}}};
    Ledger ledger{cipher, test.ring, notices};
    std::unique_ptr<Consents> consents = make_consents(db, ledger, notices, [this] { return now; });
    Principal const anna = person();
};

TEST_F(ConsentsTest, A3_HoldFromTheNextRequestOn) {
    EXPECT_FALSE(may_read_calls());
    ASSERT_TRUE(choose("given"));
    EXPECT_TRUE(may_read_calls());
    ASSERT_TRUE(choose("withdrawn"));
    EXPECT_FALSE(may_read_calls());
}

TEST_F(ConsentsTest, RefuseAnOldNoticeAnUnknownPurposeAndOneThatRestsOnNoConsent) {
    EXPECT_EQ(choose("call_history", "given", "yesterday's").error().problem.text(), "notice-outdated");
    EXPECT_EQ(choose("no_such", "given", notices.current_version()).error().code, Errc::not_found);
    EXPECT_EQ(choose("chat_messaging", "given", notices.current_version()).error().problem.text(),
              "not-consent-based");
}

TEST_F(ConsentsTest, KeepEveryActAndTheirSum) {
    for (auto const* state : {"given", "withdrawn", "refused", "given"})
        ASSERT_TRUE(choose(state));  // one millisecond
    auto const acts = history().items;
    ASSERT_EQ(acts.size(), 4U);
    for (std::size_t n = 0; n < acts.size(); ++n) EXPECT_EQ(acts[n].sequence, static_cast<std::int64_t>(n) + 1);
    EXPECT_EQ(acts[2].state, "refused");
    EXPECT_EQ(standing().state, "given");
    EXPECT_EQ(standing().since, acts.back().acted_at);
    EXPECT_EQ(run(consents->latest(permit<P>(anna), "call_history"))->event, acts.back().event);
}

TEST_F(ConsentsTest, ComeInPagesThatContinueWhereTheLastEnded) {
    for (int n = 0; n < 5; ++n) ASSERT_TRUE(choose("given"));
    auto const first = history(0, 3);
    EXPECT_EQ(first.items.size(), 3U);
    ASSERT_EQ(first.next, 3);
    auto const rest = history(*first.next, 3);
    EXPECT_EQ(rest.items.front().sequence, 4);
    EXPECT_FALSE(rest.next);
}

TEST_F(ConsentsTest, OfARestrictedOrSuspendedAccountOpenNothing) {
    ASSERT_TRUE(choose("given"));
    test.admin(fmt::format("UPDATE users SET state = 'suspended' WHERE user_id = '{}'", anna.user.text()));
    EXPECT_FALSE(may_read_calls());
}

TEST_F(ConsentsTest, CanBeToldForEveryMomentOfThePast) {
    Timestamp const start = now;
    for (auto const* state : {"given", "withdrawn", "refused"}) {
        now += 1h;
        ASSERT_TRUE(choose(state));
    }
    now += 1h;
    EXPECT_EQ(standing("call_history", start).state, "unset");
    EXPECT_EQ(standing("call_history", start + 1h - 1ms).state, "unset");
    EXPECT_EQ(standing("call_history", start + 1h).state, "given");
    EXPECT_EQ(standing("call_history", start + 3h - 1ms).state, "withdrawn");
    EXPECT_EQ(standing("call_history", start + 4h).state, "refused");
    EXPECT_EQ(run(consents->list(permit<P>(anna), {now + 1ms, false})).error().field.text(), "at");
}

TEST_F(ConsentsTest, ClockThatIsSetBackLeavesTheOrderOfTheActs) {
    ASSERT_TRUE(choose("given"));
    Timestamp const given = now;
    now -= 1h;
    ASSERT_TRUE(choose("withdrawn"));
    EXPECT_EQ(history().items.back().acted_at, given);
    now = given;
    EXPECT_EQ(standing("call_history", given).state, "withdrawn");
}

/// Anna's consent was to these terms instead of today's.
constexpr auto other_terms = "UPDATE consent_state SET terms_hash = sha256('other terms') WHERE user_id = '{}'";

TEST_F(ConsentsTest, ExpireWhenTheTermsHaveChanged) {
    ASSERT_TRUE(choose("given"));
    ASSERT_TRUE(choose("marketing", "refused", notices.current_version()));
    EXPECT_FALSE(standing().ask);
    test.admin(fmt::format(fmt::runtime(other_terms), anna.user.text()));
    EXPECT_EQ(standing().state, "expired");
    EXPECT_TRUE(standing().ask);
    EXPECT_EQ(standing("marketing").state, "refused");
    EXPECT_FALSE(may_read_calls());
    ASSERT_TRUE(choose("given"));
    EXPECT_EQ(standing().state, "given");
    EXPECT_TRUE(may_read_calls());
}

TEST_F(ConsentsTest, ToOtherTermsOpenNoRowEvenToWhoHasAPermit) {
    ASSERT_TRUE(choose("given"));
    test.admin(
        fmt::format("INSERT INTO calls (organisation_id, owner_id, call_id, source_hash, direction, own_number, "
                    "started_at, ended_at, "
                    "outcome, decision_id) VALUES ('{}', '{}', gen_random_uuid(), sha256('x'), 'incoming', '', "
                    "now(), now(), 'busy', "
                    "gen_random_uuid())",
                    anna.organisation.text(), anna.user.text()));
    auto const earlier = permit<purpose::CallHistory>(anna);
    static constexpr storage::Statement read{"-- test.read\nSELECT call_id FROM calls WHERE owner_id = $1"};
    auto const rows = [&] {
        return run(db.read(earlier,
                           [&](storage::Tx& tx) -> Result<int> {
                               return static_cast<int>(tx.exec(read, anna.user.text()).size());
                           }))
            .value();
    };
    EXPECT_EQ(rows(), 1);
    test.admin(fmt::format(fmt::runtime(other_terms), anna.user.text()));
    EXPECT_EQ(rows(), 0);
    auto const held = test.admin(fmt::format("SELECT hold_consents('{}', ARRAY['{}']::uuid[], 'call_history')",
                                             anna.organisation.text(), anna.user.text()));
    EXPECT_TRUE(held.empty());
}

TEST_F(ConsentsTest, AreNotAskedForWithinSixMonthsOfARefusal) {
    EXPECT_TRUE(standing().ask);
    now = parse_rfc3339("2030-08-31T12:00:00Z").value();
    ASSERT_TRUE(choose("refused"));
    now = parse_rfc3339("2031-02-28T11:59:59Z").value();
    EXPECT_FALSE(standing().ask);
    now = parse_rfc3339("2031-02-28T12:00:00Z").value();
    EXPECT_TRUE(standing().ask);
    ASSERT_TRUE(choose("given"));
    EXPECT_FALSE(standing().ask);
    ASSERT_TRUE(choose("withdrawn"));
    EXPECT_FALSE(standing().ask);
}

TEST_F(ConsentsTest, D1_AreNeverGivenToSharingWhileTheRequestObjectsToIt) {
    Choose choice{"partner_sharing", "given", notices.current_version()};
    choice.privacy_control = true;
    EXPECT_EQ(choose(anna, choice).error().problem.text(), "privacy-control");
    EXPECT_EQ(standing("partner_sharing").state, "unset");
    choice.privacy_control = false;
    ASSERT_TRUE(choose(anna, choice));
    EXPECT_EQ(standing("partner_sharing", {}, true).state, "refused");
    EXPECT_FALSE(standing("third_party_analytics", {}, true).ask);
    choice.privacy_control = true;
    choice.state = "withdrawn";
    EXPECT_TRUE(choose(anna, choice));
}

TEST_F(ConsentsTest, OfAChildNeedAGuardian) {
    Choose choice{"marketing", "given", notices.current_version()};
    choice.age = 12;
    EXPECT_EQ(choose(anna, choice).error().code, Errc::denied);
    EXPECT_EQ(count(fmt::format("consent_events WHERE user_id = '{}'", anna.user.text())), 0);
    choice.how.by_guardian = true;
    auto const given = choose(anna, choice);
    ASSERT_TRUE(given);
    EXPECT_NE(given->document.find("\"given_by\":\"guardian\""), std::string::npos);
    choice.age = 13;
    choice.how.by_guardian = false;
    EXPECT_TRUE(choose(anna, choice));
}

TEST_F(ConsentsTest, A3_ShowWhetherTodaysNoticeWasAcknowledged) {
    EXPECT_FALSE(overview().acknowledged_at);
    EXPECT_EQ(run(consents->acknowledge(permit<P>(anna), "0")).error().problem.text(), "notice-outdated");
    ASSERT_TRUE(run(consents->acknowledge(permit<P>(anna), notices.current_version())));
    Timestamp const first = now;
    now += 1h;
    EXPECT_EQ(run(consents->acknowledge(permit<P>(anna), notices.current_version())).value(), first);
    EXPECT_EQ(overview().acknowledged_at, first);
}

TEST_F(ConsentsTest, LeaveAnAuditLeafForEachAct) {
    auto const entry = choose("withdrawn");
    ASSERT_TRUE(entry);
    auto const leaf = test.admin(
        fmt::format("SELECT act, actor_kind, subject, actor, purpose FROM audit_leaves WHERE reference = '{}'",
                    entry->event.text()));
    ASSERT_EQ(leaf.size(), 1U);
    EXPECT_EQ(storage::text_of(leaf[0][0]), "consent.withdrawn");
    EXPECT_EQ(storage::text_of(leaf[0][1]), "person");
    auto const pseudonym = cipher.owner_hash(anna.user, "audit", anna.user.text()).value();
    EXPECT_EQ(storage::bytes_of(leaf[0][2]), pseudonym);
    EXPECT_EQ(storage::bytes_of(leaf[0][3]), pseudonym);
    EXPECT_EQ(storage::text_of(leaf[0][4]), "call_history");
}

TEST(Notices, AreRenderedInBothLanguagesWithEveryPurpose) {
    Notices const notices{{{"advoco", "Advo & <co>", "sv"}}};
    for (auto const* language : {"sv", "en"}) {
        auto const text = notices.text("advoco", language);
        ASSERT_TRUE(text);
        EXPECT_NE(text->html.find("Advo &amp; &lt;co&gt;"), std::string::npos);
        EXPECT_NE(text->text.find("Infracom Communications AB"), std::string::npos);
    }
    EXPECT_NE(notices.text("advoco", "sv")->text.find("Samtalshistorik"), std::string::npos);
    EXPECT_NE(notices.text("advoco", "en")->text.find("Call history"), std::string::npos);
    EXPECT_FALSE(notices.text("advoco", "de"));
}

}  // namespace
}  // namespace samtal::consent
