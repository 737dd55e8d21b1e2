#pragma once

#include "samtal/consent/receipt.hpp"

#include <cstdint>
#include <string>

namespace samtal::consent {

/// What an event says, all of it.
struct Evidence {
    Act act;
    std::string subject;  // pseudonym, 32 bytes
    std::int64_t sequence;
    std::string previous_hash;  // 32 bytes; empty in a person's first event
    Timestamp acted_at;
    std::string controller;
    std::string notice_hash;  // SHA-256 of the text in `act.how.language`
};

/// The bytes that are signed and whose SHA-256 the next event carries: a line, then JSON with sorted keys and no
/// spaces.
[[nodiscard]] std::string compose_document(Evidence const&);

}  // namespace samtal::consent
