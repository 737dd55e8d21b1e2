#include "search_index.hpp"

#include <algorithm>

namespace samtal::directory {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_use = 60s;

icu::UnicodeString folded(std::string const& text) {
    return icu::UnicodeString::fromUTF8(text).foldCase();
}

/// What a colleague sees: the rest is as if it had never been entered.
bool shows(Profile const& profile, std::string_view name) {
    return !profile.private_fields.contains(std::string{name});
}

icu::UnicodeString order_of(ProfilePermit const& permit, Profile const& p) {
    std::string name;
    if (shows(p, "family_name")) name += p.family_name.open(permit);
    name += '\n';
    if (shows(p, "given_name")) name += p.given_name.open(permit);
    return folded(name);
}

icu::UnicodeString shown_of(ProfilePermit const& permit, Profile const& p) {
    std::string all;
    if (shows(p, "given_name")) all += p.given_name.open(permit) + " ";
    if (shows(p, "family_name")) all += p.family_name.open(permit);
    if (shows(p, "email")) all += "\n" + p.email.open(permit);
    if (shows(p, "phone_numbers"))
        for (auto const& number : p.phone_numbers.open(permit)) all += "\n" + number;
    if (shows(p, "contact_numbers"))
        for (auto const& number : p.contact_numbers.open(permit)) all += "\n" + number;
    return folded(all);
}

}  // namespace

SearchIndex::SearchIndex(ProfilePermit const& permit, std::vector<Profile> people, std::int64_t version)
    : version_{version} {
    people_.reserve(people.size());
    for (Profile& p : people) {
        Personal<icu::UnicodeString, field::ProfilesFamilyName> order{order_of(permit, p)};
        Personal<icu::UnicodeString, field::ProfilesGivenName> shown{shown_of(permit, p)};
        people_.push_back({std::move(p), std::move(order), std::move(shown)});
    }
    std::ranges::sort(people_, [&permit](Listed const& a, Listed const& b) {
        int const order = a.order.open(permit).compare(b.order.open(permit));
        return order != 0 ? order < 0 : a.profile.user < b.profile.user;
    });
}

bool SearchIndex::is_current(std::int64_t version) const noexcept {
    return version_ == version && std::chrono::steady_clock::now() - made_ < longest_use;
}

Page SearchIndex::find(ProfilePermit const& permit, Search const& search) const {
    auto const wanted = folded(search.query);
    auto from = people_.begin();
    if (search.after) {
        from = std::ranges::find(people_, *search.after, [](Listed const& l) { return l.profile.user; });
        if (from != people_.end()) ++from;
    }
    Page page;
    for (; from != people_.end(); ++from) {
        if (!wanted.isEmpty() && from->shown.open(permit).indexOf(wanted) < 0) continue;
        if (page.people.size() == search.limit) {
            page.more = true;
            break;
        }
        page.people.push_back(from->profile);
    }
    return page;
}

std::shared_ptr<SearchIndex const> SearchIndexes::find(OrganisationId organisation, std::int64_t version) {
    std::scoped_lock const lock{mutex_};
    auto const found = by_organisation_.find(organisation);
    if (found == by_organisation_.end()) return nullptr;
    if (found->second->is_current(version)) return found->second;
    people_ -= found->second->size();
    by_organisation_.erase(found);  // what is not current may be of somebody who is gone
    return nullptr;
}

void SearchIndexes::keep(OrganisationId organisation, std::shared_ptr<SearchIndex const> index) {
    std::scoped_lock const lock{mutex_};
    if (index->size() > most_people) return;
    if (people_ + index->size() > most_people) {
        by_organisation_.clear();
        people_ = 0;
    }
    auto& place = by_organisation_[organisation];
    if (place) people_ -= place->size();
    people_ += index->size();
    place = std::move(index);
}

}  // namespace samtal::directory
