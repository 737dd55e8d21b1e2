#include "samtal/consent/consent.hpp"

#include "samtal/consent/receipt.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/values.hpp"
#include "support/database.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <thread>

namespace samtal::consent {
namespace {

using testing::run;
using P = purpose::RightsAndEvidence;

class LedgerTest : public testing::DatabaseTest {
protected:
    Result<Entry> choose(Principal const& who, std::string purpose, std::string state) {
        return run(
            consents->choose(permit<P>(who), {std::move(purpose), std::move(state), notices.current_version()}));
    }

    /// Whether a person's events are one unbroken chain of signed documents that say what the columns say.
    bool chain_holds(Principal const& who) {
        auto const events = test.admin(fmt::format(
            "SELECT sequence, previous_hash, document, signature, purpose, state, event_id, subject, terms_hash, "
            "(extract(epoch FROM acted_at) * 1000)::bigint FROM consent_events WHERE user_id = '{}' ORDER BY "
            "sequence",
            who.user.text()));
        std::string previous;
        std::int64_t sequence = 0;
        for (auto const& event : events) {
            std::string const document = storage::bytes_of(event[2]);
            auto const said = nlohmann::json::parse(document.substr(document.find('\n') + 1));
            nlohmann::json link;  // null in the first
            if (!previous.empty()) link = storage::bytea(previous).substr(2);
            bool const holds =
                event[0].as<std::int64_t>() == ++sequence && storage::bytes_of(event[1]) == previous &&
                storage::signature_holds(signer.public_key(), document, storage::bytes_of(event[3])) &&
                said["sequence"] == sequence && said["previous_hash"] == link &&
                said["purpose"] == storage::text_of(event[4]) &&
                said["event_state"] == storage::text_of(event[5]) &&
                said["record_id"] == storage::text_of(event[6]) &&
                said["pii_principal_id"] == storage::text_of(event[7]).substr(2) &&
                said["terms_hash"] == storage::text_of(event[8]).substr(2) &&
                said["event_time"] == rfc3339(storage::time_of(event[9]));
            if (!holds) return false;
            previous = storage::sha256(document);
        }
        return sequence > 0;
    }

    Notices const notices{{{"advoco", "Advoco", "sv"}}};
    Ledger ledger{cipher, test.ring, notices};
    storage::Signer signer{test.ring};
    std::unique_ptr<Consents> consents = make_consents(db, ledger, notices, system_now);
};

std::vector<std::string> const purposes{"call_history", "marketing", "partner_sharing", "client_diagnostics"};
std::vector<std::string> const states{"given", "refused", "withdrawn"};

TEST_F(LedgerTest, SumsUpToTheStateThatStandsBesideIt) {
    std::mt19937 random{20261123};
    std::vector<Principal> const people{person(), person(), person()};
    for (int n = 0; n < 200; ++n)
        ASSERT_TRUE(choose(people[random() % people.size()], purposes[random() % purposes.size()],
                           states[random() % states.size()]));
    auto const differences = [&] {
        return test.admin(fmt::format(
            "WITH rebuilt AS (SELECT DISTINCT ON (user_id, purpose) user_id, purpose, state, acted_at, "
            "notice_version, "
            "terms_hash, event_id FROM consent_events WHERE organisation_id = '{0}' ORDER BY user_id, purpose, "
            "sequence "
            "DESC), kept AS (SELECT user_id, purpose, state, since, notice_version, terms_hash, event_id FROM "
            "consent_state WHERE organisation_id = '{0}') (TABLE rebuilt EXCEPT TABLE kept) UNION ALL (TABLE kept "
            "EXCEPT "
            "TABLE rebuilt)",
            organisation.text()));
    };
    EXPECT_TRUE(differences().empty());
    for (Principal const& who : people) EXPECT_TRUE(chain_holds(who));
    test.admin(
        fmt::format("UPDATE consent_state SET state = 'expired' WHERE user_id = '{}'", people[0].user.text()));
    EXPECT_FALSE(differences().empty());
}

TEST_F(LedgerTest, PutsActsThatComeAtOnceInOneOrder) {
    auto const anna = person();
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, thread] {
            auto const key = purposes[static_cast<std::size_t>(thread)];
            for (int n = 0; n < 25; ++n) EXPECT_TRUE(choose(anna, key, n % 2 == 0 ? "given" : "withdrawn"));
        });
    // A second way in, on another connection: the one that activation takes.
    auto const doorstep = gate.permit_doorstep<purpose::AccountLogin>();
    for (int n = 0; n < 25; ++n)
        EXPECT_TRUE(run(db.run(doorstep, [&](storage::Tx& tx) {
            Act act{"transfer_outside_eea",
                    notices.terms_hash("transfer_outside_eea"),
                    "refused",
                    notices.current_version(),
                    {},
                    DecisionId{uuid_v7(system_now())}};
            return ledger.append(tx, ActorKind::doorstep, anna.organisation, anna.user, std::move(act),
                                 system_now());
        })));
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(test.admin(fmt::format("SELECT max(sequence) FROM consent_events WHERE user_id = '{}'",
                                     anna.user.text()))[0][0]
                  .as<int>(),
              125);
    EXPECT_TRUE(chain_holds(anna));
}

TEST_F(LedgerTest, ShowsEveryKindOfChange) {
    for (auto const* change :
         {"UPDATE consent_events SET state = 'given' WHERE user_id = '{}' AND sequence = 2",
          "UPDATE consent_events SET terms_hash = sha256('x') WHERE user_id = '{}' AND sequence = 2",
          "UPDATE consent_events SET acted_at = acted_at - interval '1 day' WHERE user_id = '{}'",
          "UPDATE consent_events SET subject = sha256('x') WHERE user_id = '{}' AND sequence = 3",
          "UPDATE consent_events SET document = document || ' ' WHERE user_id = '{}'",
          "UPDATE consent_events SET signature = decode(repeat('00', 64), 'hex') WHERE user_id = '{}'",
          "UPDATE consent_events SET sequence = 9 WHERE user_id = '{}' AND sequence = 3",
          "DELETE FROM consent_events WHERE user_id = '{}' AND sequence = 2",
          "DELETE FROM consent_events WHERE user_id = '{}' AND sequence = 1"}) {
        auto const anna = person();
        for (auto const* state : {"given", "withdrawn", "refused"}) ASSERT_TRUE(choose(anna, "marketing", state));
        ASSERT_TRUE(chain_holds(anna));
        test.admin(fmt::format(fmt::runtime(change), anna.user.text()));
        EXPECT_FALSE(chain_holds(anna)) << change;
    }
}

TEST_F(LedgerTest, GrowsAtItsEndOnly) {
    auto const anna = person();
    auto const first = choose(anna, "marketing", "given");
    ASSERT_TRUE(first && choose(anna, "marketing", "withdrawn"));
    // As a program would that has the role's rights and not its manners: a second event after the first.
    static constexpr storage::Statement fork{
        "-- test.fork\nSELECT append_consent($1::uuid, $2::uuid, gen_random_uuid(), sha256('s'), 2, $3::bytea, "
        "'marketing', "
        "'given', 'v', sha256('t'), now(), 'doc', decode(repeat('00', 64), 'hex'))"};
    auto const permit = this->permit<P>(anna);
    EXPECT_THROW(run(db.run(permit,
                            [&](storage::Tx& tx) -> Result<void> {
                                tx.exec(fork, anna.organisation.text(), anna.user.text(),
                                        storage::bytea(storage::sha256(first->document)));
                                return {};
                            })),
                 storage::IntegrityViolation);
    static constexpr storage::Statement rewrite{"-- test.rewrite\nUPDATE consent_events SET state = 'given'"};
    EXPECT_THROW(run(db.run(permit,
                            [&](storage::Tx& tx) -> Result<void> {
                                tx.exec(rewrite);
                                return {};
                            })),
                 storage::SqlFailure);
    EXPECT_TRUE(chain_holds(anna));
}

TEST_F(LedgerTest, TakesNoActOfSomebodyWhoWasErased) {
    Principal const nobody{organisation, testing::fresh_id<UserId>(), testing::fresh_id<SessionId>()};
    EXPECT_EQ(choose(nobody, "marketing", "given").error().code, Errc::not_found);
}

TEST_F(LedgerTest, KeepsTheProofAndNotThePersonWhenTheAccountIsDeleted) {
    auto const anna = person();
    auto const entry = choose(anna, "marketing", "given");
    ASSERT_TRUE(entry);
    test.admin(fmt::format("DELETE FROM users WHERE user_id = '{}'", anna.user.text()));
    auto const kept = test.admin(
        fmt::format("SELECT user_id, document FROM consent_events WHERE event_id = '{}'", entry->event.text()));
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_TRUE(kept[0][0].is_null());
    EXPECT_EQ(storage::bytes_of(kept[0][1]), entry->document);
    EXPECT_EQ(entry->document.find(anna.user.text()), std::string::npos);
}

TEST_F(LedgerTest, GivesReceiptsThatHoldWithTheDeploymentsKeyAlone) {
    auto const anna = person();
    ASSERT_TRUE(choose(anna, "marketing", "given"));
    auto const entry = choose(anna, "marketing", "withdrawn");
    std::string const text = encode_receipt(*entry);
    std::string const& key = signer.public_key();
    EXPECT_TRUE(receipt_holds(text, key));
    auto const receipt = nlohmann::json::parse(text);
    EXPECT_TRUE(receipt_holds(receipt.dump(4), key));
    EXPECT_TRUE(receipt_holds(nlohmann::json{{"state", "withdrawn"}, {"receipt", receipt}}.dump(), key));
    EXPECT_FALSE(receipt_holds(text, std::string(32, '\x01')));
    for (auto const& [name, value] : receipt.items()) {
        auto changed = receipt;
        changed[name] = value.is_string() ? nlohmann::json(value.get<std::string>() + "0") : nlohmann::json(17);
        EXPECT_FALSE(receipt_holds(changed.dump(), key)) << name;
        changed.erase(name);
        EXPECT_FALSE(receipt_holds(changed.dump(), key)) << name;
    }
    std::string const twice = R"({"event_state":"given",)" + text.substr(1);
    for (std::string const& bad : {twice, std::string{}, std::string{"[]"}, std::string{"{}"}, text + "x",
                                   std::string{R"({"receipt":7})"}, std::string{R"({"signature":""})"}})
        EXPECT_FALSE(receipt_holds(bad, key)) << bad;
}

TEST_F(LedgerTest, PublicKeyTravelsAsPem) {
    std::string const pem = storage::public_key_pem(signer.public_key());
    EXPECT_TRUE(pem.starts_with("-----BEGIN PUBLIC KEY-----\n"));
    EXPECT_EQ(storage::read_public_key_pem(pem), signer.public_key());
    EXPECT_FALSE(storage::read_public_key_pem("-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n"));
    EXPECT_FALSE(storage::read_public_key_pem(""));
}

}  // namespace
}  // namespace samtal::consent
