#include "live_calls.hpp"

#include <algorithm>

namespace samtal::calls {

std::string LiveCalls::hash(std::string const& call) const {
    constexpr std::size_t name_size = 16;
    return keys_.keyed_hash("live-call", call).substr(0, name_size);
}

void LiveCalls::begin(std::string const& call, OrganisationId organisation, std::vector<UserId> const& people) {
    if (people.empty()) return;
    std::string name = hash(call);
    std::scoped_lock const lock{mutex_};
    Timestamp const now = clock_();
    LiveCall const live{std::move(name), organisation, people, now + longest};
    if (take(live, now)) tell(live);
}

void LiveCalls::end(std::string const& call) {
    std::string name = hash(call);
    std::scoped_lock const lock{mutex_};
    Timestamp const now = clock_();
    LiveCall const ended{std::move(name), OrganisationId::nil(), {}, now + remembered};
    if (take(ended, now)) tell(ended);
}

void LiveCalls::finish(std::string const& call) {
    {
        std::scoped_lock const lock{mutex_};
        if (busy_.empty()) return;
    }
    std::string const name = hash(call);
    std::scoped_lock const lock{mutex_};
    auto const found = calls_.find(name);
    if (found == calls_.end() || found->second.people.empty()) return;
    Timestamp const now = clock_();
    LiveCall const ended{name, OrganisationId::nil(), {}, now + remembered};
    if (take(ended, now)) tell(ended);
}

void LiveCalls::heard(LiveCall const& call) {
    std::scoped_lock const lock{mutex_};
    Timestamp const now = clock_();
    if (call.until <= now + longest) take(call, now);
}

bool LiveCalls::take(LiveCall const& call, Timestamp now) {
    forget_old(now);
    if (call.until <= now) return false;
    auto const known = calls_.find(call.name);
    if (known == calls_.end()) {
        if (calls_.size() >= most) return false;
        calls_.emplace(call.name, call);
        ends_.emplace(call.until, call.name);
        occupy(call);
        return true;
    }
    bool const ends = call.people.empty() && !known->second.people.empty();
    if (!ends) return false;  // a repeat, or a beginning after the end
    LiveCall const ended = std::exchange(known->second, call);
    ends_.emplace(call.until, call.name);
    for (UserId const& user : ended.people) release(ended.organisation, user);
    return true;
}

void LiveCalls::occupy(LiveCall const& call) {
    for (UserId const& user : call.people) {
        Busy& busy = busy_[user];
        busy.until = std::max(busy.until, call.until);
        if (busy.calls++ == 0 && changed_) changed_(call.organisation, user, true);
    }
}

void LiveCalls::release(OrganisationId organisation, UserId user) {
    auto const count = busy_.find(user);
    if (count == busy_.end() || --count->second.calls > 0) return;
    busy_.erase(count);
    if (changed_) changed_(organisation, user, false);
}

bool LiveCalls::on_a_call(UserId user) const {
    std::scoped_lock const lock{mutex_};
    auto const busy = busy_.find(user);
    return busy != busy_.end() && busy->second.until > clock_();
}

void LiveCalls::report() {
    std::scoped_lock const lock{mutex_};
    for (auto const& [name, call] : calls_) tell(call);
}

void LiveCalls::sweep() {
    std::scoped_lock const lock{mutex_};
    forget_old(clock_());
}

void LiveCalls::forget(UserId user) {
    std::scoped_lock const lock{mutex_};
    for (auto& [name, call] : calls_)
        if (std::erase(call.people, user) > 0) release(call.organisation, user);
}

void LiveCalls::forget_old(Timestamp now) {
    while (!ends_.empty() && ends_.begin()->first <= now) {
        auto const found = calls_.find(ends_.begin()->second);
        ends_.erase(ends_.begin());
        if (found == calls_.end() || found->second.until > now) continue;
        LiveCall const old = std::move(found->second);
        calls_.erase(found);
        for (UserId const& user : old.people) release(old.organisation, user);
    }
}

}  // namespace samtal::calls
