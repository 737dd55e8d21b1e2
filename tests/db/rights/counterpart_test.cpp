#include "calls/pg_call_history_repository.hpp"
#include "calls/pg_call_intake_repository.hpp"
#include "erasure_fixture.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::rights {
namespace {

using namespace std::chrono_literals;

/// What other people's calls still say of somebody who is erased.
class ErasedCounterpartTest : public ErasureDatabaseTest {
protected:
    std::string const gone_number = "+46701740901";
    std::string const friend_number = "+46701740902";

    ErasedCounterpartTest() {
        test.admin(
            fmt::format("INSERT INTO switches (organisation_id, switch_id, name, token_hash) "
                        "VALUES ('{}', '{}', 'Test', sha256('{}'))",
                        organisation.text(), switch_id.text(), switch_id.text()));
    }
    void give(Principal const& who, std::string const& number, std::string const& since = "2020-01-01",
              std::string const& until = "") {
        auto const id = fresh_id<MessageId>();
        auto const sealed = cipher.seal(who.user, {field::PhoneAssignmentsNumber::column, id.value()}, number);
        test.admin(fmt::format(
            "INSERT INTO phone_assignments (organisation_id, assignment_id, user_id, number_hash, number, "
            "valid_from, valid_to) VALUES ('{}', '{}', '{}', '{}', '{}', '{}', {})",
            who.organisation.text(), id.text(), who.user.text(),
            storage::bytea(numbers.hash(who.organisation, number)), storage::bytea(*sealed), since,
            until.empty() ? "NULL" : "'" + until + "'"));
    }
    Principal owner(std::string const& number) {
        auto const who = person();
        give(who, number);
        consent(who, "call_history");
        return who;
    }
    void called(std::string const& source, std::string const& caller, std::string const& callee,
                std::string_view began = "2026-03-04T12:00:00Z") {
        auto const permit = gate.permit_machine<purpose::CallSetup>(organisation);
        auto const begin = parse_rfc3339(began).value();
        std::vector<calls::PendingCall> const report{
            {source,
             {},
             {calls::Party{numbers.normalise(caller).value()}, calls::Party{numbers.normalise(callee).value()},
              calls::SomeTimes{{begin, begin + 10s, begin + 70s}}, calls::Outcome::answered}}};
        ASSERT_TRUE(run(intake.store(permit, switch_id, report))[0]);
    }
    std::vector<std::string> history_of(Principal const& who) {
        auto const permit = this->permit<purpose::CallHistory>(who);
        std::vector<std::string> lines;
        auto const page = run(history.page(permit, {{}, {}, {}, 200})).value();
        for (auto const& item : page.items)
            lines.push_back(fmt::format("{} {} {}", rfc3339(item.times.open(permit).started_at),
                                        name_of(item.stage),
                                        item.counterpart ? item.counterpart->open(permit) : "-"));
        return lines;
    }
    int removed(Work const& work) {
        return number(
            fmt::format("SELECT coalesce(sum(erased), 0) FROM erasure_counts WHERE request_id = '{}' AND "
                        "holding = 'calls_of_others'",
                        work.id.text()));
    }
    void write_notes(Principal const& who) {
        auto const permit = this->permit<purpose::CallHistory>(who);
        auto const page = run(history.page(permit, {{}, {}, {}, 200})).value();
        for (auto const& item : page.items)
            ASSERT_TRUE(run(history.write_note(permit, item.id, calls::Note{"ring Kim igen"})));
    }

    using Lines = std::vector<std::string>;
    SwitchId const switch_id = fresh_id<SwitchId>();
    calls::PgCallIntake intake{db, *test.keys, test.ring, numbers};
    calls::PgCallHistory history{db, cipher, numbers};
};

TEST_F(ErasedCounterpartTest, J1_OthersCallsKeepTimeDirectionAndLengthAndNothingOfThePerson) {
    auto const gone = owner(gone_number), stays = owner(friend_number);
    called("1", gone_number, friend_number);
    called("2", friend_number, gone_number, "2026-03-05T12:00:00Z");
    called("3", friend_number, "+46812345678", "2026-03-06T12:00:00Z");
    write_notes(stays);
    Work const work = ask(gone);
    EXPECT_TRUE(erased(work));
    EXPECT_EQ(removed(work), 2);
    EXPECT_EQ(history_of(stays),
              (Lines{"2026-03-06T12:00:00.000Z full +46812345678", "2026-03-05T12:00:00.000Z removed -",
                     "2026-03-04T12:00:00.000Z removed -"}));
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM calls WHERE owner_id = '{}' AND stage = 'removed' AND "
                                 "num_nulls(counterpart, source_hash, counterpart_hash, part_hash, note) = 5 AND "
                                 "ended_at - started_at = interval '70 s'",
                                 stays.user.text())),
              2);
    auto const certificate = test.admin(fmt::format(
        "SELECT certificate::json->'certificate'->'changed_for_others'->0->>'rows' FROM privacy_requests WHERE "
        "request_id = '{}'",
        work.id.text()))[0][0];
    EXPECT_STREQ(certificate.c_str(), "2");
    // A correction of what was removed brings no number back.
    called("1", gone_number, friend_number, "2026-03-04T12:00:05Z");
    called("2", friend_number, "+46701740903", "2026-03-05T12:00:00Z");
    EXPECT_EQ(history_of(stays).size(), 3U);
    EXPECT_EQ(removed(work), 2);
}

TEST_F(ErasedCounterpartTest, J1_ANumberIsThePersonsOnlyWhileTheyHadIt) {
    auto const gone = person(), stays = owner(friend_number);
    give(gone, gone_number, "2026-02-01", "2026-03-01");
    called("before", friend_number, gone_number, "2026-01-31T23:59:00Z");
    called("first", friend_number, gone_number, "2026-02-01T00:00:00Z");
    called("last", friend_number, gone_number, "2026-02-28T23:59:59Z");
    called("after", friend_number, gone_number, "2026-03-01T00:00:00Z");
    Work const work = ask(gone);
    EXPECT_TRUE(erased(work));
    EXPECT_EQ(removed(work), 2);
    EXPECT_EQ(history_of(stays),
              (Lines{"2026-03-01T00:00:00.000Z full +46701740901", "2026-02-28T23:59:59.000Z removed -",
                     "2026-02-01T00:00:00.000Z removed -", "2026-01-31T23:59:00.000Z full +46701740901"}));
}

TEST_F(ErasedCounterpartTest, J1_AHeldPersonsCallsStayAndARestrictedPersonsDoNot) {
    auto const gone = owner(gone_number), held = owner(friend_number), restricted = owner("+46701740903");
    called("1", gone_number, friend_number);
    called("2", gone_number, "+46701740903");
    test.admin(
        fmt::format("INSERT INTO legal_holds (organisation_id, hold_id, user_id, case_reference, placed_at) "
                    "VALUES ('{}', gen_random_uuid(), '{}', 'T 1', now()); "
                    "UPDATE users SET restricted_at = now() WHERE user_id = '{}'",
                    organisation.text(), held.user.text(), restricted.user.text()));
    Work const work = ask(gone);
    EXPECT_TRUE(erased(work));
    EXPECT_EQ(removed(work), 1);
    EXPECT_EQ(history_of(held), Lines{"2026-03-04T12:00:00.000Z full +46701740901"});
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM calls WHERE owner_id = '{}' AND stage = 'removed'",
                                 restricted.user.text())),
              1);
}

TEST_F(ErasedCounterpartTest, J1_GoesOnAfterACrashAndTouchesNoOtherOrganisation) {
    auto const gone = owner(gone_number);
    std::vector<Principal> friends;
    for (int n = 0; n < 7; ++n) {
        friends.push_back(owner(fmt::format("+4670174091{}", n)));
        called(std::to_string(n), gone_number, fmt::format("+4670174091{}", n));
    }
    Work const work = ask(gone);
    auto const may = machine();
    ASSERT_EQ(*run(repository.begin(may, work)), Step::done);
    PgCounterpartRepository walk{db, cipher, numbers};
    auto const own = *run(walk.numbers_of(may, work));
    ASSERT_EQ(own.size(), 1U);
    EXPECT_TRUE(all_in_plain(own));
    auto const reached = **run(walk.forget_batch(may, work, own, {}, 3));
    EXPECT_FALSE(reached.done);
    EXPECT_TRUE(erased(work)) << "from the first step again";
    EXPECT_EQ(removed(work), 7);
    for (auto const& one : friends) EXPECT_EQ(history_of(one), Lines{"2026-03-04T12:00:00.000Z removed -"});
}

/// A backup of the main database brings the person back, and their number into others' calls, when nothing opens
/// their own any more.
TEST_F(ErasedCounterpartTest, J1_ARestoredBackupIsErasedFromOthersCallsAgain) {
    auto const gone = person(), stays = owner(friend_number);
    give(gone, gone_number, "2026-01-01");
    called("1", gone_number, friend_number);
    called("2", friend_number, gone_number, "2025-12-31T12:00:00Z");  // somebody else's number then
    called("3", friend_number, "+46812345678", "2026-03-06T12:00:00Z");
    (void)test.keys->erase(gone.user);  // as if the rows came out of a backup
    auto const may = machine();
    std::vector<PgErasureRepository::Somebody> const people{{organisation, gone.user}, {organisation, stays.user}};
    ASSERT_EQ(*run(repository.replay(may, people, system_now())), 1U);
    auto const id = RequestId::parse(test.admin(fmt::format(
        "SELECT request_id FROM privacy_requests WHERE user_id = '{}'", gone.user.text()))[0][0]
                                         .c_str());
    Work const work{organisation, *id, gone.user, "erasure", "sv"};
    EXPECT_TRUE(erased(work));
    EXPECT_EQ(history_of(stays),
              (Lines{"2026-03-06T12:00:00.000Z full +46812345678", "2026-03-04T12:00:00.000Z removed -",
                     "2025-12-31T12:00:00.000Z full +46701740901"}));
    EXPECT_EQ(removed(work), 1);
}

}  // namespace
}  // namespace samtal::rights
