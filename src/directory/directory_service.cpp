#include "pg_profile_repository.hpp"
#include "samtal/storage/batcher.hpp"

#include <unicode/unistr.h>

#include <algorithm>

namespace samtal::directory {

namespace {

/// What a colleague sees: the rest is as if it had never been entered.
bool hides(Profile const& profile, std::string_view name) {
    return profile.private_fields.contains(std::string{name});
}

icu::UnicodeString folded(std::string const& text) {
    return icu::UnicodeString::fromUTF8(text).foldCase();
}

/// How people are listed: family name, given name; those who hide them come first, by id.
struct Listed {
    icu::UnicodeString name;
    Profile profile;
};

/// Searches only what the person shows.
class Matcher {
public:
    Matcher(ProfilePermit const& permit, std::string const& query) : permit_{permit}, wanted_{folded(query)} {}

    [[nodiscard]] bool fits(Profile const& p) const {
        if (wanted_.isEmpty()) return true;
        std::string names;
        if (!hides(p, "given_name")) names += p.given_name.open(permit_) + " ";
        if (!hides(p, "family_name")) names += p.family_name.open(permit_);
        return contains(names) || (!hides(p, "email") && contains(p.email.open(permit_))) ||
               (!hides(p, "phone_numbers") && any(p.phone_numbers.open(permit_))) ||
               (!hides(p, "contact_numbers") && any(p.contact_numbers.open(permit_)));
    }
    [[nodiscard]] icu::UnicodeString sort_name(Profile const& p) const {
        std::string name;
        if (!hides(p, "family_name")) name += p.family_name.open(permit_);
        name += '\n';
        if (!hides(p, "given_name")) name += p.given_name.open(permit_);
        return folded(name);
    }

private:
    [[nodiscard]] bool contains(std::string const& text) const { return folded(text).indexOf(wanted_) >= 0; }
    [[nodiscard]] bool any(std::vector<std::string> const& numbers) const {
        return std::ranges::any_of(numbers, [this](std::string const& n) { return contains(n); });
    }

    ProfilePermit const& permit_;
    icu::UnicodeString wanted_;
};

class DirectoryService final : public Directory {
public:
    DirectoryService(storage::Database& db, storage::ColumnCipher& cipher, boost::asio::any_io_executor executor,
                     EmailChange email_change)
        : profiles_{db, cipher},
          email_change_{std::move(email_change)},
          reader_{{std::move(executor), most_together, most_waiting, lanes},
                  [this](std::span<Wanted> group) { return profiles_.find(group); }} {}

    Task<Result<Profile>> own(ProfilePermit const& permit) override {
        co_return co_await find(permit, permit.actor());
    }

    Task<Result<Profile>> colleague(ProfilePermit const& permit, UserId user) override {
        co_return co_await find(permit, user);
    }

    Task<Result<Profile>> change(ProfilePermit const& permit, ProfileChange const& change) override {
        if (change.email) {  // first, because it can be refused
            auto const asked = co_await email_change_(*change.email);
            if (!asked) co_return asked.error();
        }
        auto const changed = co_await profiles_.change(permit, change);
        if (!changed) co_return changed.error();
        co_return co_await find(permit, permit.actor());
    }

    Task<Result<Page>> search(ProfilePermit const& permit, Search const& search) override {
        auto people = co_await profiles_.all(permit);
        if (!people) co_return people.error();
        Matcher const matcher{permit, search.query};
        std::vector<Listed> listed;
        for (Profile& profile : *people)
            if (matcher.fits(profile)) listed.push_back({matcher.sort_name(profile), std::move(profile)});
        std::ranges::sort(listed, [](Listed const& a, Listed const& b) {
            int const order = a.name.compare(b.name);
            return order != 0 ? order < 0 : a.profile.user < b.profile.user;
        });
        auto from = listed.begin();
        if (search.after) {
            from = std::ranges::find(listed, *search.after, [](Listed const& l) { return l.profile.user; });
            if (from != listed.end()) ++from;
        }
        Page page;
        for (; from != listed.end() && page.people.size() < search.limit; ++from)
            page.people.push_back(std::move(from->profile));
        page.more = from != listed.end();
        co_return page;
    }

private:
    using Wanted = PgProfileRepository::Wanted;
    // A profile is what every screen begins with: those asked for while others are read go together.
    static constexpr std::size_t most_together = 64;
    static constexpr std::size_t most_waiting = 10'000;
    static constexpr unsigned lanes = 3;

    Task<Result<Profile>> find(ProfilePermit const& permit, UserId user) {
        Wanted wanted{&permit, user, Error{Errc::exhausted, "too many profiles are being read"}};
        co_await reader_.submit(wanted);
        co_return std::move(wanted.found);
    }

    PgProfileRepository profiles_;
    EmailChange email_change_;
    storage::Batcher<Wanted> reader_;
};

}  // namespace

std::unique_ptr<Directory> make_directory(storage::Database& db, storage::ColumnCipher& cipher,
                                          boost::asio::any_io_executor executor, EmailChange email_change) {
    return std::make_unique<DirectoryService>(db, cipher, std::move(executor), std::move(email_change));
}

}  // namespace samtal::directory
