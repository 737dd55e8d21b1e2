#include "audit/pg_evidence_repository.hpp"
#include "audit/staff_service.hpp"
#include "samtal/audit/disclosures.hpp"
#include "samtal/identity/user_name_hash.hpp"
#include "samtal/storage/values.hpp"
#include "support/database.hpp"

#include <fmt/format.h>

namespace samtal::audit {
namespace {

using testing::run;

class EvidenceTest : public testing::DatabaseTest {
protected:
    /// Somebody with a profile, and for staff a user name.
    Principal somebody(std::string const& role, std::string const& given_name, OrganisationId where,
                       std::string const& user_name = "") {
        auto const who = person_in(where);
        auto const seal = [&](std::string_view column, std::string const& plain) {
            return storage::bytea(*cipher.seal(who.user, {column, who.user.value()}, plain));
        };
        test.admin(fmt::format("UPDATE users SET role = '{}' WHERE user_id = '{}'", role, who.user.text()));
        test.admin(fmt::format(
            "INSERT INTO profiles (organisation_id, user_id, given_name, family_name, email) VALUES ('{}', '{}', "
            "'{}', "
            "'{}', '{}')",
            where.text(), who.user.text(), seal(field::ProfilesGivenName::column, given_name),
            seal(field::ProfilesFamilyName::column, "Ek"), seal(field::ProfilesEmail::column, "x@example.org")));
        if (!user_name.empty())
            test.admin(fmt::format(
                "INSERT INTO credentials (organisation_id, user_id, username_hash, username, password_hash) "
                "VALUES "
                "('{}', '{}', '{}', '\\x00', '\\x00')",
                where.text(), who.user.text(), storage::bytea(identity::user_name_hash(test.ring, user_name))));
        return who;
    }
    SupportPermit support() { return gate.permit_operator<purpose::SupportCase>(OrganisationId::nil()); }
    Result<ShownPerson> show(UserId user, std::string const& as, std::string const& code = "support-case") {
        auto const permit = support();
        return run(staff.show(permit, {user, as, code}));
    }
    Page<StaffRead> access_log(Principal const& who, ReadPage page = {}) {
        auto const permit = this->permit<purpose::RightsAndEvidence>(who);
        return *run(evidence.access_log(permit, page));
    }
    std::string leaves_about(UserId user) {
        return test
            .admin(fmt::format("SELECT count(*) FROM audit_leaves WHERE subject = '{}'",
                               storage::bytea(*cipher.owner_hash(user, "audit", user.text()))))[0][0]
            .c_str();
    }

    PgStaffReadRepository reads{db, cipher};
    StaffService staff{reads, test.ring, system_now};
    PgEvidenceRepository evidence{db, cipher};
    Disclosures disclosures{cipher};
    Principal const anna = somebody("member", "Anna", organisation);
    std::string const bos_name = "bo." + organisation.text().substr(24);
    Principal const bo = somebody("support", "Bo", organisation, bos_name);
};

TEST_F(EvidenceTest, StaffSeeAPersonAndThePersonSeesThem) {
    auto const shown = show(anna.user, bos_name);
    ASSERT_TRUE(shown);
    auto const permit = support();
    EXPECT_EQ(shown->profile->given_name.open(permit), "Anna");
    EXPECT_EQ(shown->state.open(permit), "active");
    ASSERT_TRUE(show(anna.user, bo.user.text(), "legal-request"));
    auto const page = access_log(anna);
    ASSERT_EQ(page.items.size(), 2U);
    auto const rights = this->permit<purpose::RightsAndEvidence>(anna);
    EXPECT_EQ(page.items[0].code, "legal-request");
    EXPECT_EQ(page.items[1].code, "support-case");
    EXPECT_EQ(page.items[1].purpose, "support_case");
    EXPECT_EQ(page.items[1].role, "support");
    ASSERT_TRUE(page.items[1].name);
    EXPECT_EQ(page.items[1].name->given_name.open(rights), "Bo");
    EXPECT_TRUE(access_log(bo).items.empty()) << "others do not see it";
}

TEST_F(EvidenceTest, UserNamesAreFoundHoweverTheyAreSpelled) {
    std::string shouted = bos_name;
    shouted.front() = 'B';
    EXPECT_TRUE(show(anna.user, shouted));
}

TEST_F(EvidenceTest, WhoIsNoStaffOfThatOrganisationIsRefusedAndNothingIsRecorded) {
    auto const stranger = somebody("admin", "Carl", new_organisation());
    auto const member = somebody("member", "Dan", organisation);
    auto const suspended = somebody("admin", "Eva", organisation);
    test.admin(fmt::format("UPDATE users SET state = 'suspended' WHERE user_id = '{}'", suspended.user.text()));
    auto const restricted = somebody("admin", "Fia", organisation);
    test.admin(fmt::format("UPDATE users SET restricted_at = now() WHERE user_id = '{}'", restricted.user.text()));
    for (std::string const& as :
         {stranger.user.text(), member.user.text(), suspended.user.text(), restricted.user.text(),
          anna.user.text(), testing::fresh_id<UserId>().text(), std::string{"nobody"}, std::string{}})
        EXPECT_EQ(show(anna.user, as).error().code, Errc::denied) << as;
    EXPECT_EQ(show(testing::fresh_id<UserId>(), bos_name).error().code, Errc::not_found);
    EXPECT_EQ(leaves_about(anna.user), "0");
}

TEST_F(EvidenceTest, NothingIsReadThatCannotBeRecorded) {
    test.admin("REVOKE INSERT (code) ON audit_leaves FROM samtal_support_case");
    EXPECT_THROW((void)show(anna.user, bos_name), storage::SqlFailure);
    test.admin("GRANT INSERT (code) ON audit_leaves TO samtal_support_case");
    EXPECT_EQ(leaves_about(anna.user), "0");
    EXPECT_TRUE(show(anna.user, bos_name));
}

TEST_F(EvidenceTest, ARestrictedPersonsProfileStaysHidden) {
    test.admin(fmt::format("UPDATE users SET restricted_at = now() WHERE user_id = '{}'", anna.user.text()));
    auto const shown = show(anna.user, bos_name);
    ASSERT_TRUE(shown);
    auto const permit = support();
    EXPECT_TRUE(shown->restricted.open(permit));
    EXPECT_FALSE(shown->profile);
    EXPECT_EQ(access_log(anna).items.size(), 1U) << "and still they see who looked";
}

TEST_F(EvidenceTest, WhoIsGoneKeepsTheirRoleInTheAccessLogAndLosesTheirName) {
    ASSERT_TRUE(show(anna.user, bos_name));
    test.admin(fmt::format("DELETE FROM users WHERE user_id = '{}'", bo.user.text()));
    auto const page = access_log(anna);
    ASSERT_EQ(page.items.size(), 1U);
    EXPECT_EQ(page.items[0].role, "support");
    EXPECT_FALSE(page.items[0].name);
}

TEST_F(EvidenceTest, PagesTheAccessLogByKey) {
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(show(anna.user, bos_name));
    std::vector<EvidenceId> seen;
    ReadPage ask{std::nullopt, 2};
    for (;;) {
        auto const page = access_log(anna, ask);
        for (auto const& item : page.items) seen.push_back(item.id);
        if (!page.next) break;
        ask.before = page.next;
    }
    EXPECT_EQ(seen.size(), 5U);
    EXPECT_TRUE(std::ranges::is_sorted(seen, std::greater{}));
}

TEST_F(EvidenceTest, ADisclosureIsRecordedWithItsLeafAndShownToThePerson) {
    auto const record = [&](bool commit) {
        auto const permit = this->permit<purpose::RightsAndEvidence>(anna);
        return run(db.run(permit, [&](storage::Tx& tx) -> Result<void> {
            auto const done = disclosures.record(tx, ActorKind::operator_,
                                                 {organisation,
                                                  anna.user,
                                                  "Polismyndigheten",
                                                  "rights_and_evidence",
                                                  {"identity", "traffic"},
                                                  "Ärende 12",
                                                  "SE",
                                                  system_now()});
            if (done && !commit) return Error{Errc::conflict, "rolled back"};
            return done;
        }));
    };
    EXPECT_FALSE(record(false));
    EXPECT_EQ(leaves_about(anna.user), "0");
    ASSERT_TRUE(record(true));
    EXPECT_EQ(leaves_about(anna.user), "1");
    auto const permit = this->permit<purpose::RightsAndEvidence>(anna);
    auto const page = *run(evidence.disclosures(permit, {}));
    ASSERT_EQ(page.items.size(), 1U);
    EXPECT_EQ(page.items[0].recipient.open(permit), "Polismyndigheten");
    EXPECT_EQ(page.items[0].reason.open(permit), "Ärende 12");
    EXPECT_EQ(page.items[0].country.open(permit), "SE");
    EXPECT_EQ(page.items[0].categories.open(permit), (std::vector<std::string>{"identity", "traffic"}));
    auto const others = this->permit<purpose::RightsAndEvidence>(bo);
    EXPECT_TRUE(run(evidence.disclosures(others, {}))->items.empty());
}

}  // namespace
}  // namespace samtal::audit
