#include "pg_colleague_repository.hpp"
#include "presence_codec.hpp"

namespace samtal::presence {

namespace {

using P = purpose::ChatMessaging;

Task<Result<std::string>> set(Presence& presence, SetState wanted) {
    presence.choose(wanted.user, wanted.state);
    co_return std::string{};
}

Task<Result<std::string>> watch(Presence& presence, storage::Database& db, Permit<P> permit, Watch wanted) {
    PgColleagueRepository repository{db};
    auto const colleagues = co_await repository.colleagues(permit, wanted.users);
    if (!colleagues) co_return colleagues.error();
    presence.watch(std::move(wanted.from), wanted.eyes, *colleagues);
    co_return std::string{};
}

}  // namespace

void add_routes(gateway::Router& router, Presence& presence, storage::Database& db) {
    router.frame<P>("presence.set", decode_set,
                    [&presence](Permit<P>, SetState wanted) { return set(presence, wanted); });
    router.frame<P>("presence.watch", decode_watch, [&presence, &db](Permit<P> permit, Watch wanted) {
        return watch(presence, db, std::move(permit), std::move(wanted));
    });
}

}  // namespace samtal::presence
