#include "../calls/calls_test_base.hpp"
#include "retention/pg_disclosure_repository.hpp"
#include "retention/pg_retention_repository.hpp"

#include <nlohmann/json.hpp>

namespace samtal::retention {
namespace {

using namespace std::chrono_literals;

class LawRetentionTest : public calls::CallsDatabaseTest {
protected:
    // The purpose is not in effect in a closed group, so its role may do nothing here. These are the rights that
    // the register gives it in a number-based public service.
    void SetUp() override {
        calls::CallsDatabaseTest::SetUp();
        test.admin(
            "GRANT EXECUTE ON FUNCTION law_disclose(uuid, uuid[], bytea[], text, bytea, timestamptz, timestamptz) "
            "TO samtal_law_retention;"
            "GRANT SELECT (organisation_id, user_id, number_hash, valid_from, valid_to) ON phone_assignments "
            "TO samtal_law_retention;"
            "GRANT INSERT (organisation_id, user_id, disclosure_id, disclosed_at) ON law_disclosure_people "
            "TO samtal_law_retention;"
            "CREATE POLICY law_retention ON phone_assignments TO samtal_law_retention USING (true);"
            "CREATE POLICY law_retention ON law_disclosure_people TO samtal_law_retention USING (true) WITH CHECK "
            "(true);"
            "GRANT INSERT (leaf_id, act, actor_kind, actor, subject, purpose, reference, code, acted_at) "
            "ON audit_leaves TO samtal_law_retention;"
            "CREATE POLICY law_retention ON audit_leaves TO samtal_law_retention USING (true) WITH CHECK (true)");
    }
    void TearDown() override {
        test.admin(
            "DROP POLICY law_retention ON audit_leaves;"
            "DROP POLICY law_retention ON phone_assignments;"
            "DROP POLICY law_retention ON law_disclosure_people;"
            "REVOKE ALL ON phone_assignments, law_disclosure_people FROM samtal_law_retention;"
            "REVOKE INSERT (leaf_id, act, actor_kind, actor, subject, purpose, reference, code, acted_at) "
            "ON audit_leaves FROM samtal_law_retention;"
            "REVOKE ALL ON FUNCTION law_disclose(uuid, uuid[], bytea[], text, bytea, timestamptz, timestamptz) "
            "FROM samtal_law_retention");
        calls::CallsDatabaseTest::TearDown();
    }
    void take_in(ServiceClass service_class, calls::PendingCall const& reported) {
        calls::PgCallIntake intake{db, *test.keys, test.ring, numbers, 20'000, service_class};
        auto const permit = gate.permit_machine<purpose::CallSetup>(organisation);
        std::vector<calls::PendingCall> const batch{reported};
        ASSERT_TRUE(testing::run(intake.store(permit, switch_id, batch)).at(0));
    }
    std::int64_t kept() {
        return test
            .admin(fmt::format("SELECT count(*) FROM law_retention_calls WHERE organisation_id = '{}'",
                               organisation.text()))[0][0]
            .as<std::int64_t>();
    }
    Principal administrator() {
        auto const who = person();
        test.admin(fmt::format("UPDATE users SET role = 'admin' WHERE user_id = '{}'", who.user.text()));
        return who;
    }
    Result<Disclosure> disclose(Principal const& by, Principal const& second, std::string number) {
        auto const permit = gate.permit_operator<purpose::LawRetention>(OrganisationId::nil());
        DisclosureOrder const order{"AM-1-26",
                                    Personal<std::string, field::LawRetentionCallsCallerHash>{std::move(number)},
                                    at("2026-03-01T00:00:00Z"),
                                    at("2026-04-01T00:00:00Z"),
                                    by.user,
                                    second.user};
        return testing::run(disclosures.disclose(permit, order, system_now()));
    }
    std::string unique_number() { return fmt::format("+4670{:09}", serial() % 1'000'000'000); }
    static std::uint64_t serial() {
        static std::uint64_t next = static_cast<std::uint64_t>(system_now().time_since_epoch().count());
        return ++next;
    }

    PgDisclosureRepository disclosures{db, cipher, test.ring,
                                       [] { return processing::built_in().recipient("authorities"); }};
};

TEST_F(LawRetentionTest, AClosedGroupKeepsNothing) {
    auto const number = unique_number();
    take_in(ServiceClass::closed_group, pending("a", call(number, anna_number)));
    take_in(ServiceClass::ni_ics_public, pending("b", call(number, anna_number)));
    EXPECT_EQ(kept(), 0);
    EXPECT_EQ(register_service_class, ServiceClass::closed_group);
}

TEST_F(LawRetentionTest, APublicServiceKeepsEachCallOnceSealedWhateverThePeopleChose) {
    auto const number = unique_number();
    take_in(ServiceClass::number_based_public, pending("a", call(number, std::nullopt)));
    take_in(ServiceClass::number_based_public, pending("a", call(number, std::nullopt, "2026-03-04T13:00:00Z")));
    EXPECT_EQ(kept(), 1);
    EXPECT_EQ(test.admin(fmt::format(
                  "SELECT count(*) FROM law_retention_calls WHERE organisation_id = '{}' AND callee_hash IS NULL "
                  "AND position('{}'::bytea IN record) = 0",
                  organisation.text(), number))[0][0]
                  .as<int>(),
              1);
}

TEST_F(LawRetentionTest, TwoAdministratorsDiscloseOneNumbersRecordsAndThatIsRecorded) {
    auto const number = unique_number(), other = unique_number();
    take_in(ServiceClass::number_based_public, pending("a", call(number, other)));
    take_in(ServiceClass::number_based_public, pending("b", call(anna_number, number)));
    take_in(ServiceClass::number_based_public, pending("c", call(anna_number, other)));
    take_in(ServiceClass::number_based_public,
            pending("d", call(number, other, "2026-04-01T00:00:00Z")));  // after the range
    auto const one = administrator(), two = administrator();
    auto const given = disclose(one, two, number).value();
    auto const permit = gate.permit_operator<purpose::LawRetention>(OrganisationId::nil());
    ASSERT_EQ(given.records.size(), 2U);
    auto const record = nlohmann::json::parse(given.records[0].open(permit));
    EXPECT_EQ(record.at("caller"), number);
    EXPECT_EQ(record.at("callee"), other);
    EXPECT_EQ(record.at("ended_at"), "2026-03-04T12:01:10.000Z");
    EXPECT_EQ(test.admin(fmt::format(
                  "SELECT records FROM law_disclosures WHERE disclosure_id = '{}' AND case_number = 'AM-1-26' "
                  "AND first_admin <> second_admin",
                  given.id))[0][0]
                  .as<int>(),
              2);
    EXPECT_EQ(
        test.admin(fmt::format("SELECT count(*) FROM audit_leaves WHERE act = 'disclosure' AND reference = '{}'",
                               given.id))[0][0]
            .as<int>(),
        1);
}

TEST_F(LawRetentionTest, OneAdministratorOrAnotherPersonIsNotEnough) {
    auto const number = unique_number();
    take_in(ServiceClass::number_based_public, pending("a", call(number, std::nullopt)));
    auto const one = administrator(), suspended = administrator();
    test.admin(fmt::format("UPDATE users SET state = 'suspended' WHERE user_id = '{}'", suspended.user.text()));
    EXPECT_EQ(disclose(one, one, number).error().code, Errc::denied);
    EXPECT_EQ(disclose(one, person(), number).error().code, Errc::denied);
    EXPECT_EQ(disclose(suspended, one, number).error().code, Errc::denied);
    EXPECT_EQ(disclose(one, {organisation, testing::fresh_id<UserId>(), testing::fresh_id<SessionId>()}, number)
                  .error()
                  .code,
              Errc::denied);
    auto const mark = storage::bytea(cipher.owner_hash(one.user, "audit", one.user.text()).value());
    EXPECT_EQ(test.admin(fmt::format(
                  "SELECT count(*) FROM law_disclosures WHERE '{}' IN (first_admin, second_admin)", mark))[0][0]
                  .as<int>(),
              0);
}

}  // namespace
}  // namespace samtal::retention
