#include "pg_call_sides_repository.hpp"

#include "pg_number_owners_repository.hpp"
#include "samtal/storage/binary_array.hpp"
#include "samtal/storage/values.hpp"

#include <algorithm>
#include <unordered_set>

namespace samtal::calls {

namespace {

constexpr storage::Statement hold_consents{R"sql(
-- calls.hold_consents
SELECT user_id FROM hold_consents_of_many($1::uuid[], $2::uuid[], 'call_history')
)sql"};

}  // namespace

std::vector<Side> matched_sides(storage::Tx& tx, PhoneNumbers const& numbers, std::span<Incoming> items) {
    NumberOwners owners{numbers};
    auto const each = [&items](auto const& visit) {
        for (Incoming& item : items) {
            if (!item.writes()) continue;
            Call const& call = item.call->last;
            if (call.caller) visit(item, call.caller->open(item.permit()), Direction::outgoing);
            if (call.callee) visit(item, call.callee->open(item.permit()), Direction::incoming);
        }
    };
    each([&](Incoming const& item, PhoneNumber const& number, Direction) {
        owners.ask(item.organisation(), number);
    });
    owners.read(tx);
    std::vector<Side> found;
    found.reserve(items.size());
    each([&](Incoming& item, PhoneNumber const& number, Direction direction) {
        auto const began = item.call->last.times.open(item.permit()).started_at;
        auto const owner = owners.owner(item.organisation(), number, began);
        bool const own_call = !found.empty() && found.back().item == &item && owner == found.back().owner;
        if (owner && !own_call) found.push_back({&item, direction, *owner});
    });
    return found;
}

void keep_consenting(storage::Tx& tx, std::vector<Side>& sides) {
    if (sides.empty()) return;
    std::vector<std::pair<OrganisationId, UserId>> owners;
    owners.reserve(sides.size());
    for (Side const& side : sides) owners.emplace_back(side.item->organisation(), side.owner);
    std::ranges::sort(owners);
    auto const repeated = std::ranges::unique(owners);
    owners.erase(repeated.begin(), repeated.end());
    using storage::BinaryArray;
    BinaryArray organisations{BinaryArray::Of::uuid}, users{BinaryArray::Of::uuid};
    for (auto const& [organisation, user] : owners) {
        organisations.add(organisation.value());
        users.add(user.value());
    }
    std::unordered_set<UserId> consenting;  // the owner of a number of an organisation is one of its people
    for (auto const& row : tx.exec(hold_consents, organisations.parameter(), users.parameter()))
        consenting.insert(storage::id_of<UserId>(row[0]));
    std::erase_if(sides, [&](Side const& side) { return !consenting.contains(side.owner); });
}

}  // namespace samtal::calls
