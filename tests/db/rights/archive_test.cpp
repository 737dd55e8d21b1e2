#include "archive_fixture.hpp"
#include "rights/archive_plan.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace samtal::rights {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

/// As a cell shows it.
std::string shown(json const& value) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_structured()) return value.dump();
    std::string all;
    for (auto const& part : value) all += (all.empty() ? "" : ", ") + shown(part);
    return all;
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

}  // namespace
}  // namespace samtal::rights
