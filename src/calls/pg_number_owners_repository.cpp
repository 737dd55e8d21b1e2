#include "pg_number_owners_repository.hpp"

#include "samtal/storage/values.hpp"

namespace samtal::calls {

namespace {

constexpr storage::Statement find_assignments{R"sql(
-- calls.find_assignments
SELECT i.n, a.user_id, (extract(epoch FROM a.valid_from) * 1000)::bigint, (extract(epoch FROM a.valid_to) * 1000)::bigint
  FROM unnest($1::uuid[], $2::bytea[]) WITH ORDINALITY AS i (organisation_id, number_hash, n)
  JOIN phone_assignments a ON (a.organisation_id, a.number_hash) = (i.organisation_id, i.number_hash)
)sql"};

}  // namespace

/// The bytes of the id have a fixed length, so no two pairs have the same key.
std::string NumberOwners::key_of(OrganisationId organisation, PhoneNumber const& number) {
    auto const& id = organisation.value();
    return std::string{id.begin(), id.end()}.append(number.text);
}

void NumberOwners::ask(OrganisationId organisation, PhoneNumber const& number) {
    if (!number.assignable) return;
    if (places_.try_emplace(key_of(organisation, number), asked_.size()).second)
        asked_.push_back({organisation, numbers_.hash(organisation, number.text)});
}

void NumberOwners::read(storage::Tx& tx) {
    for (Asked& asked : asked_) asked.assignments.clear();
    if (asked_.empty()) return;
    storage::ArrayLiteral organisations, hashes;
    for (Asked const& asked : asked_) {
        organisations.add(asked.organisation.text());
        hashes.add(storage::bytea(asked.hash));
    }
    for (auto const& row : tx.exec(find_assignments, organisations.text(), hashes.text()))
        asked_[row[0].as<std::size_t>() - 1].assignments.push_back(
            {storage::id_of<UserId>(row[1]), storage::time_of(row[2]), storage::optional_time_of(row[3])});
}

std::optional<UserId> NumberOwners::owner(OrganisationId organisation, PhoneNumber const& number,
                                          Timestamp at) const {
    auto const place = places_.find(key_of(organisation, number));
    if (place == places_.end()) return std::nullopt;
    for (auto const& [user, from, to] : asked_[place->second].assignments)
        if (from <= at && (!to || *to > at)) return user;
    return std::nullopt;
}

}  // namespace samtal::calls
