#include "calls_test_base.hpp"

namespace samtal::calls {
namespace {

/// What calls say of the people on the other side.
class CallColleaguesTest : public CallsDatabaseTest {
protected:
    void name(Principal const& who, std::string const& given, std::string const& family,
              std::string_view hidden = "{}") {
        auto const seal = [&](std::string_view column, std::string const& text) {
            return storage::bytea(cipher.seal(who.user, {column, who.user.value()}, text).value());
        };
        test.admin(fmt::format(
            "INSERT INTO profiles (organisation_id, user_id, given_name, family_name, email, private_fields) "
            "VALUES ('{}', '{}', '{}', '{}', '\\x00', '{}') ON CONFLICT (organisation_id, user_id) DO UPDATE "
            "SET given_name = excluded.given_name, family_name = excluded.family_name, "
            "private_fields = excluded.private_fields",
            who.organisation.text(), who.user.text(), seal(field::ProfilesGivenName::column, given),
            seal(field::ProfilesFamilyName::column, family), hidden));
    }
    /// Of each call, newest first: the name, "?" where there is a colleague without one, "-" where there is none.
    std::string seen_by(Principal const& who) {
        auto const allowed = permit<purpose::CallHistory>(who);
        std::string seen;
        auto const page = testing::run(history.page(allowed, {{}, {}, {}, 50})).value();
        for (auto const& item : page.items) {
            if (!seen.empty()) seen += ",";
            seen += item.colleague ? shown(item.colleague->open(allowed).name) : "-";
        }
        return seen;
    }
    std::string seen_in_figures(Principal const& who) {
        auto const allowed = permit<purpose::CallHistory>(who);
        ReportRange const all{at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), {}};
        auto const found = testing::run(history.counterparts(allowed, all, 50)).value();
        std::string seen;
        for (auto const& item : found.items) {
            if (!seen.empty()) seen += ",";
            seen += item.colleague ? shown(item.colleague->open(allowed).name) : "-";
        }
        return seen;
    }

private:
    static std::string shown(std::string const& text) { return text.empty() ? "?" : text; }
};

TEST_F(CallColleaguesTest, AreCalledWhatTheyAreCalledToday) {
    auto const anna = owner(anna_number);
    auto const bo = owner(bo_number, false);
    name(bo, "Bo", "Berg");
    store(pending("1", call(bo_number, anna_number)), pending("2", call(anna_number, "+46701740699")));
    EXPECT_EQ(seen_by(anna), "-,Bo Berg");
    name(bo, "Bo", "Borg");
    EXPECT_EQ(seen_by(anna), "-,Bo Borg");
}

TEST_F(CallColleaguesTest, AreThoseWhoHadTheNumberAsTheCallBegan) {
    auto const anna = owner(anna_number);
    auto const bo = owner(bo_number, false);
    auto const cilla = person();
    name(bo, "Bo", "Berg");
    name(cilla, "Cilla", "Carlsson");
    test.admin(fmt::format("UPDATE phone_assignments SET valid_to = '2026-03-04T12:00:00Z' WHERE user_id = '{}'",
                           bo.user.text()));
    give(cilla, bo_number, "2026-03-04T12:00:00Z");
    store(pending("1", call(bo_number, anna_number, "2019-03-04T11:59:59Z")),
          pending("2", call(bo_number, anna_number, "2026-03-04T11:59:59Z")),
          pending("3", call(bo_number, anna_number, "2026-03-04T12:00:00Z")));
    EXPECT_EQ(seen_by(anna), "Cilla Carlsson,Bo Berg");  // Anna's own number was hers from 2020 on
    EXPECT_EQ(seen_in_figures(anna), "Cilla Carlsson");
}

TEST_F(CallColleaguesTest, ShowWhatTheyShowInTheDirectory) {
    auto const anna = owner(anna_number);
    auto const bo = owner(bo_number, false);
    store(pending("1", call(bo_number, anna_number)));
    EXPECT_EQ(seen_by(anna), "-");  // without a profile
    name(bo, "Bo", "Berg", "{family_name}");
    EXPECT_EQ(seen_by(anna), "Bo");
    EXPECT_EQ(seen_in_figures(anna), "Bo");
    name(bo, "Bo", "Berg", "{given_name,family_name,email}");
    EXPECT_EQ(seen_by(anna), "?");
    name(bo, "Bo", "Berg", "{phone_numbers}");
    EXPECT_EQ(seen_by(anna), "-");
    name(bo, "Bo", "Berg");
    EXPECT_EQ(seen_by(anna), "Bo Berg");
    test.admin(fmt::format("UPDATE users SET restricted_at = now() WHERE user_id = '{}'", bo.user.text()));
    EXPECT_EQ(seen_by(anna), "-");
    test.admin(fmt::format("UPDATE users SET restricted_at = NULL, state = 'suspended' WHERE user_id = '{}'",
                           bo.user.text()));
    EXPECT_EQ(seen_by(anna), "-");
    EXPECT_EQ(seen_in_figures(anna), "-");
}

TEST_F(CallColleaguesTest, AreNobodyOnceTheirKeyIsGone) {
    auto const anna = owner(anna_number);
    auto const bo = owner(bo_number, false);
    name(bo, "Bo", "Berg");
    store(pending("1", call(bo_number, anna_number)));
    test.admin(fmt::format("UPDATE profiles SET given_name = '\\x{}' WHERE user_id = '{}'", std::string(100, '0'),
                           bo.user.text()));  // as it is when the key is gone: nothing opens it
    EXPECT_EQ(seen_by(anna), "-");
}

TEST_F(CallColleaguesTest, AreOfTheSameOrganisation) {
    auto const anna = owner(anna_number);
    auto const elsewhere = person_in(new_organisation());
    give(elsewhere, bo_number, "2020-01-01");
    name(elsewhere, "Eva", "Ek");
    store(pending("1", call(bo_number, anna_number)));
    EXPECT_EQ(seen_by(anna), "-");
}

TEST_F(CallColleaguesTest, AreNotLookedForInRowsThatHaveFaded) {
    auto const anna = owner(anna_number);
    auto const bo = owner(bo_number, false);
    name(bo, "Bo", "Berg");
    store(pending("1", call(bo_number, anna_number)));
    test.admin(
        fmt::format("UPDATE calls SET stage = 'masked', source_hash = NULL, counterpart_hash = NULL "
                    "WHERE owner_id = '{}'",
                    anna.user.text()));
    EXPECT_EQ(seen_by(anna), "-");
    EXPECT_EQ(seen_in_figures(anna), "-");
}

}  // namespace
}  // namespace samtal::calls
