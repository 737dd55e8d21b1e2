#pragma once

#include "requests.hpp"
#include "samtal/register/register.hpp"
#include "samtal/storage/signing.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace samtal::rights {

/// What an erasure deleted of one table.
struct ErasedRows {
    std::string category;
    std::string holding;
    std::int64_t count;
};

struct Certificate {
    RequestId request;
    Timestamp completed_at;
    std::vector<ErasedRows> erased;
    std::vector<ErasedRows> changed;  // rows of others that showed the person, and do no longer
    std::vector<std::string> told;    // recipients, GDPR Art. 19
};

/// First line of what is signed, see storage::Signer.
inline constexpr std::string_view certificate_title = "samtal erasure certificate v1\n";

/// The document as the API gives it: {"certificate":{…},"signed":"<title><the certificate's
/// text>","signature":…,"public_key":…}, the last two in base64url. Says nothing about who it was.
[[nodiscard]] std::string encode_certificate(Certificate const&, storage::Signer const&,
                                             processing::Register const&);

}  // namespace samtal::rights
