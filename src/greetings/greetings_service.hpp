#pragma once

#include "pg_greetings_repository.hpp"
#include "samtal/greetings/greetings_room.hpp"
#include "samtal/ops/work_pool.hpp"

namespace samtal::greetings {

/// What a switch plays. `audio` is missing where it has this recording already.
struct Played {
    GreetingId id;
    Kind kind;
    std::optional<Audio> audio;
};
/// What a switch asks: for whom, what kept them from answering, and which recording it has.
struct AskGreeting {
    Called called;
    std::optional<Kind> reason;
    std::string known_tags;  // If-None-Match
};

/// A recording's name between server and switch (RFC 9110, strong).
[[nodiscard]] std::string entity_tag(GreetingId);
[[nodiscard]] bool names(std::string_view if_none_match, std::string_view tag);

/// The rules of greetings.
class GreetingsService {
public:
    GreetingsService(PgGreetingsRepository& rows, GreetingsOptions const& options, Clock clock)
        : rows_{rows}, options_{options}, clock_{std::move(clock)} {}

    Task<Result<std::vector<Greeting>>> list(GreetingsPermit const&);
    Task<Result<Greeting>> find(GreetingsPermit const&, Kind);
    Task<Result<Recording>> recording(GreetingsPermit const&, Kind);
    /// `upload` lives until the answer. Says whether it is the first of its kind.
    Task<Result<bool>> put(GreetingsPermit const&, Kind, std::string_view upload);
    Task<Result<void>> set_schedule(GreetingsPermit const&, Kind, std::optional<Schedule>);
    Task<Result<void>> remove(GreetingsPermit const&, Kind);
    /// `not_found` when nothing applies now: for nobody, for a foreign organisation's, and without permission.
    Task<Result<Played>> play(SwitchPermit const&, AskGreeting);

    [[nodiscard]] bool applies_now(GreetingsPermit const&, Greeting const&) const;
    void close() { pool_.close(); }

private:
    PgGreetingsRepository& rows_;
    GreetingsOptions options_;
    Clock clock_;
    ops::WorkPool pool_{1, 16};
};

}  // namespace samtal::greetings
