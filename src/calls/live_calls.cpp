#include "live_calls.hpp"

namespace samtal::calls {

void LiveCalls::begin(std::string const& call, std::vector<UserId> const& people) {
    Changes changes;
    {
        std::scoped_lock const lock{mutex_};
        Timestamp const now = clock_();
        forget_old(now, changes);
        if (!people.empty() && calls_.size() < most &&
            calls_.try_emplace(call, Live{people, now + longest}).second) {
            ends_.emplace(now + longest, call);
            for (UserId const& user : people) {
                Busy& busy = busy_[user];
                busy.until = now + longest;
                if (busy.calls++ == 0) changes.emplace_back(user, true);
            }
        }
    }
    tell(changes);
}

void LiveCalls::end(std::string const& call) {
    Changes changes;
    {
        std::scoped_lock const lock{mutex_};
        forget_old(clock_(), changes);
        if (auto const found = calls_.find(call); found != calls_.end()) forget(found, changes);
    }
    tell(changes);
}

bool LiveCalls::on_a_call(UserId user) const {
    std::scoped_lock const lock{mutex_};
    auto const busy = busy_.find(user);
    return busy != busy_.end() && busy->second.until > clock_();
}

void LiveCalls::forget_old(Timestamp now, Changes& changes) {
    while (!ends_.empty() && ends_.begin()->first <= now) {
        auto const found = calls_.find(ends_.begin()->second);
        bool const same = found != calls_.end() && found->second.forgotten_at <= now;
        ends_.erase(ends_.begin());
        if (same) forget(found, changes);
    }
}

void LiveCalls::forget(std::map<std::string, Live>::iterator call, Changes& changes) {
    for (UserId const& user : call->second.people) {
        auto const count = busy_.find(user);
        if (--count->second.calls > 0) continue;
        busy_.erase(count);
        changes.emplace_back(user, false);
    }
    calls_.erase(call);
}

void LiveCalls::tell(Changes const& changes) const {
    if (!changed_) return;
    for (auto const& [user, on_a_call] : changes) changed_(user, on_a_call);
}

}  // namespace samtal::calls
