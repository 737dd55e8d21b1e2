#pragma once

#include "samtal/core/personal.hpp"
#include "samtal/core/time.hpp"

#include <optional>
#include <string>
#include <vector>

// What a person sees of the audit trail: their own.
namespace samtal::audit {

using RightsPermit = Permit<purpose::RightsAndEvidence>;
using EvidenceId = Id<struct EvidenceTag>;  // of a leaf or a disclosure

/// A page of a list, newest first.
struct ReadPage {
    std::optional<EvidenceId> before;  // the last one of the page before
    int limit = 50;
};
template <class Item>
struct Page {
    std::vector<Item> items;
    std::optional<EvidenceId> next;
};

struct StaffRead {
    EvidenceId id;
    Timestamp at;
    std::string purpose;
    std::string code;
    std::string role;  // in which it was done
    struct Name {
        Personal<std::string, field::ProfilesGivenName> given_name;
        Personal<std::string, field::ProfilesFamilyName> family_name;
    };
    std::optional<Name> name;  // while they are colleagues still
};

struct ReadDisclosure {
    EvidenceId id;
    Personal<Timestamp, field::DisclosuresDisclosedAt> at;
    Personal<std::string, field::DisclosuresRecipient> recipient;
    Personal<std::string, field::DisclosuresPurpose> purpose;
    Personal<std::vector<std::string>, field::DisclosuresCategories> categories;
    Personal<std::string, field::DisclosuresReason> reason;
    Personal<std::string, field::DisclosuresCountry> country;
};

}  // namespace samtal::audit
