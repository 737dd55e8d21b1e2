#pragma once

#include "call_repositories.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::calls {

class PgCallPeople final : public CallPeople {
public:
    PgCallPeople(storage::Database& db, PhoneNumbers const& numbers) : db_{db}, numbers_{numbers} {}
    Task<Result<std::vector<UserId>>> people_of(SetupPermit const&, std::vector<Party>, Timestamp) override;

private:
    storage::Database& db_;
    PhoneNumbers const& numbers_;
};

}  // namespace samtal::calls
