#pragma once

#include "samtal/core/permit.hpp"
#include "samtal/core/time.hpp"
#include "samtal/register/register.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::audit {

using IncidentPermit = Permit<purpose::IncidentResponse>;
using CaseId = Id<struct CaseTag>;

/// GDPR Art. 33(1): from becoming aware of it.
inline constexpr std::chrono::hours notification_period{72};

/// Whom it affects: everybody of an organisation, or named people.
struct Affected {
    std::optional<OrganisationId> organisation;
    std::vector<UserId> users;
};

struct BreachReport {
    std::string kind;  // confidentiality, integrity or availability
    Timestamp began;
    Timestamp ended;
    Affected affected;
    bool drill = false;
};

struct BreachCase {
    CaseId id;
    std::string kind;
    bool drill;
    std::optional<OrganisationId> organisation;
    Timestamp aware_at;
    Timestamp began;
    Timestamp ended;
    std::int64_t affected;  // people
    std::optional<Timestamp> closed_at{};
    std::string closing_reason{};
};

/// The end of a case: what was done, or why nothing was to be done (GDPR Art. 33(5)).
struct CloseBreach {
    CaseId id;
    std::string reason;
};

/// How many records of the affected were there when it ended. Nothing where counting took too long.
struct RecordCounts {
    std::optional<std::int64_t> sign_ins, messages, calls;
};

/// A page of the list of affected people.
struct AskAffected {
    OrganisationId organisation;
    std::optional<UserId> after;
};

/// A document that waits for a person to check and send it.
struct Draft {
    std::string file;  // "authority.sv.txt"
    std::string text;
};
struct OpenedCase {
    BreachCase opened;
    std::vector<Draft> drafts;
};

/// Complete drafts: for the authority everything of Art. 33(3), for the people everything of Art. 34(2), in
/// Swedish and English. They hold counts, never people.
[[nodiscard]] std::vector<Draft> breach_drafts(BreachCase const&, RecordCounts const&,
                                               processing::Register const&);

}  // namespace samtal::audit
