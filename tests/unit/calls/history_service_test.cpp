#include "calls/history_service.hpp"

#include "history_permit.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace samtal::calls {
namespace {

using testing::run;

/// Remembers what it was asked for.
class FakeHistory final : public CallHistory {
public:
    Task<Result<HistoryPage>> page(HistoryPermit const& permit, ListCalls query) override {
        if (query.filter.counterpart) number = query.filter.counterpart->open(permit);
        co_return HistoryPage{};
    }
    Task<Result<void>> write_note(HistoryPermit const& permit, CallId, std::optional<Note> written) override {
        note = written ? written->open(permit) : "";
        co_return Result<void>{};
    }
    Task<Result<CallStatistics>> figures(HistoryPermit const&, ReportRange) override {
        co_return CallStatistics{};
    }
    Task<Result<CounterpartStatistics>> counterparts(HistoryPermit const&, ReportRange, std::size_t) override {
        co_return CounterpartStatistics{};
    }

    std::string number;
    std::string note = "untouched";
};

class HistoryServiceTest : public ::testing::Test {
protected:
    ~HistoryServiceTest() override { std::filesystem::remove_all(directory); }

    std::string asked_for(std::string number) {
        ListCalls query{{}, {}, {}, 50};
        query.filter.counterpart = Counterpart{std::move(number)};
        auto const done = run(service().list(permit, std::move(query)));
        return done ? history.number : std::string{done.error().field.text()};
    }
    std::string refusal_of(std::string note) {
        auto const done = run(service().write_note(permit, CallId::nil(), Note{std::move(note)}));
        return done ? "" : std::string{done.error().field.text()};
    }
    HistoryService service() {
        return {history, numbers, "Europe/Stockholm",
                [] { return parse_rfc3339("2026-03-10T12:00:00Z").value(); }};
    }

    std::string directory = ::testing::TempDir() + "samtal-history-service-test";
    HistoryPermits permits;
    HistoryPermit permit = permits.permit();
    FakeHistory history;
    storage::KeyRing ring = [this] {
        storage::KeyRing::create_missing(directory);
        return storage::KeyRing{directory};
    }();
    PhoneNumbers numbers{ring};
};

TEST_F(HistoryServiceTest, LooksForANumberInAnyWriting) {
    for (auto const* const text : {"070-174 06 05", "+46 (0)70 174 06 05", "0046701740605"})
        EXPECT_EQ(asked_for(text), "+46701740605") << text;
    EXPECT_EQ(asked_for("112"), "112");
}

TEST_F(HistoryServiceTest, RefusesANumberThatIsNone) {
    for (std::string const& text : {std::string{}, std::string{"anna"}, std::string{"anna@example.org"},
                                    std::string{"+"}, std::string{"112\r\nX: y"}, std::string{"\x1b[31m112"},
                                    std::string(500, '9'), std::string{"'; DROP TABLE calls; --"}})
        EXPECT_EQ(asked_for(text), "counterpart") << text;
}

TEST_F(HistoryServiceTest, TakesNotesOfTwoThousandCharacters) {
    std::string snowmen;
    for (int n = 0; n < 2000; ++n) snowmen += "☃";
    EXPECT_EQ(refusal_of(snowmen), "");
    EXPECT_EQ(history.note, snowmen);
    EXPECT_EQ(refusal_of("first\r\nsecond\tthird '; DROP TABLE calls; --"), "");
    EXPECT_EQ(refusal_of(snowmen + "!"), "note");
    EXPECT_EQ(refusal_of(""), "note");
    EXPECT_EQ(refusal_of(std::string(65536, 'x')), "note");
    for (std::string const& text : {std::string{"\x1b[31mred"}, std::string{"a\0b", 3}, std::string{"\x7f"},
                                    std::string{"\xc2\x9b"
                                                "31m"}})
        EXPECT_EQ(refusal_of(text), "note");
    EXPECT_EQ(refusal_of("\xc2\xa0\xc3\x9b"), "");  // a space that does not break, and Û
}

TEST_F(HistoryServiceTest, RefusesRangesUpsideDown) {
    AskFigures asked{RangeEnd{parse_full_date("2026-03-09").value(), true},
                     RangeEnd{parse_full_date("2026-03-02").value(), true}};
    EXPECT_EQ(run(service().statistics(permit, asked)).error().field.text(), "from");
    EXPECT_EQ(run(service().counterparts(permit, {asked, 50})).error().field.text(), "from");
    asked.time_zone = "Europe/Atlantis";
    EXPECT_EQ(run(service().counterparts(permit, {asked, 50})).error().field.text(), "time_zone");
    ListCalls const list{parse_full_date("2026-03-09").value(), parse_full_date("2026-03-02").value(), {}, 50};
    EXPECT_EQ(run(service().list(permit, list)).error().field.text(), "from");
}

}  // namespace
}  // namespace samtal::calls
