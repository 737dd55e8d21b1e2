#pragma once

#include "samtal/consent/ledger.hpp"

#include <string>
#include <string_view>

namespace samtal::consent {

/// An event as the person gets it: the signed fields (named as in ISO/IEC TS 27560) and the signature, one JSON
/// object.
[[nodiscard]] std::string encode_receipt(Entry const&);

/// Whether the deployment with this public key gave out exactly these fields. Takes a receipt, or an answer that
/// holds one as "receipt", in any layout of JSON. False for anything else, too. Needs no server.
[[nodiscard]] bool receipt_holds(std::string_view text, std::string_view public_key);

}  // namespace samtal::consent
