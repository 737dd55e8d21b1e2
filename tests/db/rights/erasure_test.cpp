#include "rights/eraser.hpp"
#include "rights/pg_request_repository.hpp"
#include "support/database.hpp"

#include <fmt/format.h>

#include <functional>

namespace samtal::rights {
namespace {

using testing::fresh_id;
using testing::run;

/// Nobody asks for step-up here.
class NoIdentity final : public identity::Identity {
    using Permit_ = identity::AccountPermit;
    template <class T>
    static Task<Result<T>> no() {
        co_return Error{Errc::invalid, "not in this test"};
    }
    Task<Result<UserId>> activate(Permit_ const&, identity::Activation) override { return no<UserId>(); }
    Task<Result<identity::TokenPair>> login(Permit_ const&, identity::Login const&) override {
        return no<identity::TokenPair>();
    }
    Task<Result<identity::TokenPair>> refresh(Permit_ const&, Secret const&) override {
        return no<identity::TokenPair>();
    }
    Task<Result<void>> end_session(Permit_ const&, Principal, SessionId) override { return no<void>(); }
    Task<Result<identity::SessionPage>> sessions(Permit_ const&, identity::SessionQuery) override {
        return no<identity::SessionPage>();
    }
    Task<Result<void>> reauthenticate(Permit_ const&, identity::Reauthentication const&) override {
        return no<void>();
    }
    Task<Result<void>> require_step_up(Principal) override { return no<void>(); }
    Task<Result<void>> change_password(Permit_ const&, identity::PasswordChange const&) override {
        return no<void>();
    }
    Task<Result<void>> request_reset(Permit_, identity::ResetRequest) override { return no<void>(); }
    Task<Result<void>> confirm_reset(Permit_ const&, identity::ResetConfirmation const&) override {
        return no<void>();
    }
    Task<Result<boost::uuids::uuid>> request_email_change(Principal, identity::MailAddress) override {
        return no<boost::uuids::uuid>();
    }
    Task<Result<void>> confirm_email_change(Permit_ const&, Secret const&) override { return no<void>(); }
    Task<Result<identity::Account>> account(Permit_ const&) override { return no<identity::Account>(); }
};

/// Keeps letters.
class Letters final : public ops::Mailer {
public:
    bool send(ops::Mail mail) override {
        all.push_back(std::move(mail));
        return true;
    }
    std::vector<ops::Mail> all;
};

class ErasureTest : public testing::DatabaseTest {
protected:
    using Step = PgErasureRepository::Step;

    RightsPermit machine() { return gate.permit_machine<purpose::RightsAndEvidence>(OrganisationId::nil()); }

    Work ask(Principal const& who) {
        Timestamp const now = system_now();
        RequestRow const row{fresh_id<RequestId>(),
                             who,
                             "erasure",
                             "received",
                             "",
                             "sv",
                             now,
                             now,
                             storage::sha256(who.user.text()),
                             now + std::chrono::hours{1}};
        EXPECT_TRUE(run(requests.open_erasure(permit<purpose::RightsAndEvidence>(who), row)));
        return {who.organisation, row.id, who.user, "erasure", "sv"};
    }

    /// A person with messages in a conversation with another, and calls.
    Principal furnished(Principal const& friend_, int messages, int calls) {
        Principal const who = person();
        place = fresh_id<ConversationId>();
        std::string const o = organisation.text();
        test.admin(fmt::format(
            "INSERT INTO conversations (organisation_id, conversation_id, creator_id, direct_low, direct_high) "
            "VALUES ('{0}', '{1}', '{2}', least('{2}'::uuid, '{3}'), greatest('{2}'::uuid, '{3}'))",
            o, place->text(), who.user.text(), friend_.user.text()));
        test.admin(
            fmt::format("INSERT INTO members (organisation_id, conversation_id, user_id, role) "
                        "VALUES ('{0}', '{1}', '{2}', 'member'), ('{0}', '{1}', '{3}', 'member')",
                        o, place->text(), who.user.text(), friend_.user.text()));
        test.admin(
            fmt::format("INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, "
                        "client_message_id, text, sent_at, "
                        "decision_id) SELECT '{}', '{}', n, gen_random_uuid(), CASE WHEN n > {} THEN '{}'::uuid "
                        "ELSE '{}'::uuid END, "
                        "gen_random_uuid(), decode(repeat('00', 50), 'hex'), now(), gen_random_uuid() FROM "
                        "generate_series(1, {}) n",
                        o, place->text(), messages, friend_.user.text(), who.user.text(), messages + 1));
        test.admin(
            fmt::format("INSERT INTO calls (organisation_id, owner_id, call_id, source_hash, direction, "
                        "own_number, started_at, ended_at, "
                        "outcome, decision_id) SELECT '{}', '{}', gen_random_uuid(), sha256(n::text::bytea), "
                        "'incoming', 'x', now(), now(), "
                        "'busy', gen_random_uuid() FROM generate_series(1, {}) n",
                        o, who.user.text(), calls));
        return who;
    }

    int number(std::string const& sql) { return test.admin(sql)[0][0].as<int>(); }

    /// Rows of any personal table that still name the person.
    int left(UserId user) {
        int sum = 0;
        for (auto const& row :
             test.admin("SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
                        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND "
                        "a.atttypid = 'uuid'::regtype AND NOT a.attisdropped"))
            sum += number(fmt::format("SELECT count(*) FROM {} WHERE {} = '{}'", row[0].c_str(), row[1].c_str(),
                                      user.text()));
        return sum;
    }

    NoIdentity nobody;
    Letters letters;
    storage::Signer signer{test.ring};
    calls::PhoneNumbers numbers{test.ring};
    boost::asio::io_context loop;
    std::vector<UserId> shut_out;
    RightsParts parts{db,
                      db,
                      cipher,
                      *test.keys,
                      test.ring,
                      signer,
                      gate,
                      nobody,
                      numbers,
                      letters,
                      [this](UserId user) { shut_out.push_back(user); },
                      [](UserId) -> Task<void> { co_return; },
                      loop.get_executor()};
    PgNoticeRepository notices{db, cipher, test.ring};
    PgRequestRepository requests{db, cipher, notices};
    PgErasureRepository repository{db, cipher, *test.keys};
    Eraser eraser{parts, repository, notices};
    std::optional<ConversationId> place;
};

TEST_F(ErasureTest, LeavesNothingThatNamesThePersonAndCountsExactly) {
    Principal const other = person();
    Principal const who = furnished(other, 2345, 1100);
    Work const work = ask(who);
    EXPECT_TRUE(run(eraser.erase(machine(), work)));
    EXPECT_EQ(left(who.user), 0);
    EXPECT_EQ(shut_out, std::vector{who.user});
    EXPECT_EQ(
        number(fmt::format("SELECT erased FROM erasure_counts WHERE request_id = '{}' AND holding = 'messages'",
                           work.id.text())),
        2345);
    EXPECT_EQ(number(fmt::format("SELECT erased FROM erasure_counts WHERE request_id = '{}' AND holding = 'calls'",
                                 work.id.text())),
              1100);
    EXPECT_EQ(
        number(fmt::format(
            "SELECT count(*) FROM messages WHERE conversation_id = '{}' AND removed = 'erased' AND text IS NULL",
            place->text())),
        2345);
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM messages WHERE conversation_id = '{}' AND sender_id = '{}'",
                                 place->text(), other.user.text())),
              1)
        << "the other's message stays";
    EXPECT_FALSE(test.keys->key_of(who.user));
    EXPECT_TRUE(test.keys->key_of(other.user));
}

/// What a crash leaves is what a step left: the next one begins at the first step again.
TEST_F(ErasureTest, GoesOnAfterACrashAtEveryStep) {
    // Of 1500 messages, 10 calls and a few rows beside them.
    constexpr int batch = 400;
    constexpr int batches = 4;
    for (int crash = 0; crash < 4 + batches; ++crash) {
        Principal const who = furnished(person(), 1500, 10);
        Work const work = ask(who);
        auto const may = machine();
        if (crash > 0) EXPECT_EQ(*run(repository.begin(may, work)), Step::done);
        if (crash > 1) EXPECT_EQ(*run(repository.destroy_key(may, work)), Step::done);
        for (int done = 0; done < crash - 2; ++done)
            EXPECT_EQ(*run(repository.erase_batch(may, work, batch)), done < batches) << "batch " << done;
        EXPECT_TRUE(run(eraser.erase(may, work)));
        EXPECT_EQ(left(who.user), 0) << crash;
        EXPECT_EQ(number(fmt::format(
                      "SELECT erased FROM erasure_counts WHERE request_id = '{}' AND holding = 'messages'",
                      work.id.text())),
                  1500);
        EXPECT_FALSE(run(eraser.erase(may, work))) << "done is done";
    }
}

TEST_F(ErasureTest, KeepsAnOwnerInAGroup) {
    Principal const other = person();
    Principal const who = person();
    std::string const group = fresh_id<ConversationId>().text();
    test.admin(
        fmt::format("INSERT INTO conversations (organisation_id, conversation_id, creator_id, title) VALUES "
                    "('{}', '{}', '{}', 'x')",
                    organisation.text(), group, who.user.text()));
    test.admin(
        fmt::format("INSERT INTO members (organisation_id, conversation_id, user_id, role) VALUES ('{0}', '{1}', "
                    "'{2}', 'owner'), "
                    "('{0}', '{1}', '{3}', 'member')",
                    organisation.text(), group, who.user.text(), other.user.text()));
    EXPECT_TRUE(run(eraser.erase(machine(), ask(who))));
    EXPECT_EQ(
        number(fmt::format(
            "SELECT count(*) FROM members WHERE conversation_id = '{}' AND user_id = '{}' AND role = 'owner'",
            group, other.user.text())),
        1);
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM conversations WHERE conversation_id = '{}' AND title IS "
                                 "NULL AND creator_id IS NULL",
                                 group)),
              1);
}

TEST_F(ErasureTest, IsRefusedWhileOneIsUnderWay) {
    Principal const who = person();
    Work const first = ask(who);
    Timestamp const now = system_now();
    RequestRow const second{fresh_id<RequestId>(), who, "erasure", "received", "", "sv", now, now, {},
                            std::nullopt};
    auto const refused = run(requests.open_erasure(permit<purpose::RightsAndEvidence>(who), second));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().problem.text(), "in-progress");
    EXPECT_TRUE(run(eraser.erase(machine(), first)));
}

TEST_F(ErasureTest, OfAPersonWhomABackupBroughtBackIsDoneAgain) {
    Principal const who = furnished(person(), 20, 3);
    Principal const survivor = person();
    (void)test.keys->erase(who.user);  // the key store remembers; the rows are those of the backup
    auto const may = machine();
    std::vector<PgErasureRepository::Somebody> const people{{organisation, who.user},
                                                            {organisation, survivor.user}};
    EXPECT_EQ(*run(repository.replay(may, people, system_now())), 1U);
    EXPECT_EQ(*run(repository.replay(may, people, system_now())), 1U) << "and not twice";
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM privacy_requests WHERE user_id = '{}'", who.user.text())),
              1);
    auto const id = RequestId::parse(test.admin(fmt::format(
        "SELECT request_id FROM privacy_requests WHERE user_id = '{}'", who.user.text()))[0][0]
                                         .c_str());
    EXPECT_TRUE(run(eraser.erase(may, {organisation, *id, who.user, "erasure", "sv"})));
    EXPECT_EQ(left(who.user), 0);
    EXPECT_GT(left(survivor.user), 0);
}

TEST_F(ErasureTest, WaitsForALegalHoldWithNothingHalfDone) {
    Principal const who = furnished(person(), 20, 3);
    test.admin(
        fmt::format("INSERT INTO legal_holds (organisation_id, hold_id, user_id, case_reference, placed_at) "
                    "VALUES ('{}', gen_random_uuid(), '{}', 'T 1', now())",
                    organisation.text(), who.user.text()));
    int const before = left(who.user);
    Work const work = ask(who);
    EXPECT_FALSE(run(eraser.erase(machine(), work)));
    EXPECT_EQ(left(who.user), before + 1) << "the request itself";
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM users WHERE user_id = '{}' AND state = 'active'",
                                 who.user.text())),
              1);
    EXPECT_EQ(number(fmt::format(
                  "SELECT count(*) FROM privacy_requests WHERE request_id = '{}' AND waits_for = 'legal_hold'",
                  work.id.text())),
              1);
    test.admin(fmt::format("UPDATE legal_holds SET released_at = now() WHERE user_id = '{}'", who.user.text()));
    EXPECT_TRUE(run(eraser.erase(machine(), work)));
}

}  // namespace
}  // namespace samtal::rights
