#include "register/structure.hpp"

#include "samtal/core/register_texts.hpp"

#include <gtest/gtest.h>

namespace samtal::processing {
namespace {

/// What comparing the built-in register with a changed one finds.
std::vector<Problem> differences(std::string_view from, std::string_view to) {
    std::string text{register_source};
    std::size_t const at = text.find(from);
    if (at == std::string::npos)
        ADD_FAILURE() << "the register does not hold: " << from;
    else
        text.replace(at, from.size(), to);
    Document const built{register_source, "built.toml"};
    Document const read{text, "read.toml"};
    Problems problems{read};
    compare_structure(built, read, problems);
    return std::move(problems).take();
}

TEST(Structure, MayDifferInTextsRecipientsAndPeriods) {
    EXPECT_TRUE(differences("\"call_end\", duration = \"P90D\"", "\"call_end\", duration = \"P30D\"").empty());
    EXPECT_TRUE(differences("sv = \"Marknadsföring\"", "sv = \"Reklam\"").empty());
    EXPECT_TRUE(differences("[recipients.reseller]", "[recipients.someone]").empty());
    EXPECT_TRUE(differences("Infracom Communications AB", "Annat AB").empty());
    EXPECT_TRUE(differences("sv = \"Trafikuppgifter\"", "sv = \"Trafik\"").empty());
}

TEST(Structure, A2_NeedsABuildAndAMigrationForTheRest) {
    struct Case {
        char const *from, *to, *key;
    };
    for (auto const& [from, to, key] : std::initializer_list<Case>{
             {"basis = \"contract\"", "basis = \"consent\"", "purposes.account_login.basis"},
             {"callers = [\"operator\"]", "callers = [\"operator\", \"person\"]",
              "purposes.incident_response.callers"},
             {"[purposes.marketing]", "[purposes.advertising]", "purposes.advertising"},
             {"lek = \"traffic\"", "lek = \"none\"", "categories.traffic.lek"},
             {"closed_group", "ni_ics_public", "service_class"},
             {"select.schema_migrations = [\"number\"]", "", "purposes.account_login.select.schema_migrations"},
             {"minimum_age = 13", "minimum_age = 18", "purposes.call_history.minimum_age"},
             {"text = \"content\", sent_at", "text = \"contact\", sent_at", "tables.messages.fields.text"},
         }) {
        auto const found = differences(from, to);
        EXPECT_TRUE(std::ranges::any_of(found, [key](Problem const& p) { return p.key == key; })) << key;
        for (Problem const& p : found) {
            EXPECT_NE(p.reason.find("needs a build and a migration"), std::string::npos);
            EXPECT_GT(p.line, 1U);
        }
    }
}

}  // namespace
}  // namespace samtal::processing
