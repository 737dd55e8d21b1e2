#pragma once

#include "samtal/consent/gate.hpp"
#include "samtal/consent/ledger.hpp"
#include "samtal/consent/notice.hpp"
#include "samtal/core/personal.hpp"
#include "samtal/core/time.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/storage/database.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace samtal::consent {

using RightsPermit = Permit<purpose::RightsAndEvidence>;

/// Where a person stands with a purpose that asks for consent.
struct Standing {
    std::string purpose;
    std::string state =
        "unset";  // unset, given, refused, withdrawn; expired: given to terms that are no longer in force
    std::optional<Timestamp> since = std::nullopt;
    std::optional<std::string> notice_version = std::nullopt;
    bool ask = true;  // whether a client may ask now
};

/// All consents of a person, and whether they have seen today's notice.
struct Overview {
    std::vector<Standing> standings;  // in the register's order
    std::string notice_version;
    std::optional<Timestamp> acknowledged_at;
};

struct ListConsents {
    std::optional<Timestamp> at;  // as of then, from the ledger; absent: now
    bool privacy_control;         // Sec-GPC: 1, an objection to sharing: some purposes show as not given
};
struct ReadHistory {
    std::string purpose;
    std::int64_t after;  // a sequence number; 0 begins with the oldest
    std::size_t limit;
};
struct History {
    std::vector<Entry> items;
    std::optional<std::int64_t> next;
};

/// What a person asks for. `notice_version` is the notice they were shown.
struct Choose {
    std::string purpose;
    std::string state;
    std::string notice_version;
    Circumstances how = {};
    std::optional<std::int64_t> age = std::nullopt;  // as the client states it; never stored
    bool privacy_control = false;
};

/// Consents as the person sees them. `not_found`: no such purpose, or no act on it yet; `conflict`:
/// not-consent-based, notice-outdated, privacy-control.
class Consents {
public:
    virtual ~Consents() = default;
    virtual Task<Result<Overview>> list(RightsPermit, ListConsents) = 0;
    virtual Task<Result<History>> history(RightsPermit, ReadHistory) = 0;
    /// Answers when it holds: no read that begins later sees data under a consent that was withdrawn. `denied`: a
    /// child without a guardian.
    virtual Task<Result<Entry>> choose(RightsPermit, Choose) = 0;
    /// The latest act on a purpose.
    virtual Task<Result<Entry>> latest(RightsPermit, std::string purpose) = 0;
    /// That the person was shown today's notice. When they first said so.
    virtual Task<Result<Timestamp>> acknowledge(RightsPermit, std::string notice_version) = 0;
    /// Today's notice with the periods that the person's organisation chose. Nothing for another language than sv,
    /// en.
    virtual Task<Result<std::optional<Notices::Text>>> own_notice(RightsPermit, std::string language) = 0;
};

[[nodiscard]] std::unique_ptr<StandingRepository> make_standings(storage::Database&, PermitIssuer&);
/// All of it outlives the room.
[[nodiscard]] std::unique_ptr<Consents> make_consents(storage::Database&, Ledger&, Notices const&, Clock);

void add_routes(gateway::Router&, Consents&, Notices const&);

}  // namespace samtal::consent
