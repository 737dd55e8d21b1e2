#include "archive_fixture.hpp"
#include "samtal/consent/consent.hpp"
#include "samtal/consent/receipt.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace samtal::rights {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::run;

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

}  // namespace
}  // namespace samtal::rights
