#include "administration/administration_service.hpp"
#include "administration/pg_administration_repository.hpp"
#include "samtal/identity/activation_code.hpp"
#include "samtal/storage/values.hpp"
#include "support/database.hpp"

#include <fmt/format.h>

namespace samtal::administration {
namespace {

using testing::run;

class AdministrationTest : public testing::DatabaseTest {
protected:
    OperatorPermit allowed() { return gate.permit_operator<purpose::ResellerService>(organisation); }

    Invitation invitation(std::string phone = "+46701740605") {
        return {organisation,
                GivenName{"Anna"},
                FamilyName{"Andersson"},
                Email{"anna@example.org"},
                Number{std::move(phone)},
                std::nullopt,
                "member"};
    }
    Result<Invited> invite(Invitation who) { return run(service.invite(allowed(), std::move(who))); }
    std::string refused_field(Invitation who) { return std::string{invite(std::move(who)).error().field.text()}; }
    NumberChange change(UserId user, std::string phone, std::optional<Timestamp> at = {}) {
        return {user, Number{std::move(phone)}, at};
    }

    Task<void> note(UserId user) {
        suspended.push_back(user);
        co_return;
    }

    std::vector<UserId> suspended;
    consent::Notices notices{{{"advoco", "Advoco"}}};
    calls::PhoneNumbers numbers{test.ring};
    AdministrationParts parts{db,      cipher,  *test.keys,
                              numbers, notices, [this](UserId user) { return note(user); }};
    PgAdministrationRepository repository{parts};
    AdministrationService service{repository, parts};
};

TEST_F(AdministrationTest, MakesAnOrganisationOfAKnownBrand) {
    auto const made = run(service.create(allowed(), NewOrganisation{"advoco", "Provbolaget AB"}));
    ASSERT_TRUE(made);
    auto const row =
        test.admin(fmt::format("SELECT name FROM organisations WHERE organisation_id = '{}'", made->text()));
    EXPECT_EQ(row[0][0].as<std::string>(), "Provbolaget AB");
    EXPECT_EQ(run(service.create(allowed(), NewOrganisation{"nobody", "X"})).error().field.text(), "brand");
    EXPECT_EQ(run(service.create(allowed(), NewOrganisation{"advoco", " "})).error().field.text(), "name");
}

TEST_F(AdministrationTest, InvitesAPersonWithProfileNumberAndCode) {
    auto const invited = invite(invitation("070-174 06 05"));
    ASSERT_TRUE(invited);
    auto const row = test.admin(fmt::format(
        "SELECT u.state, i.code_hash, p.email, a.number, a.assignment_id FROM users u JOIN invitations i USING "
        "(user_id) "
        "JOIN profiles p USING (user_id) JOIN phone_assignments a USING (user_id) WHERE u.user_id = '{}'",
        invited->user.text()))[0];
    EXPECT_EQ(row[0].as<std::string>(), "invited");
    EXPECT_EQ(storage::bytes_of(row[1]), identity::activation_code_hash(invited->activation_code.reveal()));
    EXPECT_EQ(
        cipher
            .open(invited->user, {field::ProfilesEmail::column, invited->user.value()}, storage::bytes_of(row[2]))
            .value(),
        "anna@example.org");
    auto const assignment = parse_uuid(row[4].as<std::string>()).value();
    EXPECT_EQ(
        cipher.open(invited->user, {field::PhoneAssignmentsNumber::column, assignment}, storage::bytes_of(row[3]))
            .value(),
        "+46701740605");
}

TEST_F(AdministrationTest, RefusesAnInvitationThatIsWrong) {
    EXPECT_EQ(refused_field(invitation("112")), "phone");
    auto who = invitation();
    who.email = Email{"anna"};
    EXPECT_EQ(refused_field(who), "email");
    who.email = Email{"a@b\r\nBcc: c@d"};
    EXPECT_EQ(refused_field(who), "email");
    who = invitation();
    who.given_name = GivenName{"A\nB"};
    EXPECT_EQ(refused_field(who), "given_name");
    who = invitation();
    who.role = "king";
    EXPECT_EQ(refused_field(who), "role");
    who = invitation();
    who.organisation = testing::fresh_id<OrganisationId>();
    EXPECT_EQ(invite(who).error().code, Errc::not_found);
}

TEST_F(AdministrationTest, GivesANumberToOnePersonAtATime) {
    auto const anna = invite(invitation())->user;
    auto const taken = invite(invitation());
    EXPECT_EQ(taken.error().code, Errc::conflict);
    EXPECT_EQ(taken.error().problem.text(), "number-taken");
    auto const bo = invite(invitation("+46701740606"))->user;
    EXPECT_EQ(run(service.add_number(allowed(), change(bo, "+46701740605"))).error().code, Errc::conflict);
    auto const ended =
        run(service.end_number(allowed(), change(anna, "0701740605", system_now() + std::chrono::hours{1})));
    ASSERT_TRUE(ended);
    EXPECT_EQ(run(service.add_number(allowed(), change(bo, "+46701740605"))).error().code, Errc::conflict);
    EXPECT_TRUE(run(service.add_number(allowed(), change(bo, "+46701740605", *ended))));
}

TEST_F(AdministrationTest, EndsOnlyANumberThatIsTheirs) {
    auto const anna = invite(invitation())->user;
    EXPECT_EQ(run(service.end_number(allowed(), change(anna, "+46701740609"))).error().code, Errc::not_found);
    auto const before =
        run(service.end_number(allowed(), change(anna, "+46701740605", parse_full_date("2020-01-01"))));
    EXPECT_EQ(before.error().field.text(), "at");
    auto const nobody = change(testing::fresh_id<UserId>(), "+46701740605");
    EXPECT_EQ(run(service.end_number(allowed(), nobody)).error().code, Errc::not_found);
    EXPECT_EQ(run(service.add_number(allowed(), nobody)).error().code, Errc::not_found);
}

TEST_F(AdministrationTest, TellsWhoWasSuspendedOnceItIsCommitted) {
    auto const anna = person().user;
    ASSERT_TRUE(run(service.set_state(allowed(), {anna, AccountState::suspended})));
    EXPECT_EQ(suspended, std::vector<UserId>{anna});
    ASSERT_TRUE(run(service.set_state(allowed(), {anna, AccountState::active})));
    EXPECT_EQ(suspended.size(), 1U);
    auto const invited = invite(invitation())->user;
    EXPECT_EQ(run(service.set_state(allowed(), {invited, AccountState::active})).error().code, Errc::conflict);
    EXPECT_EQ(run(service.set_state(allowed(), {testing::fresh_id<UserId>(), AccountState::active})).error().code,
              Errc::not_found);
}

TEST_F(AdministrationTest, EndsTheSessionsOfASuspendedAccountForGood) {
    auto const anna = person().user;
    auto const bo = person().user;
    for (auto const& who : {anna, bo})
        test.admin(
            fmt::format("INSERT INTO sessions (organisation_id, session_id, user_id, token_salt, "
                        "access_expires_at, remembered, "
                        "idle_expires_at, absolute_expires_at) VALUES ('{}', gen_random_uuid(), '{}', '{}', "
                        "now(), false, now(), now())",
                        organisation.text(), who.text(), storage::bytea(std::string(16, 's'))));
    ASSERT_TRUE(run(service.set_state(allowed(), {anna, AccountState::suspended})));
    auto const left =
        test.admin(fmt::format("SELECT user_id FROM sessions WHERE organisation_id = '{}'", organisation.text()));
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0][0].as<std::string>(), bo.text());
}

TEST_F(AdministrationTest, ShowsASwitchItsTokenOnce) {
    auto const made = run(service.create(allowed(), NewSwitch{organisation, "Växeln"}));
    ASSERT_TRUE(made);
    EXPECT_TRUE(made->token.reveal().starts_with("sw_"));
    auto const row =
        test.admin(fmt::format("SELECT token_hash FROM switches WHERE switch_id = '{}'", made->id.text()));
    EXPECT_EQ(storage::bytes_of(row[0][0]), storage::sha256(made->token.reveal()));
    EXPECT_EQ(run(service.create(allowed(), NewSwitch{testing::fresh_id<OrganisationId>(), "X"})).error().code,
              Errc::not_found);
}

}  // namespace
}  // namespace samtal::administration
