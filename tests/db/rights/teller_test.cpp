#include "rights/teller.hpp"
#include "support/database.hpp"

#include <fmt/format.h>

namespace samtal::rights {
namespace {

using testing::run;
using namespace std::chrono_literals;

/// A sink that says what became of each letter when the test wants it to.
class Post final : public ops::Mailer {
public:
    bool send(ops::Mail mail) override {
        if (full) return false;
        all.push_back(std::move(mail));
        return true;
    }
    void outcome(bool delivered) { all.back().done(delivered); }

    std::vector<ops::Mail> all;
    bool full = false;
};

Task<bool> rounded(Teller& teller, RightsPermit const& may) {
    co_await teller.round(may);
    co_return true;
}

class TellerTest : public testing::DatabaseTest {
protected:
    TellerTest() { clear(); }
    ~TellerTest() override { clear(); }
    void clear() { test.admin("DELETE FROM recipient_notices"); }

    RightsPermit machine() { return gate.permit_machine<purpose::RightsAndEvidence>(OrganisationId::nil()); }
    /// A request of theirs with its notices.
    void ask(Principal const& who, NoticeAbout const& about) {
        auto const request = testing::fresh_id<RequestId>();
        auto const may = machine();
        test.admin(fmt::format(
            "INSERT INTO privacy_requests (organisation_id, request_id, user_id, subject, kind, state, "
            "language, received_at, due_at) VALUES ('{}', '{}', '{}', sha256(''), 'restriction', "
            "'done', 'sv', now(), now())",
            organisation.text(), request.text(), who.user.text()));
        ASSERT_TRUE(run(db.run(may, [&](storage::Tx& tx) -> Result<void> {
            notices.add(tx, request, organisation, about, processing::built_in(), now);
            return {};
        })));
    }
    void round() {
        auto const may = machine();
        run(rounded(teller, may));
    }
    /// "waiting 0", "failed 1", "told 2": the one notice and how often it was tried.
    std::string state() {
        auto const row = test.admin(
            "SELECT CASE WHEN told_at IS NOT NULL THEN 'told' WHEN failed_at IS NOT NULL THEN 'failed' ELSE "
            "'waiting' "
            "END, tries, about IS NULL FROM recipient_notices")[0];
        EXPECT_EQ(row[2].as<bool>(), std::string{row[0].c_str()} == "told")
            << "what it says goes when it was said";
        return fmt::format("{} {}", row[0].c_str(), row[1].c_str());
    }

    Timestamp now = parse_rfc3339("2026-11-25T12:00:00Z").value();
    Post post;
    PgNoticeRepository notices{db, cipher, test.ring};
    Teller teller{post, processing::built_in, [this] { return now; }, notices};
};

TEST_F(TellerTest, J1_ALetterThatWasTakenIsToldOnceAndIsADisclosure) {
    auto const who = person();
    ask(who, {"restriction", who.user, ""});
    EXPECT_EQ(state(), "waiting 0");
    round();
    ASSERT_EQ(post.all.size(), 1U);
    EXPECT_EQ(post.all[0].to, processing::built_in().recipient("reseller").notify);
    EXPECT_NE(post.all[0].text.find(who.user.text()), std::string::npos);
    EXPECT_EQ(state(), "waiting 1");
    post.outcome(true);
    round();
    round();
    EXPECT_EQ(state(), "told 1");
    EXPECT_EQ(post.all.size(), 1U);
    EXPECT_EQ(
        test.admin(fmt::format("SELECT count(*) FROM disclosures WHERE user_id = '{}' AND recipient = 'reseller'",
                               who.user.text()))[0][0]
            .as<int>(),
        1);
}

TEST_F(TellerTest, J1_WhatWasGivenUpIsTriedAgainLaterAndLater) {
    auto const who = person();
    ask(who, {"rectification", who.user, "email"});
    std::vector<std::chrono::hours> const pauses{1h, 2h, 4h, 8h, 16h, 24h, 24h};
    for (std::size_t n = 0; n < pauses.size(); ++n) {
        round();
        ASSERT_EQ(post.all.size(), n + 1);
        post.outcome(false);
        round();
        EXPECT_EQ(state(), fmt::format("failed {}", n + 1));
        now += pauses[n] - 1s;
        round();
        EXPECT_EQ(post.all.size(), n + 1) << "not before its time";
        now += 1s;
    }
    round();
    post.outcome(true);
    round();
    EXPECT_EQ(state(), fmt::format("told {}", pauses.size() + 1));
}

TEST_F(TellerTest, J1_ALetterThatADyingServerHadGoesOnceMore) {
    auto const who = person();
    ask(who, {"restriction", who.user, ""});
    round();
    ASSERT_EQ(post.all.size(), 1U);
    Teller after{post, processing::built_in, [this] { return now; }, notices};
    auto const may = machine();
    run(rounded(after, may));
    EXPECT_EQ(post.all.size(), 1U) << "it may still be on its way";
    now += 2h;
    run(rounded(after, may));
    EXPECT_EQ(post.all.size(), 2U);
    EXPECT_EQ(state(), "waiting 2");
}

TEST_F(TellerTest, J1_AFullQueueIsATryThatFailed) {
    auto const who = person();
    ask(who, {"restriction", who.user, ""});
    post.full = true;
    round();
    EXPECT_EQ(state(), "failed 1");
    post.full = false;
    now += 1h;
    round();
    EXPECT_EQ(post.all.size(), 1U);
}

TEST_F(TellerTest, J1_AnErasureIsToldWhenItIsDoneAndNotBefore) {
    auto const who = person();
    auto const request = testing::fresh_id<RequestId>();
    test.admin(
        fmt::format("INSERT INTO privacy_requests (organisation_id, request_id, user_id, subject, kind, state, "
                    "language, received_at, due_at) VALUES ('{}', '{}', '{}', sha256(''), 'erasure', 'running', "
                    "'sv', now(), now())",
                    organisation.text(), request.text(), who.user.text()));
    auto const may = machine();
    for (int twice = 0; twice < 2; ++twice)
        ASSERT_TRUE(run(notices.prepare(may, request, organisation, who.user, processing::built_in(), now)));
    now += std::chrono::days{30};
    round();
    EXPECT_TRUE(post.all.empty());
    EXPECT_EQ(state(), "waiting 0");
}

TEST_F(TellerTest, J1_WhatWaitsToBeSaidIsSealed) {
    auto const who = person();
    ask(who, {"restriction", who.user, ""});
    EXPECT_EQ(test.admin(fmt::format("SELECT count(*) FROM recipient_notices n WHERE n::text LIKE '%{}%' OR "
                                     "encode(about, 'escape') LIKE '%{}%'",
                                     who.user.text(), who.user.text()))[0][0]
                  .as<int>(),
              0);
}

}  // namespace
}  // namespace samtal::rights
