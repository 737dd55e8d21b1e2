#include "greetings_codec.hpp"

#include "schedule_codec.hpp"

#include <nlohmann/json.hpp>

namespace samtal::greetings {

namespace {

using nlohmann::json;

constexpr Error absent{Errc::not_found, "no such thing"};

std::optional<Error> no_query(gateway::Ask const& ask) {
    return gateway::QueryReader{ask.request.query}.finish();
}

Result<Kind> kind_of(gateway::Ask const& ask) {
    if (auto const problem = no_query(ask)) return *problem;
    auto const kind = kind_named(ask.segment(0));
    if (!kind) return absent;
    return *kind;
}

/// A user's id, or a number; its plus may be percent-encoded.
Result<Called> called(gateway::Ask const& ask, calls::PhoneNumbers const& numbers) {
    std::string text = ask.segment(0);
    if (auto const user = UserId::parse(text)) return Called{*user, {}};
    if (text.starts_with("%2B") || text.starts_with("%2b")) text.replace(0, 3, "+");
    auto const number = numbers.assignable(text);
    if (!number) return absent;
    return Called{{}, numbers.hash(ask.who.organisation, *number)};
}

}  // namespace

Result<AllGreetings> decode_all(gateway::Ask const& ask) {
    if (auto const problem = no_query(ask)) return *problem;
    return AllGreetings{};
}

Result<OneGreeting> decode_one(gateway::Ask const& ask) {
    auto const kind = kind_of(ask);
    if (!kind) return kind.error();
    return OneGreeting{*kind};
}

Result<PutGreeting> decode_upload(gateway::Ask const& ask) {
    auto const kind = kind_of(ask);
    if (!kind) return kind.error();
    return PutGreeting{*kind, ask.request.body};
}

Result<SetSchedule> decode_new_schedule(gateway::Ask const& ask, std::string const& default_time_zone) {
    auto const kind = kind_of(ask);
    if (!kind) return kind.error();
    auto schedule = decode_schedule(ask.body(), ask.json(), default_time_zone);
    if (!schedule) return schedule.error();
    return SetSchedule{*kind, *std::move(schedule)};
}

Result<AskGreeting> decode_asked(gateway::Ask const& ask, calls::PhoneNumbers const& numbers) {
    gateway::QueryReader in{ask.request.query};
    AskGreeting wanted{{}, {}, std::string{ask.request.header("if-none-match")}};
    if (auto const name = in.text("kind")) {
        wanted.reason = kind_named(*name);
        if (!wanted.reason) in.refuse("must be absent, busy or voicemail", "kind");
    }
    if (auto const problem = in.finish()) return *problem;
    auto who = called(ask, numbers);
    if (!who) return who.error();
    wanted.called = *std::move(who);
    return wanted;
}

std::string encode(GreetingsPermit const& permit, Greeting const& greeting, bool applies_now) {
    auto const& schedule = greeting.schedule.open(permit);
    return json{{"kind", name_of(greeting.kind)},
                {"greeting_id", greeting.id.text()},
                {"duration_ms", greeting.duration.count()},
                {"recorded_at", rfc3339(greeting.recorded_at)},
                {"applies_now", applies_now},
                {"schedule", schedule ? json::parse(encode_schedule(*schedule)) : json(nullptr)}}
        .dump();
}

std::string encode_list(std::vector<std::string> const& items) {
    std::string text = "{\"items\":[";
    for (std::string const& item : items) text += (text.back() == '[' ? "" : ",") + item;
    return text + "],\"next_cursor\":null}";
}

}  // namespace samtal::greetings
