#pragma once

#include "samtal/calls/calls.hpp"
#include "samtal/gateway/ask.hpp"
#include "switch_text.hpp"

#include <array>
#include <string_view>

// One decoder for each format of a switch. All give CallRecords and read by an allow-list: what is not named in a
// decoder is dropped here, before it could reach disk or log.
namespace samtal::calls {

/// Our own: a JSON array; each record is decoded on its own.
[[nodiscard]] Result<IngestCalls> decode_ingest(gateway::Ask const&);

inline constexpr std::array<std::string_view, 3> freeswitch_types{
    "application/json", "application/x-www-form-urlencoded", "application/x-www-form-base64-encoded"};
/// mod_json_cdr: one leg a request. `not_found` when the path names another switch than the credential.
[[nodiscard]] Result<IngestCalls> decode_freeswitch(gateway::Ask const&);

inline constexpr std::array<std::string_view, 5> asterisk_types{"application/json", "application/x-ndjson",
                                                                "application/jsonl", "text/csv", "text/plain"};
/// JSON (an object, an array, or a line for each record) with the names of CDR() or of AMI's event; CSV in the
/// order of cdr_csv or of cdr_custom's sample; AMI's Cdr events as text. `zone` is of times without an offset.
[[nodiscard]] Result<IngestCalls> decode_asterisk(gateway::Ask const&, TimeZone const& zone);

inline constexpr std::array<std::string_view, 1> kamailio_types{"application/json"};
/// The JSON of tests/sip/kamailio-cdr.cfg: a record, or an array of them.
[[nodiscard]] Result<IngestCalls> decode_kamailio(gateway::Ask const&);
/// Its live events: what a call's state says of talking; nothing for an event that says neither.
[[nodiscard]] Result<std::vector<CallEvent>> decode_kamailio_events(gateway::Ask const&);

}  // namespace samtal::calls
