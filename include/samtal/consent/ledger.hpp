#pragma once

#include "samtal/consent/notice.hpp"
#include "samtal/core/principal.hpp"
#include "samtal/core/result.hpp"
#include "samtal/core/time.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/key_store.hpp"
#include "samtal/storage/signing.hpp"
#include "samtal/storage/tx.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace samtal::consent {

/// How a person came to choose. Stands in the evidence, so nothing in it is free text.
struct Circumstances {
    std::string language = {};               // of the notice they were shown: sv or en; empty: the brand's own
    std::optional<Timestamp> shown_at = {};  // when it was shown, as the client says
    std::string control = "api";             // what they used, e.g. "switch"
    std::string channel = "other";           // android, ios, windows, macos, linux, web, other
    std::string app_version = {};            // may be empty
    bool by_guardian = false;                // somebody chose for a child
};

/// One act of a person on one purpose, about to enter the ledger.
struct Act {
    std::string purpose;         // one that rests on consent
    std::string terms_hash;      // of the purpose, as they were when the choice was checked
    std::string state;           // given, refused, withdrawn
    std::string notice_version;  // of the notice they were shown
    Circumstances how;
    DecisionId event;  // UUIDv7 made by the caller
};

/// One event of the ledger.
struct Entry {
    DecisionId event;
    std::int64_t sequence;  // its place in the person's chain, from 1
    std::string purpose;
    std::string state;
    Timestamp acted_at;
    std::string notice_version;
    std::string document;   // what was signed; see receipt.hpp
    std::string signature;  // 64 bytes
};

/// The only way into the ledger. Each person has a chain: an event carries its number, the hash of the event
/// before it and a signature over all of it.
class Ledger {
public:
    /// All of it outlives the ledger.
    Ledger(storage::ColumnCipher& cipher, storage::KeyRing const& keys, Notices const& notices)
        : cipher_{cipher}, signer_{keys}, notices_{notices} {}

    /// Event, state and audit leaf, in the caller's transaction. Locks the person until
    /// it ends, so that their acts have one order; an event is never older than the one before it, whatever the
    /// clock says. `not_found`: no such person, or erased. The acting purpose needs the functions
    /// `lock_consent_chain` and `append_consent` and `insert.audit_leaves` in the register.
    [[nodiscard]] Result<Entry> append(storage::Tx&, ActorKind by, OrganisationId, UserId subject, Act,
                                       Timestamp now);

private:
    storage::ColumnCipher& cipher_;
    storage::Signer signer_;
    Notices const& notices_;
};

/// What consents bind to from `at` on: when a server starts, and when its register is renewed. Nothing changes for
/// purposes whose terms are the same. The acting purpose needs the function `renew_consent_terms`.
void put_terms_in_force(storage::Tx&, std::vector<PurposeText> const&, Timestamp at);

}  // namespace samtal::consent
