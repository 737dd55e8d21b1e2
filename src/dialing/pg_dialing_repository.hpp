#pragma once

#include "credential_cipher.hpp"
#include "samtal/calls/phone_numbers.hpp"
#include "samtal/dialing/dialing_room.hpp"

#include <map>

namespace samtal::dialing {

/// A request that was stored, and all it takes to ask the switch.
struct OpenedRequest {
    CallRequestId id;
    SwitchId switch_id;
    FromNumber from;
    ToNumber to;
    std::string url;
    Secret credential;
};
struct NewRequest {
    CallRequestId id;
    WantedCall wanted;
    Timestamp at;
};
/// A report that was taken in.
struct TakenReport {
    UserId owner;
    bool leads_on;  // else it was known already, or came late
};

/// Rows of `call_requests` and `switch_callbacks`.
class PgDialingRepository {
public:
    PgDialingRepository(DialingParts const& parts)
        : db_{parts.db},
          cipher_{parts.cipher},
          keys_{parts.keys},
          numbers_{parts.numbers},
          credentials_{parts.keys} {}

    /// `throttled` after many in a minute; `conflict` when the person has no number or the organisation no switch
    /// that takes requests; `not_found` for a colleague who is none or has no number.
    Task<Result<OpenedRequest>> open(CallPermit const&, NewRequest const&);
    /// `not_found` unless that switch was asked for it.
    Task<Result<TakenReport>> take(CallPermit const&, SwitchId, SwitchReport const&, Timestamp now);
    /// By which a switch's news of a call find the request: its own name for the call, keyed.
    [[nodiscard]] std::string follow_hash(OrganisationId, SwitchId, std::string_view source_call_id) const;
    /// The requests of these calls, by their hashes: each that is not over.
    Task<Result<std::map<std::string, CallRequestId>>> followed(CallPermit const&, SwitchId,
                                                                std::vector<std::string> const& hashes);
    Task<Result<CallRequest>> find(CallPermit const&, CallRequestId, Timestamp now);

    Task<Result<void>> set_callback(OperatorPermit const&, NewCallback const&);
    Task<Result<void>> remove_callback(OperatorPermit const&, SwitchId);

private:
    Result<std::string> number_of(storage::Tx&, OrganisationId, UserId, std::optional<std::string> const& e164);
    Result<std::string> target_of(storage::Tx&, CallPermit const&, WantedCall const&);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    storage::KeyRing const& keys_;
    calls::PhoneNumbers const& numbers_;
    CredentialCipher credentials_;
};

}  // namespace samtal::dialing
