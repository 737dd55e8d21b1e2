#pragma once

#include "rights/eraser.hpp"
#include "rights/pg_request_repository.hpp"
#include "support/database.hpp"
#include "support/letters.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>

#include <functional>

namespace samtal::rights {

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

class ErasureDatabaseTest : public testing::DatabaseTest {
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

    /// A connection of a purpose's role.
    storage::LoginOptions writes_as(std::string const& role) const {
        storage::LoginOptions login = test.main;
        login.user = role;
        login.password_file = test.data + "/secrets/" + role;
        return login;
    }

    /// Turn after turn, until it is over. True: with a certificate.
    bool erased(Work const& work) {
        for (;;) {
            auto const outcome = run(eraser.erase(machine(), work));
            if (outcome != Eraser::Outcome::more) return outcome == Eraser::Outcome::done;
        }
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
    testing::Letters letters;
    storage::Signer signer{test.ring};
    calls::PhoneNumbers numbers{test.ring};
    boost::asio::io_context loop;
    Task<void> note(UserId user) {
        shut_out.push_back(user);
        co_return;
    }
    std::vector<UserId> shut_out;
    std::vector<gateway::Head> told;
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
                      [this](UserId user) { return note(user); },
                      [](UserId) -> Task<void> { co_return; },
                      loop.get_executor(),
                      [this](gateway::Head const& head) { told.push_back(head); }};
    PgNoticeRepository notices{db, cipher, test.ring};
    PgRequestRepository requests{db, cipher, notices};
    PgErasureRepository repository{db, cipher, *test.keys};
    Eraser eraser{parts, repository, notices, [] { return false; }};
    std::optional<ConversationId> place;
};

}  // namespace samtal::rights
