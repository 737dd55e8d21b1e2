#include "profile_codec.hpp"

namespace samtal::directory {

namespace {

using gateway::Reply;
using net::Method;
using P = purpose::ProfileDirectory;

Task<Result<Reply>> own(Directory& directory, ProfilePermit permit) {
    auto const profile = co_await directory.own(permit);
    if (!profile) co_return profile.error();
    co_return Reply{200, encode_own(permit, *profile), {}};
}

Task<Result<Reply>> colleague(Directory& directory, ProfilePermit permit, ReadColleague ask) {
    auto const profile = co_await directory.colleague(permit, ask.user);
    if (!profile) co_return profile.error();
    co_return Reply{200, encode_colleague(permit, *profile), {}};
}

Task<Result<Reply>> change(Directory& directory, ProfilePermit permit, ProfileChange wanted) {
    auto const profile = co_await directory.change(permit, wanted);
    if (!profile) co_return profile.error();
    co_return Reply{200, encode_own(permit, *profile), {}};
}

Task<Result<Reply>> search(Directory& directory, ProfilePermit permit, Search ask) {
    auto const page = co_await directory.search(permit, ask);
    if (!page) co_return page.error();
    co_return Reply{200, encode_page(permit, *page), {}};
}

}  // namespace

void add_routes(gateway::Router& router, Directory& directory) {
    router.person<P>(Method::get, "/v1/me/profile", decode_own,
                     [&](ProfilePermit permit, ReadOwn) { return own(directory, std::move(permit)); });
    router.person<P>(Method::patch, "/v1/me/profile", decode_change,
                     [&](ProfilePermit permit, ProfileChange wanted) {
                         return change(directory, std::move(permit), std::move(wanted));
                     });
    router.person<P>(Method::get, "/v1/directory", decode_search, [&](ProfilePermit permit, Search ask) {
        return search(directory, std::move(permit), std::move(ask));
    });
    router.person<P>(
        Method::get, "/v1/users/{id}/profile", decode_colleague,
        [&](ProfilePermit permit, ReadColleague ask) { return colleague(directory, std::move(permit), ask); });
}

}  // namespace samtal::directory
