#pragma once

#include "samtal/calls/calls.hpp"

#include <cstdint>

// What a person sees of their own calls.
namespace samtal::calls {

/// Where a page continues: before this call, newest first.
struct CallPosition {
    Timestamp started_at;
    CallId call;
};

/// Absent members ask for everything.
struct CallFilter {
    std::optional<Direction> direction;
    std::vector<Outcome> outcomes;  // empty: all
    std::optional<bool> missed;     // incoming and unanswered, or all but those
    std::optional<Counterpart> counterpart;

    /// The outcomes that it lets through in that direction.
    [[nodiscard]] std::vector<Outcome> outcomes_of(Direction) const;
};
struct ListCalls {
    std::optional<Timestamp> from;  // inclusive
    std::optional<Timestamp> to;    // exclusive
    std::optional<CallPosition> after;
    std::size_t limit;
    CallFilter filter{};
};

/// A colleague whose number it was when the call began, as the directory shows them now.
struct SeenColleague {
    UserId user;
    std::string name;  // empty when they show none
};
/// The columns are read together, so they open together.
using Colleague = Personal<SeenColleague, field::ProfilesGivenName>;
using Note = Personal<std::string, field::CallsNote>;

struct HistoryItem {
    CallId id;
    Direction direction;
    OwnNumber own_number;
    std::optional<Counterpart> counterpart;  // as it is stored: of a later stage masked digits, or a token
    SomeTimes times;
    Outcome outcome;
    Stage stage = Stage::full;
    std::optional<Note> note{};
    std::optional<Colleague> colleague{};
};
struct HistoryPage {
    std::vector<HistoryItem> items;
    std::optional<CallPosition> next;
};

enum class Bucket : unsigned char { hour, day, week, month };
[[nodiscard]] std::string_view name_of(Bucket) noexcept;
[[nodiscard]] std::optional<Bucket> bucket_named(std::string_view) noexcept;

/// One end of a range: a moment, or the midnight of a date in the person's time zone.
struct RangeEnd {
    Timestamp at;  // of a date: its midnight in UTC
    bool is_date;
};
struct AskFigures {
    std::optional<RangeEnd> from;  // inclusive; 30 days before `to` when absent
    std::optional<RangeEnd> to;    // exclusive; the end of today when absent
    Bucket bucket = Bucket::day;
    std::optional<std::string> time_zone{};  // an IANA name; the deployment's when absent
};
struct AskCounterparts {
    AskFigures range;  // without its buckets
    std::size_t limit;
};

/// A range that was found good, and where its buckets begin. Buckets are without gaps; the first may begin before
/// the range does, but nothing before the range counts.
struct ReportRange {
    Timestamp from;
    Timestamp to;
    std::vector<Timestamp> starts;
};

/// Missed calls are incoming ones too; answered ones are of both directions.
struct Figures {
    std::int64_t incoming = 0;
    std::int64_t outgoing = 0;
    std::int64_t answered = 0;
    std::int64_t missed = 0;
    std::int64_t talk_s = 0;
    std::int64_t longest_s = 0;  // the longest talk
};
struct FiguresBucket {
    Timestamp start;
    Figures figures;
};
/// Oldest first.
struct CallStatistics {
    Figures totals;
    std::vector<FiguresBucket> buckets;
};

/// What calls are counted together by: a number; or, where there is none, why. `unlisted`: a number that was
/// stored before numbers could be told apart without opening them. `counted`: only counts are left of those calls.
enum class CounterpartKind : unsigned char { number, withheld, masked, token, removed, unlisted, counted };
[[nodiscard]] std::string_view name_of(CounterpartKind) noexcept;
[[nodiscard]] std::optional<CounterpartKind> counterpart_kind_named(std::string_view) noexcept;

struct CounterpartFigures {
    CounterpartKind kind;
    std::optional<Counterpart> number;   // of `number` alone
    std::optional<Colleague> colleague;  // who had it at the last of the calls
    Figures figures;
};
/// Most calls first. Together with `rest`, what the limit left out, they make `totals`.
struct CounterpartStatistics {
    Figures totals;
    std::vector<CounterpartFigures> items;
    Figures rest;
};

/// Adds the second to the first.
void add(Figures& to, Figures const& more) noexcept;

}  // namespace samtal::calls
