#pragma once

#include "samtal/directory/directory.hpp"

#include <unicode/unistr.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace samtal::directory {

/// A colleague as a search sees them. Both texts open for whoever may read names.
struct Listed {
    Profile profile;
    Personal<icu::UnicodeString, field::ProfilesFamilyName>
        order;  // family name, given name, folded; hidden ones first
    Personal<icu::UnicodeString, field::ProfilesGivenName> shown;  // all that they show, folded, a line each
};

/// The people of one organisation, decrypted and in order, as of a version of its directory.
class SearchIndex {
public:
    SearchIndex(ProfilePermit const&, std::vector<Profile> people, std::int64_t version);

    /// Of the version, and not so old that a number may have begun or ended meanwhile by its date alone.
    [[nodiscard]] bool is_current(std::int64_t version) const noexcept;
    [[nodiscard]] Page find(ProfilePermit const&, Search const&) const;
    [[nodiscard]] std::size_t size() const noexcept { return people_.size(); }

private:
    std::vector<Listed> people_;
    std::int64_t version_;
    std::chrono::steady_clock::time_point made_ = std::chrono::steady_clock::now();
};

/// The indexes of the organisations that searched lately. Bounded by people. Any thread.
class SearchIndexes {
public:
    /// nullptr when there is none, or it is not current.
    [[nodiscard]] std::shared_ptr<SearchIndex const> find(OrganisationId, std::int64_t version);
    void keep(OrganisationId, std::shared_ptr<SearchIndex const>);

private:
    static constexpr std::size_t most_people = 200'000;
    std::mutex mutex_;
    std::unordered_map<OrganisationId, std::shared_ptr<SearchIndex const>> by_organisation_;
    std::size_t people_ = 0;
};

}  // namespace samtal::directory
