#pragma once

#include "pg_erasure_repository.hpp"
#include "samtal/calls/phone_numbers.hpp"

#include <vector>

namespace samtal::rights {

/// Takes a person who is being erased out of other people's calls. Nothing stored leads from a person to those
/// calls: each owner's key tells which of theirs are with a number. On connections that nobody else waits for.
class PgCounterpartRepository {
public:
    PgCounterpartRepository(storage::Database& db, storage::ColumnCipher& cipher,
                            calls::PhoneNumbers const& numbers)
        : db_{db}, cipher_{cipher}, numbers_{numbers} {}

    /// A number that was the person's from `since` until `until`. In plain until their key is destroyed.
    struct OwnNumber {
        std::string hash;  // PhoneNumbers::hash
        Timestamp since;
        std::optional<Timestamp> until;
        std::optional<Personal<std::string, field::PhoneAssignmentsNumber>> plain;
    };
    Task<Result<std::vector<OwnNumber>>> numbers_of(RightsPermit const&, Work const&);

    /// How far the walk has come: through owners, or through calls where the numbers are not known in plain.
    struct Reached {
        UserId owner = UserId::nil();
        CallId call = CallId::nil();
        bool done = false;
    };
    /// About `most` owners, or calls. Nothing: another server has the request. What was changed is counted in the
    /// same transaction.
    Task<Result<std::optional<Reached>>> forget_batch(RightsPermit const&, Work const&,
                                                      std::vector<OwnNumber> const&, Reached const& from,
                                                      int most);

private:
    Reached forget_by_hash(storage::Tx&, RightsPermit const&, Work const&, std::vector<OwnNumber> const&,
                           Reached from, int most);
    Reached forget_by_look(storage::Tx&, RightsPermit const&, Work const&, std::vector<OwnNumber> const&,
                           Reached from, int most);
    [[nodiscard]] static bool is_of(std::vector<OwnNumber> const&, std::string const& hash, Timestamp at);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    calls::PhoneNumbers const& numbers_;
};

/// Whether each is known in plain, so that owners' hashes can be made of them.
[[nodiscard]] bool all_in_plain(std::vector<PgCounterpartRepository::OwnNumber> const&);

}  // namespace samtal::rights
