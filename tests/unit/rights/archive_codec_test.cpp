#include "rights/archive_manifest.hpp"
#include "rights/archive_row.hpp"
#include "rights/archive_seal.hpp"
#include "support/unzip.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace samtal::rights {
namespace {

ArchiveTable const table{"notes",
                         "Notes",
                         "notes",
                         {{"id", ColumnKind::plain, "Id"},
                          {"text", ColumnKind::cipher, "Text"},
                          {"device", ColumnKind::cipher_json, "Device"},
                          {"hash", ColumnKind::hex, "Hash"}},
                         {{"password_hash", "Password", "because"}}};

/// Sealing that a test can read: the column's name in front.
Result<std::optional<std::string>> open(std::string const& column, std::string const& sealed) {
    if (sealed == "erased") return std::optional<std::string>{};
    if (sealed == "broken") return Error{Errc::invalid, "sealed value does not belong here"};
    return std::optional{sealed == "json" ? std::string{R"({"name":"Telefon","tags":["a","b"]})"}
                                          : column + ":" + sealed};
}

TEST(ArchiveRow, OpensWhatIsSealedAndKeepsTheRest) {
    auto const row =
        decode_row(R"({"secret":1,"id":7,"text":"616263","device":"6a736f6e","hash":"0aff"})", table, open);
    EXPECT_EQ(row->json,
              R"({"id":7,"text":"notes.text:abc","device":{"name":"Telefon","tags":["a","b"]},"hash":"0aff"})");
    EXPECT_EQ(row->cells, (std::vector<std::optional<std::string>>{"7", "notes.text:abc",
                                                                   "name: Telefon, tags: a, b", "0aff"}));
}

TEST(ArchiveRow, ShowsWhatWasErasedWithItsOwnerAsNull) {
    auto const row = decode_row(R"({"id":true,"text":"657261736564","device":null,"hash":null})", table, open);
    EXPECT_EQ(row->json, R"({"id":true,"text":null,"device":null,"hash":null})");
    EXPECT_EQ(row->cells,
              (std::vector<std::optional<std::string>>{"true", std::nullopt, std::nullopt, std::nullopt}));
}

TEST(ArchiveRow, RefusesWhatDoesNotOpen) {
    EXPECT_FALSE(decode_row(R"({"id":1,"text":"62726f6b656e","device":null,"hash":null})", table, open));
}

TEST(ArchiveRow, ReplacesWhatIsNoUtf8InsteadOfFailing) {
    auto const row = decode_row(R"({"id":1,"text":"ff","device":null,"hash":null})", table, open);
    EXPECT_EQ(row->json, "{\"id\":1,\"text\":\"notes.text:\xEF\xBF\xBD\",\"device\":null,\"hash\":null}");
}

TEST(ArchiveRow, MakesAReceiptOfWhatWasSigned) {
    ArchiveTable const acts{"acts",
                            "Acts",
                            "acts",
                            {{"state", ColumnKind::plain, ""},
                             {"document", ColumnKind::document, ""},
                             {"signature", ColumnKind::hex, ""}},
                            {}};
    // "a kind v1\n{"b":1,"a":[2]}"
    auto const row = decode_row(
        R"({"state":"given","document":"61206b696e642076310a7b2262223a312c2261223a5b325d7d","signature":"0aff"})",
        acts, open);
    EXPECT_EQ(row->json, R"({"state":"given","document":{"b":1,"a":[2]},"signature":"0aff"})");
    EXPECT_EQ(receipt_of(*row), R"({"b":1,"a":[2],"signature":"0aff"})");
    EXPECT_EQ(receipt_of({R"({"state":"given"})", {}}), R"({"state":"given"})");
}

TEST(ArchiveManifest, ListsFilesWithHashAndRowsAndWhatIsWithheld) {
    ArchiveZip zip{system_now()};
    zip.begin("data/notes.jsonl");
    zip.write_row("{}\n");
    zip.write_row("{}\n");
    zip.end();
    zip.begin("index.html");
    zip.end();
    ArchivePlan plan;
    plan.language = "sv";
    plan.tables = {table};
    plan.tables_withheld = {{"counts", "Counts", "unlinkable"}};
    auto const manifest = nlohmann::json::parse(
        encode_manifest(plan, View::portability, parse_rfc3339("2026-03-04T05:06:07Z").value(), zip.files()));
    EXPECT_EQ(manifest["view"], "portability");
    EXPECT_EQ(manifest["created_at"], "2026-03-04T05:06:07.000Z");
    EXPECT_EQ(manifest["files"][0],
              (nlohmann::json{{"path", "data/notes.jsonl"},
                              {"sha256", "3b00ba5361676a0a8152642a6edaf54a222bd409b5774b5b461ac8d1cee09cb4"},
                              {"bytes", 6},
                              {"rows", 2},
                              {"withheld", {{{"field", "password_hash"}, {"reason", "because"}}}}}));
    EXPECT_EQ(manifest["files"][1]["sha256"], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(manifest["withheld_tables"][0]["table"], "counts");
}

TEST(ArchiveZip, GivesTheFilesAsTheyWentIn) {
    std::string large;
    for (int i = 0; i < 50'000; ++i) large += std::to_string(i) + "\n";
    ArchiveZip zip{system_now()};
    for (auto const& [path, content] : {std::pair{"data/a.csv", large}, {"empty", ""}, {"b", "x"}}) {
        zip.begin(path);
        zip.write(content);
        zip.end();
    }
    zip.close();
    std::string all;
    while (zip.waiting() > 0) {
        std::string const piece = zip.take(1000);
        EXPECT_LE(piece.size(), 1000U);
        all += piece;
    }
    EXPECT_EQ(testing::unzip(all),
              (std::map<std::string, std::string>{{"data/a.csv", large}, {"empty", ""}, {"b", "x"}}));
}

TEST(ArchiveZip, KeepsNothingThatWasTaken) {
    std::string noise(256 * 1024, '\0');
    ArchiveZip zip{system_now()};
    zip.begin("noise");
    for (int n = 0; n < 40; ++n) {
        randombytes_buf(noise.data(), noise.size());
        zip.write(noise);
        EXPECT_LT(zip.waiting(), 2 * noise.size());
        while (zip.waiting() > 0) (void)zip.take(noise.size());
    }
}

TEST(ArchiveSeal, ComesBackAsItWas) {
    ArchiveSeal const seal{0x0102'0304'05ff'0708, std::string(32, 'h')};
    EXPECT_EQ(decode_seal(encode(seal)).value(), seal);
    EXPECT_FALSE(decode_seal(""));
    EXPECT_FALSE(decode_seal(encode(seal) + "x"));
}

TEST(ArchiveSeal, KnowsThePiecesAndTheirOrder) {
    auto const of = [](std::vector<std::string> const& hashes) {
        SealHash all;
        for (auto const& hash : hashes) all.add(hash);
        return all.finish();
    };
    std::string const a(32, 'a');
    std::string const b(32, 'b');
    std::set<std::string> const different{of({}), of({a}), of({a, b}), of({b, a}), of({a, b, b})};
    EXPECT_EQ(different.size(), 5U);
    EXPECT_EQ(of({a, b}), of({a, b}));
}

TEST(ArchivePlan, PortabilityIsAPartOfAccess) {
    auto const access = archive_plan(processing::built_in(), View::access, "en");
    auto const portable = archive_plan(processing::built_in(), View::portability, "en");
    EXPECT_GT(access.tables.size(), portable.tables.size());
    EXPECT_GT(portable.tables.size(), 5U);
    for (ArchiveTable const& part : portable.tables) {
        auto const whole = std::ranges::find(access.tables, part.name, &ArchiveTable::name);
        ASSERT_NE(whole, access.tables.end());
        EXPECT_LE(part.columns.size(), whole->columns.size());
        for (ArchiveColumn const& column : part.columns)
            EXPECT_NE(std::ranges::find(whole->columns, column.name, &ArchiveColumn::name), whole->columns.end());
    }
}

}  // namespace
}  // namespace samtal::rights
