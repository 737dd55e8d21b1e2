#include "law_record_codec.hpp"

#include <nlohmann/json.hpp>

namespace samtal::calls {

namespace {

using nlohmann::json;

json number_of(SetupPermit const& permit, std::optional<Party> const& party) {
    return party ? json(party->open(permit).text) : json(nullptr);
}

}  // namespace

std::string encode_law_record(SetupPermit const& permit, SwitchId from, Call const& call) {
    CallTimes const& times = call.times.open(permit);
    return json{{"organisation_id", permit.organisation().text()},
                {"switch_id", from.text()},
                {"caller", number_of(permit, call.caller)},
                {"callee", number_of(permit, call.callee)},
                {"started_at", rfc3339(times.started_at)},
                {"answered_at", times.answered_at ? json(rfc3339(*times.answered_at)) : json(nullptr)},
                {"ended_at", rfc3339(times.ended_at)},
                {"outcome", name_of(call.outcome)}}
        .dump();
}

}  // namespace samtal::calls
