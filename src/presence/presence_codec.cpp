#include "presence_codec.hpp"

#include <fmt/format.h>

namespace samtal::presence {

Result<SetState> decode_set(gateway::FrameAsk& ask) {
    auto const name = ask.body.text("state");
    if (name == "invisible") return SetState{ask.who.user, State::offline};
    for (State const state : {State::available, State::busy, State::away})
        if (name == name_of(state)) return SetState{ask.who.user, state};
    ask.body.refuse("must be available, busy, away or invisible", "state");
    return SetState{ask.who.user, State::offline};
}

Result<Watch> decode_watch(gateway::FrameAsk& ask) {
    return Watch{ask.body.ids<UserId>("user_ids", Presence::most_watched), ask.from, ask.who.user};
}

std::string encode(UserId user, Look look) {
    return fmt::format(R"({{"type":"presence","user_id":"{}","state":"{}"{}}})", user.text(), name_of(look.state),
                       look.on_a_call ? R"(,"on_a_call":true)" : "");
}

}  // namespace samtal::presence
