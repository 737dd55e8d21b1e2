#pragma once

#include "greetings_service.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::greetings {

struct AllGreetings {};
struct OneGreeting {
    Kind kind;
};
struct PutGreeting {
    Kind kind;
    std::string_view upload;  // of the request, which outlives the handler
};
struct SetSchedule {
    Kind kind;
    Schedule schedule;
};

[[nodiscard]] Result<AllGreetings> decode_all(gateway::Ask const&);
[[nodiscard]] Result<OneGreeting> decode_one(gateway::Ask const&);
[[nodiscard]] Result<PutGreeting> decode_upload(gateway::Ask const&);
[[nodiscard]] Result<SetSchedule> decode_new_schedule(gateway::Ask const&, std::string const& default_time_zone);
[[nodiscard]] Result<AskGreeting> decode_asked(gateway::Ask const&, calls::PhoneNumbers const&);

[[nodiscard]] std::string encode(GreetingsPermit const&, Greeting const&, bool applies_now);
[[nodiscard]] std::string encode_list(std::vector<std::string> const& items);

}  // namespace samtal::greetings
