#include "calls_test_base.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace samtal::calls {
namespace {

class CallHistoryTest : public CallsDatabaseTest {
protected:
    HistoryPage page(Principal const& who, ListCalls query) {
        return testing::run(history.page(permit<purpose::CallHistory>(who), std::move(query))).value();
    }
    /// All pages of two, one after the other; `meanwhile` happens after the first.
    std::vector<HistoryItem> walk(Principal const& who, CallFilter const& filter, auto meanwhile) {
        std::vector<HistoryItem> found;
        std::optional<CallPosition> after;
        do {
            auto part = page(who, {{}, {}, after, 2, filter});
            std::ranges::move(part.items, std::back_inserter(found));
            if (!after) meanwhile();
            after = part.next;
        } while (after);
        return found;
    }
    Result<void> note(Principal const& who, CallId call, std::optional<std::string> text) {
        auto const allowed = permit<purpose::CallHistory>(who);
        return testing::run(history.write_note(allowed, call, text ? std::optional{Note{*text}} : std::nullopt));
    }
    std::string note_of(Principal const& who, CallId call) {
        auto const allowed = permit<purpose::CallHistory>(who);
        for (auto const& item : page(who, {{}, {}, {}, 50}).items)
            if (item.id == call && item.note) return item.note->open(allowed);
        return "none";
    }
};

TEST_F(CallHistoryTest, PagesNewestFirstWithoutGapOrRepeat) {
    auto const anna = owner(anna_number);
    std::vector<PendingCall> calls;
    for (int n = 0; n < 7; ++n)  // three begin at one moment: then their ids decide
        calls.push_back(
            pending(std::to_string(n), call(anna_number, {}, fmt::format("2026-03-04T12:0{}:00Z", n / 3))));
    store_by(organisation, switch_id, calls);
    auto const allowed = permit<purpose::CallHistory>(anna);
    std::vector<Timestamp> starts;
    std::set<CallId> ids;
    for (auto const& item : walk(anna, {}, [] {})) {
        starts.push_back(item.times.open(allowed).started_at);
        ids.insert(item.id);
    }
    EXPECT_EQ(ids.size(), 7U);
    EXPECT_EQ(starts.size(), 7U);
    EXPECT_TRUE(std::ranges::is_sorted(starts, std::greater{}));
}

TEST_F(CallHistoryTest, HoldsItsPlaceUnderEveryFilterWhileCallsArrive) {
    auto const anna = owner(anna_number);
    std::vector<PendingCall> calls;
    for (int n = 0; n < 24; ++n) {
        auto const start = fmt::format("2026-03-04T12:{:02}:00Z", n / 2);
        auto const how = n % 3 == 0 ? Outcome::no_answer : Outcome::answered;
        auto const* const other = n % 4 < 2 ? "+46701740606" : "+46701740607";
        calls.push_back(pending(std::to_string(n), n % 2 == 0 ? call(other, anna_number, start, how)
                                                              : call(anna_number, other, start, how)));
    }
    store_by(organisation, switch_id, calls);
    CallFilter missed, outgoing, answered, with;
    missed.missed = true;
    outgoing.direction = Direction::outgoing;
    answered.outcomes = {Outcome::answered, Outcome::busy};
    with.counterpart = Counterpart{bo_number};
    with.missed = false;
    int arrived = 0;
    for (auto const& filter : {CallFilter{}, missed, outgoing, answered, with}) {
        std::set<CallId> before;
        std::set<CallId> seen;
        for (auto const& item : page(anna, {{}, {}, {}, 200, filter}).items) before.insert(item.id);
        auto const found = walk(anna, filter, [&] {
            auto const source = "new" + std::to_string(++arrived);
            store(pending(source, call(bo_number, anna_number, "2026-03-05T12:00:00Z")),
                  pending(source + "o", call(anna_number, bo_number, "2026-03-05T12:00:00Z")),
                  pending(source + "m", call(bo_number, anna_number, "2026-03-05T12:00:00Z", Outcome::busy)));
        });
        for (auto const& item : found) seen.insert(item.id);
        EXPECT_GE(before.size(), 4U);
        EXPECT_EQ(found.size(), before.size());
        EXPECT_EQ(seen, before);
    }
}

TEST_F(CallHistoryTest, ShowsWhatItsFilterSaysAndNothingElse) {
    auto const anna = owner(anna_number);
    store(pending("1", call(anna_number, bo_number, "2026-03-04T12:01:00Z")),
          pending("2", call(bo_number, anna_number, "2026-03-04T12:02:00Z", Outcome::no_answer)),
          pending("3", call("+46701740607", anna_number, "2026-03-04T12:03:00Z", Outcome::busy)),
          pending("4", call({}, anna_number, "2026-03-04T12:04:00Z")),
          pending("5", call(anna_number, "+46701740607", "2026-03-04T12:05:00Z", Outcome::busy)));
    auto const minutes = [&](CallFilter filter, std::optional<Timestamp> from = {},
                             std::optional<Timestamp> to = {}) {
        auto const allowed = permit<purpose::CallHistory>(anna);
        std::string found;
        for (auto const& item : page(anna, {from, to, {}, 50, std::move(filter)}).items)
            found += rfc3339(item.times.open(allowed).started_at).at(15);
        return found;
    };
    CallFilter filter;
    filter.direction = Direction::incoming;
    EXPECT_EQ(minutes(filter), "432");
    filter.outcomes = {Outcome::busy, Outcome::answered};
    EXPECT_EQ(minutes(filter), "43");
    filter = {};
    filter.missed = true;
    EXPECT_EQ(minutes(filter), "32");
    filter.missed = false;
    EXPECT_EQ(minutes(filter), "541");
    filter = {};
    filter.counterpart = Counterpart{bo_number};
    EXPECT_EQ(minutes(filter), "21");
    EXPECT_EQ(minutes(filter, at("2026-03-04T12:02:00Z")), "2");
    EXPECT_EQ(minutes(filter, {}, at("2026-03-04T12:02:00Z")), "1");
    filter.missed = true;
    EXPECT_EQ(minutes(filter), "2");
    filter.counterpart = Counterpart{"+46701740699"};
    EXPECT_EQ(minutes(filter), "");
    filter = {};
    filter.direction = Direction::outgoing;
    filter.missed = true;
    EXPECT_EQ(minutes(filter), "");
}

TEST_F(CallHistoryTest, FindsTheCallsOfOneNumberByAHashOfItsOwnersAlone) {
    auto const anna = owner(anna_number);
    auto const bo = owner(bo_number);
    std::string const third = "+46701740607";
    store(pending("1", call(third, anna_number)), pending("2", call(third, bo_number)));
    CallFilter filter;
    filter.counterpart = Counterpart{third};
    for (auto const& who : {anna, bo}) EXPECT_EQ(page(who, {{}, {}, {}, 50, filter}).items.size(), 1U);
    EXPECT_EQ(
        test.admin(fmt::format("SELECT count(DISTINCT counterpart_hash) FROM calls WHERE organisation_id = '{}'",
                               organisation.text()))[0][0]
            .as<int>(),
        2);
}

TEST_F(CallHistoryTest, HoldsItsRange) {
    auto const anna = owner(anna_number);
    for (auto const* const start : {"2026-03-03T23:59:59Z", "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z"})
        store(pending(start, call(anna_number, {}, start)));
    EXPECT_EQ(page(anna, {at("2026-03-04T00:00:00Z"), at("2026-03-05T00:00:00Z"), {}, 50}).items.size(), 1U);
    EXPECT_EQ(page(anna, {at("2026-03-04T00:00:00Z"), {}, {}, 50}).items.size(), 2U);
    EXPECT_EQ(page(anna, {{}, at("2026-03-05T00:00:00Z"), {}, 1}).items.size(), 1U);
}

TEST_F(CallHistoryTest, IsHiddenByAWithdrawalEvenFromAPermitThatStands) {
    auto const anna = owner(anna_number);
    store(pending("1", call(anna_number, bo_number)));
    auto const allowed = permit<purpose::CallHistory>(anna);
    auto const call = page(anna, {{}, {}, {}, 50}).items.at(0).id;
    consent(anna, "call_history", "withdrawn");
    EXPECT_TRUE(testing::run(history.page(allowed, {{}, {}, {}, 50}))->items.empty());
    EXPECT_EQ(testing::run(history.write_note(allowed, call, Note{"x"})).error().problem.text(),
              "consent-required");
    ReportRange const all{at("2026-03-01T00:00:00Z"), at("2026-03-09T00:00:00Z"), {at("2026-03-01T00:00:00Z")}};
    EXPECT_EQ(testing::run(history.figures(allowed, all))->totals.outgoing, 0);
    EXPECT_TRUE(testing::run(history.counterparts(allowed, all, 50))->items.empty());
}

TEST_F(CallHistoryTest, IsHiddenByARestrictionEvenFromAPermitThatStands) {
    auto const anna = owner(anna_number);
    store(pending("1", call(anna_number, bo_number)));
    auto const allowed = permit<purpose::CallHistory>(anna);
    auto const call = page(anna, {{}, {}, {}, 50}).items.at(0).id;
    test.admin(fmt::format("UPDATE users SET restricted_at = now() WHERE user_id = '{}'", anna.user.text()));
    EXPECT_TRUE(testing::run(history.page(allowed, {{}, {}, {}, 50}))->items.empty());
    EXPECT_FALSE(testing::run(history.write_note(allowed, call, Note{"x"})));
    ReportRange const all{at("2026-03-01T00:00:00Z"), at("2026-03-09T00:00:00Z"), {at("2026-03-01T00:00:00Z")}};
    EXPECT_EQ(testing::run(history.figures(allowed, all))->totals.outgoing, 0);
}

TEST_F(CallHistoryTest, KeepsANoteSealedForItsOwnerAlone) {
    auto const anna = owner(anna_number);
    auto const bo = owner(bo_number);
    store(pending("1", call(anna_number, bo_number)));
    auto const mine = page(anna, {{}, {}, {}, 50}).items.at(0).id;
    ASSERT_TRUE(note(anna, mine, "ring igen"));
    EXPECT_EQ(note_of(anna, mine), "ring igen");
    EXPECT_EQ(note_of(bo, page(bo, {{}, {}, {}, 50}).items.at(0).id), "none");
    EXPECT_EQ(note(bo, mine, "x").error().code, Errc::not_found);
    EXPECT_EQ(note(anna, testing::fresh_id<CallId>(), "x").error().code, Errc::not_found);
    EXPECT_EQ(test.admin(fmt::format("SELECT position('ring'::bytea in note) FROM calls WHERE call_id = '{}'",
                                     mine.text()))[0][0]
                  .as<int>(),
              0);
    ASSERT_TRUE(note(anna, mine, "ring inte"));
    EXPECT_EQ(note_of(anna, mine), "ring inte");
    for (int n = 0; n < 2; ++n) EXPECT_TRUE(note(anna, mine, std::nullopt));
    EXPECT_EQ(note_of(anna, mine), "none");
}

TEST_F(CallHistoryTest, ShowsTheStageOfEachRow) {
    auto const anna = owner(anna_number);
    store(pending("1", call(bo_number, anna_number)));
    auto const id = page(anna, {{}, {}, {}, 50}).items.at(0).id;
    auto const fade = [&](std::string const& stage, std::optional<std::string> const& other) {
        auto const sealed =
            other ? storage::bytea(
                        cipher.seal(anna.user, {field::CallsCounterpart::column, id.value()}, *other).value())
                  : std::string{};
        test.admin(fmt::format(
            "UPDATE calls SET stage = '{}', source_hash = NULL, counterpart_hash = NULL, part_hash = NULL, "
            "counterpart = {} WHERE call_id = '{}'",
            stage, other ? "'" + sealed + "'" : "NULL", id.text()));
        auto const allowed = permit<purpose::CallHistory>(anna);
        auto const item = page(anna, {{}, {}, {}, 50}).items.at(0);
        return fmt::format("{} {}", name_of(item.stage),
                           item.counterpart ? item.counterpart->open(allowed) : "nobody");
    };
    EXPECT_EQ(fade("masked", "+4670174XXXX"), "masked +4670174XXXX");
    EXPECT_EQ(fade("token", "k3v9"), "token k3v9");
    EXPECT_EQ(fade("removed", std::nullopt), "removed nobody");
}

}  // namespace
}  // namespace samtal::calls
