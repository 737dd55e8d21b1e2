#include "pg_call_people_repository.hpp"

#include "pg_number_owners_repository.hpp"

#include <set>

namespace samtal::calls {

Task<Result<std::vector<UserId>>> PgCallPeople::people_of(SetupPermit const& permit, std::vector<Party> parties,
                                                          Timestamp at) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<UserId>> {
        NumberOwners owners{numbers_};
        for (Party const& party : parties) owners.ask(permit.organisation(), party.open(permit));
        owners.read(tx);
        std::set<UserId> people;
        for (Party const& party : parties)
            if (auto const owner = owners.owner(permit.organisation(), party.open(permit), at))
                people.insert(*owner);
        return std::vector<UserId>{people.begin(), people.end()};
    });
}

}  // namespace samtal::calls
