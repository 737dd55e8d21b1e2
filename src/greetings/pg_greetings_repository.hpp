#pragma once

#include "samtal/greetings/greetings.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::greetings {

struct Recording {
    GreetingId id;
    Audio audio;
};
struct NewGreeting {
    GreetingId id;
    Kind kind;
    Audio audio;
    std::chrono::milliseconds duration;
    Timestamp recorded_at;
};
/// What a switch may choose from.
struct Offered {
    UserId user;
    GreetingId id;
    Kind kind;
    When schedule;
};

/// Rows of `greetings`. For a person always of the permit's actor; what came under an earlier consent is not seen.
/// Writes answer `denied`, "consent-required", when the consent was withdrawn a moment ago.
class PgGreetingsRepository {
public:
    PgGreetingsRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    Task<Result<std::vector<Greeting>>> list(GreetingsPermit const&);
    Task<Result<Recording>> recording(GreetingsPermit const&, Kind);
    /// Takes the place of the one before, whose schedule stays. Says whether there was one.
    Task<Result<bool>> put(GreetingsPermit const&, NewGreeting const&);
    Task<Result<void>> set_schedule(GreetingsPermit const&, Kind, When const&);
    Task<Result<void>> remove(GreetingsPermit const&, Kind);

    Task<Result<std::vector<Offered>>> offered(SwitchPermit const&, Called const&);
    Task<Result<Audio>> sound(SwitchPermit const&, UserId, GreetingId);

private:
    struct Row;
    Result<When> open_schedule(UserId, GreetingId, pqxx::field const&);
    Result<std::string> seal_schedule(UserId, GreetingId, Schedule const&);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::greetings
