#include "rights/archive.hpp"

#include "planted_person.hpp"
#include "rights/archive_plan.hpp"
#include "rights/pg_archive_repository.hpp"
#include "samtal/consent/consent.hpp"
#include "samtal/consent/receipt.hpp"
#include "support/unzip.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>
#include <set>
#include <sstream>

namespace samtal::rights {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::run;
using Files = std::map<std::string, std::string>;
using P = purpose::RightsAndEvidence;

/// As a cell shows it.
std::string shown(json const& value) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_structured()) return value.dump();
    std::string all;
    for (auto const& part : value) all += (all.empty() ? "" : ", ") + shown(part);
    return all;
}

std::vector<json> lines_of(Files const& files, std::string const& path) {
    std::vector<json> lines;
    std::istringstream text{files.at(path)};
    for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
    return lines;
}

bool holds(json const& line, std::map<std::string, std::string> const& cells,
           std::set<std::string> const& columns) {
    for (auto const& [column, cell] : cells) {
        if (!columns.contains(column)) continue;
        std::string const found = shown(line.at(column));
        // Objects are shown with the names of their parts.
        if (found != cell && !line.at(column).is_object()) return false;
        if (line.at(column).is_object())
            for (auto const& part : line.at(column))
                if (cell.find(shown(part)) == std::string::npos) return false;
    }
    return true;
}

bool is_portable(std::string const& table, std::string const& column) {
    static auto const plan = archive_plan(processing::built_in(), View::portability, "en");
    auto const found = std::ranges::find(plan.tables, table, &ArchiveTable::name);
    return found != plan.tables.end() && std::ranges::count(found->columns, column, &ArchiveColumn::name) > 0;
}

std::set<std::string> columns_of(ArchiveTable const& table) {
    std::set<std::string> names;
    for (auto const& column : table.columns) names.insert(column.name);
    return names;
}

std::string all_of(Files const& files) {
    std::string all;
    for (auto const& [path, content] : files) all += path + "\n" + content + "\n";
    return all;
}

class ArchiveTest : public testing::DatabaseTest {
protected:
    Files build(Principal const& who, View view = View::access, std::string language = "en") {
        auto const permit = gate.permit_machine<P>(who.organisation);
        std::string zip;
        EXPECT_TRUE(make(permit, who, view, std::move(language), zip));
        return testing::unzip(zip);
    }
    Result<void> make(RightsPermit const& permit, Principal const& who, View view, std::string language,
                      std::string& zip) {
        return run(archive->build(permit, who, view, std::move(language),
                                  [&zip](std::string piece) { return append(zip, std::move(piece)); }));
    }
    static Task<Result<void>> append(std::string& zip, std::string piece) {
        EXPECT_FALSE(piece.empty());
        EXPECT_EQ(zip.size() % Archive::piece_bytes, 0U) << "only the last piece is smaller";
        EXPECT_LE(piece.size(), Archive::piece_bytes);
        zip += piece;
        co_return Result<void>{};
    }
    /// A conversation that somebody made, with its members.
    std::string conversation(Principal const& by, std::string const& title,
                             std::vector<Principal> const& members) {
        std::string const id = testing::fresh_id<ConversationId>().text();
        PlantedRow row{"conversations", cipher, by};
        row.plain("conversation_id", id)
            .plain("creator_id", by.user.text())
            .sealed("title", title, id)
            .insert(test);
        for (Principal const& member : members)
            PlantedRow{"members", cipher, member}
                .plain("conversation_id", id)
                .plain("user_id", member.user.text())
                .plain("role", "member")
                .insert(test);
        return id;
    }
    void message(Principal const& by, std::string const& where, int seq, std::string const& text) {
        std::string const id = testing::fresh_id<MessageId>().text();
        PlantedRow{"messages", cipher, by}
            .plain("conversation_id", where)
            .plain("seq", std::to_string(seq))
            .plain("message_id", id)
            .plain("sender_id", by.user.text())
            .sealed("text", text, id)
            .raw("client_message_id", "gen_random_uuid()")
            .raw("sent_at", "now()")
            .raw("decision_id", "gen_random_uuid()")
            .insert(test);
    }
    Principal named(std::string const& given, std::string const& family, std::string const& hidden = "{}") {
        Principal const who = person();
        std::string const id = who.user.text();
        PlantedRow{"profiles", cipher, who}
            .plain("user_id", id)
            .sealed("given_name", given, id)
            .sealed("family_name", family, id)
            .sealed("email", "x@example.org", id)
            .plain("private_fields", hidden)
            .insert(test);
        return who;
    }

    /// As an erasure leaves somebody for a moment: rows, and no key.
    Principal without_key() {
        Principal const who{organisation, testing::fresh_id<UserId>(), testing::fresh_id<SessionId>()};
        test.admin(fmt::format("INSERT INTO users (organisation_id, user_id, role) VALUES ('{}', '{}', 'member')",
                               who.organisation.text(), who.user.text()));
        return who;
    }
    /// Messages 1 to n of one conversation, and calls, in a few statements.
    void fill(Principal const& who, std::string const& where, int messages, int calls) {
        auto const sealed = [&](std::string const& column, boost::uuids::uuid id, std::string const& text) {
            return storage::bytea(cipher.seal(who.user, {column, id}, text).value());
        };
        std::string values;
        for (int n = 1; n <= messages; ++n) {
            auto const id = testing::fresh_id<MessageId>();
            values += fmt::format("{}('{}','{}',{},'{}','{}',gen_random_uuid(),'{}',now(),gen_random_uuid())",
                                  n == 1 ? "" : ",", who.organisation.text(), where, n, id.text(), who.user.text(),
                                  sealed("messages.text", id.value(), fmt::format("message {}", n)));
        }
        test.admin(
            "INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, "
            "client_message_id, text, sent_at, decision_id) VALUES " +
            values);
        values.clear();
        for (int n = 1; n <= calls; ++n) {
            auto const id = testing::fresh_id<CallId>();
            values += fmt::format(
                "{}('{}','{}','{}',sha256('{}'),'incoming','{}','{}',now(),now(),'no_answer',"
                "gen_random_uuid())",
                n == 1 ? "" : ",", who.organisation.text(), who.user.text(), id.text(), n,
                sealed("calls.own_number", id.value(), "+46701740605"),
                sealed("calls.counterpart", id.value(), "+46701740606"));
        }
        test.admin(
            "INSERT INTO calls (organisation_id, owner_id, call_id, source_hash, direction, own_number, "
            "counterpart, started_at, ended_at, outcome, decision_id) VALUES " +
            values);
    }

    std::unique_ptr<Archive> archive = make_archive({db, cipher});
};

TEST_F(ArchiveTest, J1_AccessHoldsEveryFieldOfEveryTable) {
    PlantedPerson const anna{test, person()};
    Files const files = build(anna.who);
    for (ArchiveTable const& table : archive_plan(processing::built_in(), View::access, "en").tables) {
        if (table.name == "conversation_members" || table.name == "colleagues") continue;  // others', see below
        std::set<std::string> planted;
        for (PlantedRow const& row : anna.rows) {
            if (row.table != table.name) continue;
            for (auto const& [column, cell] : row.shown) planted.insert(column);
            auto const lines = lines_of(files, "data/" + table.name + ".jsonl");
            EXPECT_EQ(std::ranges::count_if(lines,
                                            [&](json const& l) { return holds(l, row.shown, columns_of(table)); }),
                      1)
                << table.name << ": " << files.at("data/" + table.name + ".jsonl");
        }
        EXPECT_EQ(planted, columns_of(table)) << table.name << ": plant every column that is exported";
    }
}

TEST_F(ArchiveTest, J1_TheCsvAndThePageHoldTheSameAsTheLines) {
    PlantedPerson const anna{test, person()};
    Files const files = build(anna.who);
    std::string const& page = files.at("index.html");
    for (PlantedRow const& row : anna.rows)
        for (auto const& [column, cell] : row.shown) {
            if (row.table == "messages" && column == "text") continue;  // escaped differently: next test
            EXPECT_THAT(files.at("data/" + row.table + ".csv"), HasSubstr(cell)) << row.table << "." << column;
            EXPECT_THAT(page, HasSubstr(cell)) << row.table << "." << column;
        }
}

TEST_F(ArchiveTest, DefusesFormulasAndEscapesWhatPeopleWrote) {
    auto const anna = person();
    auto const where = conversation(anna, "=HYPERLINK(\"x\")", {anna});
    message(anna, where, 1, "@SUM(1), \"yes\"\n<script>alert('&')</script>");
    Files const files = build(anna, View::access, "sv");
    EXPECT_THAT(files.at("data/conversations.csv"), HasSubstr("\"'=HYPERLINK(\"\"x\"\")\""));
    EXPECT_THAT(files.at("data/messages.csv"), HasSubstr("\"'@SUM(1), \"\"yes\"\"\n<script>"));
    EXPECT_THAT(files.at("index.html"), Not(HasSubstr("<script")));
    EXPECT_THAT(files.at("index.html"), HasSubstr("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"));
    EXPECT_EQ(lines_of(files, "data/messages.jsonl").at(0).at("text"),
              "@SUM(1), \"yes\"\n<script>alert('&')</script>");
}

TEST_F(ArchiveTest, J1_HoldsNothingOfAnotherPerson) {
    PlantedPerson const anna{test, person()};
    PlantedPerson const bo{test, person()};
    PlantedPerson const stranger{test, person_in(new_organisation())};
    for (View const view : {View::access, View::portability}) {
        std::string const all = all_of(build(anna.who, view));
        for (auto const* other : {&bo, &stranger})
            for (PlantedRow const& row : other->rows)
                for (auto const& [column, cell] : row.shown)
                    if (cell.size() > 20 && column != "organisation_id" && column != "terms_hash")
                        EXPECT_THAT(all, Not(HasSubstr(cell))) << row.table << "." << column;
    }
}

TEST_F(ArchiveTest, ShowsWhoIsInAConversationAsThePersonSeesThemAndNotWhatTheyWrote) {
    auto const anna = named("Anna", "Ek");
    auto const bo = named("Bosse", "Hemlig", "{family_name}");
    auto const restricted = named("Vilande", "Kollega");
    named("Ingen", "Bekant");
    auto const where = conversation(bo, "Fredagsfika", {anna, bo, restricted});
    conversation(bo, "Annas present", {bo});
    message(bo, where, 1, "Bo skrev detta");
    test.admin(fmt::format("UPDATE users SET restricted_at = now() WHERE user_id = '{}'", restricted.user.text()));
    Files const files = build(anna);
    EXPECT_EQ(lines_of(files, "data/conversations.jsonl").size(), 1U);
    EXPECT_EQ(lines_of(files, "data/conversations.jsonl").at(0).at("title"), "Fredagsfika");
    EXPECT_EQ(lines_of(files, "data/conversation_members.jsonl").size(), 2U);
    EXPECT_EQ(
        lines_of(files, "data/colleagues.jsonl"),
        (std::vector<json>{{{"user_id", bo.user.text()}, {"given_name", "Bosse"}, {"family_name", nullptr}}}));
    for (auto const* hidden : {"Bo skrev", "Hemlig", "Bekant", "present", "Vilande"})
        EXPECT_THAT(all_of(files), Not(HasSubstr(hidden)));
}

TEST_F(ArchiveTest, ATitleWhoseCreatorWasErasedIsGoneAndTheRestIsThere) {
    auto const anna = person();
    auto const bo = without_key();
    auto const theirs = conversation(anna, "Fredagsfika", {anna});
    conversation(anna, "Min egen", {anna});
    test.admin(fmt::format("UPDATE conversations SET creator_id = '{}' WHERE conversation_id = '{}'",
                           bo.user.text(), theirs));
    std::set<std::string> titles;
    for (json const& line : lines_of(build(anna), "data/conversations.jsonl"))
        titles.insert(shown(line.at("title")));
    EXPECT_EQ(titles, (std::set<std::string>{"null", "Min egen"}));
}

TEST_F(ArchiveTest, J1_PortabilityHoldsItsPartOnly) {
    PlantedPerson const anna{test, person()};
    auto const bo = named("Bo", "Lind");
    conversation(bo, "Annans titel", {anna.who, bo});
    Files const files = build(anna.who, View::portability);
    std::string const all = all_of(files);
    for (auto const* absent : {"data/invitations.csv", "data/audit_leaves.jsonl", "data/consent_events.jsonl",
                               "data/colleagues.jsonl", "receipts.jsonl"})
        EXPECT_FALSE(files.contains(absent)) << absent;
    for (ArchiveTable const& table : archive_plan(processing::built_in(), View::portability, "en").tables)
        for (PlantedRow const& row : anna.rows) {
            if (row.table != table.name) continue;
            auto const lines = lines_of(files, "data/" + table.name + ".jsonl");
            for (json const& line : lines) EXPECT_EQ(line.size(), table.columns.size());
            EXPECT_GE(std::ranges::count_if(lines,
                                            [&](json const& l) { return holds(l, row.shown, columns_of(table)); }),
                      1)
                << table.name;
        }
    EXPECT_THAT(all, Not(HasSubstr("Annans titel")));
    EXPECT_THAT(all, Not(HasSubstr(bo.user.text())));
    std::set<std::string> portable;
    for (PlantedRow const& row : anna.rows)
        for (auto const& [column, cell] : row.shown)
            if (is_portable(row.table, column)) portable.insert(cell);
    int hidden = 0;
    for (PlantedRow const& row : anna.rows)
        for (auto const& [column, cell] : row.shown)
            if (cell.size() > 20 && !portable.contains(cell) && ++hidden > 0)
                EXPECT_THAT(all, Not(HasSubstr(cell))) << row.table << "." << column;
    EXPECT_GT(hidden, 20);
    EXPECT_THAT(all, HasSubstr("Fika"));
}

TEST_F(ArchiveTest, TheManifestListsEveryOtherFileWithItsHashAndWhatIsWithheld) {
    PlantedPerson const anna{test, person()};
    Files files = build(anna.who);
    auto const manifest = json::parse(files.at("manifest.json"));
    files.erase("manifest.json");
    EXPECT_EQ(manifest.at("view"), "access");
    EXPECT_EQ(manifest.at("language"), "en");
    EXPECT_EQ(manifest.at("register_version"), processing::built_in().version);
    EXPECT_TRUE(parse_rfc3339(manifest.at("created_at").get<std::string>()));
    std::set<std::string> withheld;
    for (json const& entry : manifest.at("files")) {
        auto const path = entry.at("path").get<std::string>();
        ASSERT_TRUE(files.contains(path)) << path;
        EXPECT_EQ("\\x" + entry.at("sha256").get<std::string>(), storage::bytea(storage::sha256(files.at(path))));
        EXPECT_EQ(entry.at("bytes"), files.at(path).size());
        if (path.ends_with(".jsonl"))
            EXPECT_EQ(entry.at("rows"), std::ranges::count(files.at(path), '\n')) << path;
        for (json const& w : entry.value("withheld", json::array())) {
            EXPECT_GT(w.at("reason").get<std::string>().size(), 20U);
            withheld.insert(w.at("field").get<std::string>());
        }
        files.erase(path);
    }
    EXPECT_TRUE(files.empty()) << files.begin()->first;
    EXPECT_TRUE(withheld.contains("password_hash") && withheld.contains("token_salt"));
    std::set<std::string> tables;
    for (json const& w : manifest.at("withheld_tables")) {
        EXPECT_GT(w.at("reason").get<std::string>().size(), 20U);
        tables.insert(w.at("table").get<std::string>());
    }
    EXPECT_EQ(tables, (std::set<std::string>{"law_disclosure_people", "law_disclosures", "law_retention_calls",
                                             "privacy_archive_pieces", "privacy_intakes", "recipient_notices",
                                             "statistics_contributions"}));
}

/// Each is what the person was given when they chose, and holds with the deployment's public key alone.
TEST_F(ArchiveTest, ReceiptsAreTheOnesThatTheLedgerGaveAndVerify) {
    auto const anna = person();
    consent::Notices const notices{{{"advoco", "Advoco", "sv"}}};
    consent::Ledger ledger{cipher, test.ring, notices};
    auto const consents = consent::make_consents(db, ledger, notices, system_now);
    std::vector<std::string> given;
    for (auto const& [purpose, state] :
         {std::pair{"partner_sharing", "given"}, {"call_history", "refused"}, {"partner_sharing", "withdrawn"}})
        given.push_back(consent::encode_receipt(
            run(consents->choose(permit<P>(anna), {purpose, state, notices.current_version()})).value()));
    Files const files = build(anna);
    std::string const key = storage::Signer{test.ring}.public_key();
    std::istringstream text{files.at("receipts.jsonl")};
    std::vector<std::string> found;
    for (std::string line; std::getline(text, line);) {
        EXPECT_TRUE(consent::receipt_holds(line, key)) << line;
        auto changed = json::parse(line);
        changed["event_state"] = "expired";
        EXPECT_FALSE(consent::receipt_holds(changed.dump(), key));
        found.push_back(json::parse(line).dump());
    }
    EXPECT_EQ(found, given) << "in the order in which they were made";
}

TEST_F(ArchiveTest, ThePageSaysWhyByWhichRightForWhomAndHowLongInBothLanguages) {
    auto const anna = person();
    std::string const sv = build(anna, View::access, "sv").at("index.html");
    std::string const en = build(anna, View::access, "en").at("index.html");
    for (auto const* text :
         {"Samtalshistorik", "samtycke (GDPR 6.1 b; LEK 9:2)", "90 dagar", "personuppgiftsansvarig",
          "<th>Förnamn</th>", "Lämnas inte ut: Lösenord, hashat.", "Infracom Communications AB"})
        EXPECT_THAT(sv, HasSubstr(text));
    for (auto const* text :
         {"Call history", "consent (GDPR 6.1 b; LEK 9:2)", "90 days", "<th>Given name</th>", "SE"})
        EXPECT_THAT(en, HasSubstr(text));
    for (auto const* outside : {"http://", "https://", "<script", "<link", "src="}) {
        EXPECT_THAT(sv, Not(HasSubstr(outside)));
        EXPECT_THAT(en, Not(HasSubstr(outside)));
    }
}

TEST_F(ArchiveTest, ThereIsNoneForAPersonWithoutAKey) {
    auto const permit = gate.permit_machine<P>(organisation);
    std::string zip;
    auto const none = make(permit, without_key(), View::access, "sv", zip);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, Errc::not_found);
}

TEST_F(ArchiveTest, IsRefusedForSomebodyElseAndInALanguageThatThereIsNot) {
    auto const anna = person();
    auto const bo = person();
    std::string zip;
    EXPECT_EQ(make(permit<P>(bo), anna, View::access, "sv", zip).error().code, Errc::denied);
    EXPECT_EQ(make(permit<P>(anna), anna, View::access, "tlh", zip).error().field.text(), "language");
    EXPECT_EQ(zip, "");
    EXPECT_TRUE(make(permit<P>(anna), anna, View::access, "sv", zip));
}

TEST_F(ArchiveTest, EndsWithTheErrorOfWhoeverTakesIt) {
    auto const refuse = [](std::string) -> Task<Result<void>> {
        co_return Result<void>{Error{Errc::conflict, "another took its place"}};
    };
    auto const anna = person();
    auto const ended = run(archive->build(permit<P>(anna), anna, View::access, "sv", refuse));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, Errc::conflict);
}

// More than a page of a table, and exactly full pages: none is lost, none comes twice. Prints how long it took.
TEST_F(ArchiveTest, HoldsTenThousandMessagesAndAThousandCalls) {
    constexpr int messages = 10'000;
    constexpr int calls = 1'000;
    auto const anna = person();
    fill(anna, conversation(anna, "Lång", {anna}), messages, calls);
    auto const begin = std::chrono::steady_clock::now();
    auto const permit = gate.permit_machine<P>(organisation);
    std::string zip;
    ASSERT_TRUE(make(permit, anna, View::access, "sv", zip));
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
    std::cout << fmt::format(R"({{"name":"export_10000_messages_1000_calls","value":{:.3f},"unit":"s"}})",
                             took.count())
              << "\n";
    Files const files = testing::unzip(zip);
    std::set<int> seen;
    for (json const& line : lines_of(files, "data/messages.jsonl")) {
        EXPECT_EQ(line.at("text"), "message " + line.at("seq").dump());
        EXPECT_TRUE(seen.insert(line.at("seq").get<int>()).second);
    }
    EXPECT_EQ(seen.size(), messages);
    EXPECT_EQ(lines_of(files, "data/calls.jsonl").size(), calls);
}

}  // namespace
}  // namespace samtal::rights
