#pragma once

#include "samtal/calls/phone_numbers.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/greetings/greetings.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <memory>

namespace samtal::greetings {

/// What the room works with. All of it outlives the room.
struct GreetingsParts {
    storage::Database& db;
    storage::ColumnCipher& cipher;
    calls::PhoneNumbers const& numbers;
    Clock clock = system_now;
};

struct GreetingsOptions {
    unsigned sample_rate = 8'000;                // of what the switch gets: mono, 16 bits
    unsigned most_seconds = 120;                 // of one greeting
    unsigned most_bytes = 8 * 1024 * 1024;       // of an upload
    std::string time_zone = "Europe/Stockholm";  // of schedules that name none
};

/// What callers hear when somebody does not answer: recorded by the person, fetched by the switch.
class GreetingsRoom {
public:
    GreetingsRoom(GreetingsParts const& parts, GreetingsOptions options);
    ~GreetingsRoom();
    GreetingsRoom(GreetingsRoom const&) = delete;
    GreetingsRoom& operator=(GreetingsRoom const&) = delete;

    /// /v1/greetings for the person, /v1/switch/greetings/{who} for the switch.
    void add_routes(gateway::Router&);
    /// Finishes the recordings under way and takes no more.
    void close();

private:
    struct Built;
    std::unique_ptr<Built> built_;
};

}  // namespace samtal::greetings
