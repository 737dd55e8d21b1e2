#include "pg_number_owners_repository.hpp"

#include "samtal/storage/binary_array.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::calls {

namespace {

// As a list for one organisation, which no index but the one by number can serve: joined to a row for each number,
// a PostgreSQL without statistics took the index of the exclusion constraint, a dozen times slower.
constexpr storage::Statement find_assignments{R"sql(
-- calls.find_assignments
SELECT a.number_hash, a.user_id, (extract(epoch FROM a.valid_from) * 1000)::bigint, (extract(epoch FROM a.valid_to) * 1000)::bigint
  FROM phone_assignments a WHERE a.organisation_id = $1::uuid AND a.number_hash = ANY ($2::bytea[])
)sql"};

}  // namespace

void NumberOwners::ask(OrganisationId organisation, PhoneNumber const& number) {
    if (!number.assignable) return;
    auto& hashes = asked_[organisation].hashes;
    if (!hashes.contains(number.text)) hashes.emplace(number.text, numbers_.hash(organisation, number.text));
}

void NumberOwners::read(storage::Tx& tx) {
    for (auto& [organisation, asked] : asked_) {
        asked.assignments.clear();
        storage::BinaryArray hashes{storage::BinaryArray::Of::bytea};
        for (auto const& [number, hash] : asked.hashes) hashes.add(hash);
        for (auto const& row : tx.exec(find_assignments, organisation.text(), hashes.parameter()))
            asked.assignments[storage::bytes_of(row[0])].push_back(
                {storage::id_of<UserId>(row[1]), storage::time_of(row[2]), storage::optional_time_of(row[3])});
    }
}

std::optional<UserId> NumberOwners::owner(OrganisationId organisation, PhoneNumber const& number,
                                          Timestamp at) const {
    auto const asked = asked_.find(organisation);
    if (asked == asked_.end()) return std::nullopt;
    auto const hash = asked->second.hashes.find(number.text);
    if (hash == asked->second.hashes.end()) return std::nullopt;
    auto const found = asked->second.assignments.find(hash->second);
    if (found == asked->second.assignments.end()) return std::nullopt;
    for (auto const& [user, from, to] : found->second)
        if (from <= at && (!to || *to > at)) return user;
    return std::nullopt;
}

}  // namespace samtal::calls
