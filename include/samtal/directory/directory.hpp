#pragma once

#include "samtal/core/personal.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::directory {

using ProfilePermit = Permit<purpose::ProfileDirectory>;
using GivenName = Personal<std::string, field::ProfilesGivenName>;
using FamilyName = Personal<std::string, field::ProfilesFamilyName>;
using Email = Personal<std::string, field::ProfilesEmail>;
using ContactNumbers = Personal<std::vector<std::string>, field::ProfilesContactNumbers>;
using PhoneNumbers = Personal<std::vector<std::string>, field::PhoneAssignmentsNumber>;
/// Whether colleagues see that they are on a call.
using ShowsCalls = Personal<bool, field::ProfilesShowsCalls>;

/// What a person may hide from colleagues, one by one.
inline constexpr std::array<std::string_view, 5> profile_fields{"given_name", "family_name", "email",
                                                                "phone_numbers", "contact_numbers"};

struct Profile {
    UserId user;
    GivenName given_name;
    FamilyName family_name;
    Email email;
    PhoneNumbers phone_numbers;      // assigned by the organisation, E.164
    ContactNumbers contact_numbers;  // the person's own, shown only
    std::set<std::string> private_fields;
    ShowsCalls shows_calls{false};
};

/// An address becomes the person's own when the link mailed to it is opened; until then the one before stays.
struct NewEmail {
    Principal who;
    Email address;
};
/// Checks step-up and address, and mails the link. It is for the identity room, which keeps such links.
using EmailChange = std::function<Task<Result<void>>(NewEmail)>;

/// What is given changes, the rest stays.
struct ProfileChange {
    std::optional<GivenName> given_name;
    std::optional<FamilyName> family_name;
    std::optional<ContactNumbers> contact_numbers;
    std::optional<NewEmail> email;
    std::vector<std::pair<std::string, bool>> hidden;  // field, whether private
    std::optional<ShowsCalls> shows_calls;
};

struct Search {
    std::string query;            // empty: everybody
    std::optional<UserId> after;  // the last person of the page before
    std::size_t limit = 50;
};
struct Page {
    std::vector<Profile> people;
    bool more = false;
};

/// Profiles. Permits are borrowed: the caller opens with the same one what comes back. Colleagues are the active
/// people of the same organisation; everybody else is `not_found`.
class Directory {
public:
    virtual ~Directory() = default;
    virtual Task<Result<Profile>> own(ProfilePermit const&) = 0;
    virtual Task<Result<Profile>> colleague(ProfilePermit const&, UserId) = 0;
    /// Nothing changes when the new address is refused.
    virtual Task<Result<Profile>> change(ProfilePermit const&, ProfileChange const&) = 0;
    virtual Task<Result<Page>> search(ProfilePermit const&, Search const&) = 0;
};

/// What other rooms do with a change.
struct DirectoryHooks {
    EmailChange change_email;
    std::function<void(UserId)> shows_calls_changed;  // whoever shows calls asks again; it is committed
};

[[nodiscard]] std::unique_ptr<Directory> make_directory(storage::Database&, storage::ColumnCipher&,
                                                        boost::asio::any_io_executor, DirectoryHooks);

void add_routes(gateway::Router&, Directory&);

}  // namespace samtal::directory
