#pragma once

#include "samtal/calls/phone_numbers.hpp"
#include "samtal/core/time.hpp"
#include "samtal/storage/tx.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace samtal::calls {

/// Whose numbers these are, and were: by assignment alone, never by what somebody typed in. Ask for all, read
/// once, then look up.
class NumberOwners {
public:
    /// `numbers` outlives it.
    explicit NumberOwners(PhoneNumbers const& numbers) : numbers_{numbers} {}

    void ask(OrganisationId, PhoneNumber const&);
    void read(storage::Tx&);
    /// Nothing for a number of nobody's then.
    [[nodiscard]] std::optional<UserId> owner(OrganisationId, PhoneNumber const&, Timestamp at) const;

private:
    struct Assignment {
        UserId user;
        Timestamp from;
        std::optional<Timestamp> to;
    };
    struct Asked {
        std::unordered_map<std::string, std::string> hashes;                   // by number
        std::unordered_map<std::string, std::vector<Assignment>> assignments;  // by hash
    };

    PhoneNumbers const& numbers_;
    std::unordered_map<OrganisationId, Asked> asked_;
};

}  // namespace samtal::calls
