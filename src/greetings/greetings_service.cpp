#include "greetings_service.hpp"

#include "audio_normaliser.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "schedule_rules.hpp"

#include <algorithm>

namespace samtal::greetings {

namespace {

constexpr Error absent{Errc::not_found, "no such thing"};

}  // namespace

std::string entity_tag(GreetingId id) {
    return "\"" + id.text() + "\"";
}

bool names(std::string_view if_none_match, std::string_view tag) {
    // A tag of ours holds no comma and nothing that could be part of another.
    return if_none_match == "*" || if_none_match.find(tag) != std::string_view::npos;
}

Task<Result<std::vector<Greeting>>> GreetingsService::list(GreetingsPermit const& permit) {
    co_return co_await rows_.list(permit);
}

Task<Result<Greeting>> GreetingsService::find(GreetingsPermit const& permit, Kind kind) {
    auto all = co_await rows_.list(permit);
    if (!all) co_return all.error();
    auto const found = std::ranges::find(*all, kind, &Greeting::kind);
    if (found == all->end()) co_return absent;
    co_return std::move(*found);
}

Task<Result<Recording>> GreetingsService::recording(GreetingsPermit const& permit, Kind kind) {
    co_return co_await rows_.recording(permit, kind);
}

Task<Result<bool>> GreetingsService::put(GreetingsPermit const& permit, Kind kind, std::string_view upload) {
    AudioLimits const limits{options_.sample_rate, options_.most_seconds};
    auto sound = co_await pool_.run([upload, limits] { return normalise(upload, limits); });
    if (!sound) co_return sound.error();
    NewGreeting const greeting{GreetingId{uuid_v7(std::chrono::system_clock::now())}, kind,
                               Audio{std::move(sound->wav)}, sound->duration, clock_()};
    co_return co_await rows_.put(permit, greeting);
}

Task<Result<void>> GreetingsService::set_schedule(GreetingsPermit const& permit, Kind kind,
                                                  std::optional<Schedule> schedule) {
    When const when{std::move(schedule)};
    co_return co_await rows_.set_schedule(permit, kind, when);
}

Task<Result<void>> GreetingsService::remove(GreetingsPermit const& permit, Kind kind) {
    co_return co_await rows_.remove(permit, kind);
}

Task<Result<Played>> GreetingsService::play(SwitchPermit const& permit, AskGreeting ask) {
    auto const offered = co_await rows_.offered(permit, ask.called);
    if (!offered) co_return offered.error();
    std::vector<Kind> applying;
    for (Offered const& one : *offered)
        if (applies(one.schedule.open(permit), clock_())) applying.push_back(one.kind);
    auto const kind = played(ask.reason, applying);
    if (!kind) co_return absent;
    Offered const& chosen = *std::ranges::find(*offered, *kind, &Offered::kind);
    Played answer{chosen.id, *kind, {}};
    if (names(ask.known_tags, entity_tag(chosen.id))) co_return answer;
    auto audio = co_await rows_.sound(permit, chosen.user, chosen.id);
    if (!audio) co_return audio.error();
    answer.audio = *std::move(audio);
    co_return answer;
}

bool GreetingsService::applies_now(GreetingsPermit const& permit, Greeting const& greeting) const {
    return applies(greeting.schedule.open(permit), clock_());
}

}  // namespace samtal::greetings
