#include "pg_colleagues_repository.hpp"

#include "call_history_statements.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::calls {

std::vector<std::optional<Colleague>> Colleagues::find(storage::Tx& tx, HistoryPermit const& permit,
                                                       std::vector<NumberAt> const& asked) {
    std::vector<std::optional<Colleague>> found(asked.size());
    std::vector<std::size_t> places;
    storage::ArrayLiteral hashes, moments;
    for (std::size_t n = 0; n < asked.size(); ++n) {
        auto const number = numbers_.assignable(asked[n].number);
        if (!number) continue;  // only whole numbers can be anybody's
        places.push_back(n);
        hashes.add(storage::bytea(numbers_.hash(permit.organisation(), *number)));
        moments.add(rfc3339(asked[n].moment));
    }
    if (places.empty()) return found;
    for (auto const& row :
         tx.exec(find_colleagues_at, permit.organisation().text(), hashes.text(), moments.text()))
        found[places[row[0].as<std::size_t>() - 1]] = colleague_of(row);
    return found;
}

std::optional<Colleague> Colleagues::colleague_of(pqxx::row const& row) {
    auto const user = storage::id_of<UserId>(row[1]);
    std::string name;
    for (auto const& [column, sealed] : {std::pair{field::ProfilesGivenName::column, row[2]},
                                         std::pair{field::ProfilesFamilyName::column, row[3]}}) {
        if (sealed.is_null()) continue;
        auto const part = cipher_.open(user, {column, user.value()}, storage::bytes_of(sealed));
        if (!part) return std::nullopt;  // erased a moment ago
        name.append(name.empty() ? "" : " ").append(*part);
    }
    return Colleague{{user, std::move(name)}};
}

}  // namespace samtal::calls
