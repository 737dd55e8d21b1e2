#include "samtal/presence/call_presence.hpp"

#include "pg_colleague_repository.hpp"
#include "samtal/ops/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

namespace samtal::presence {

namespace asio = boost::asio;

void CallPresence::call(OrganisationId organisation, UserId user, bool on_a_call) {
    std::scoped_lock const lock{mutex_};
    if (on_a_call) {
        auto const [call, is_new] = calls_.try_emplace(user, Call{organisation, 0});
        if (is_new) parts_.presence.call(user, OnACall::hidden);
        ask(user, call->second);
    } else if (calls_.erase(user) > 0) {
        parts_.presence.call(user, OnACall::no);
    }
}

void CallPresence::changed(UserId user) {
    std::scoped_lock const lock{mutex_};
    if (auto const call = calls_.find(user); call != calls_.end()) ask(user, call->second);
}

void CallPresence::changed() {
    std::scoped_lock const lock{mutex_};
    for (auto& [user, call] : calls_) ask(user, call);
}

void CallPresence::ask(UserId user, Call& call) {
    call.question = ++questions_;
    // Posted: begun here, it might want the lock that is held.
    asio::post(parts_.executor,
               [this, user, call] { asio::co_spawn(parts_.executor, read(*this, user, call), asio::detached); });
}

Task<void> CallPresence::read(CallPresence& self, UserId user, Call asked) {
    bool const shows = co_await self.shows(user, asked.organisation);
    std::scoped_lock const lock{self.mutex_};
    auto const call = self.calls_.find(user);
    if (call == self.calls_.end() || call->second.question != asked.question) co_return;
    self.parts_.presence.call(user, shows ? OnACall::shown : OnACall::hidden);
}

Task<bool> CallPresence::shows(UserId user, OrganisationId organisation) {
    try {
        auto const permit = parts_.permits.permit_machine<purpose::ChatMessaging>(organisation);
        PgColleagueRepository repository{parts_.db};
        auto const shown = co_await repository.shows_calls(permit, user);
        co_return shown && *shown;
    } catch (std::exception const& e) {
        ops::write_log(ops::Level::warning, "presence.call_not_shown", ops::field("what", e.what()));
    }
    co_return false;
}

}  // namespace samtal::presence
