#pragma once

#include "samtal/directory/directory.hpp"

#include <cstdint>
#include <span>

namespace samtal::directory {

/// Rows of `profiles` with their assigned numbers, sealed on disk.
class PgProfileRepository {
public:
    PgProfileRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    /// One question of a group, and its answer.
    struct Wanted {
        ProfilePermit const* permit;  // its organisation is where to look
        UserId user;
        Result<Profile> found;
    };
    /// Sets each answer; `not_found` unless that person is active in the permit's organisation. One statement for
    /// all.
    Task<void> find(std::span<Wanted>);
    /// Changes whenever something that `all` reads does.
    Task<Result<std::int64_t>> version(ProfilePermit const&);
    /// All active people of the permit's organisation.
    Task<Result<std::vector<Profile>>> all(ProfilePermit const&);
    /// Of the permit's actor.
    Task<Result<void>> change(ProfilePermit const&, ProfileChange const&);

private:
    Result<Profile> profile_of(pqxx::row const&);
    Result<std::vector<std::string>> numbers_of(UserId, pqxx::field const&);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::directory
