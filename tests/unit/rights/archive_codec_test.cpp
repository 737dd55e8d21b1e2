#include "rights/archive_manifest.hpp"
#include "rights/archive_row.hpp"
#include "support/unzip.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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

TEST(ArchiveManifest, ListsFilesWithHashAndRowsAndWhatIsWithheld) {
    std::list<ArchiveFile> files;
    ArchiveFile& file = files.emplace_back("data/notes.jsonl");
    file.write_row("{}\n");
    file.write_row("{}\n");
    file.finish();
    files.emplace_back("index.html").finish();
    ArchivePlan plan;
    plan.language = "sv";
    plan.tables = {table};
    plan.tables_withheld = {{"counts", "Counts", "unlinkable"}};
    auto const manifest = nlohmann::json::parse(
        encode_manifest(plan, View::portability, parse_rfc3339("2026-03-04T05:06:07Z").value(), files));
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

TEST(ArchiveFiles, ComeOutOfTheZipAsTheyWentIn) {
    std::list<ArchiveFile> files;
    std::string large;
    for (int i = 0; i < 50'000; ++i) large += std::to_string(i) + "\n";
    for (auto const& [path, content] : {std::pair{"data/a.csv", large}, {"empty", ""}, {"b", "x"}}) {
        ArchiveFile& file = files.emplace_back(path);
        file.write(content);
        file.finish();
    }
    auto const out = testing::unzip(zipped(std::move(files), system_now()));
    EXPECT_EQ(out, (std::map<std::string, std::string>{{"data/a.csv", large}, {"empty", ""}, {"b", "x"}}));
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
