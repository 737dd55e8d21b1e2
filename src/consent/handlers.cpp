#include "consent_codec.hpp"

namespace samtal::consent {

namespace {

using gateway::Ask;
using gateway::Reply;
using net::Method;
using P = purpose::RightsAndEvidence;

Task<Result<Reply>> list(Consents& consents, Notices const& notices, RightsPermit permit, ListConsents ask) {
    auto const standings = co_await consents.list(std::move(permit));
    if (!standings) co_return standings.error();
    co_return Reply{200, encode_list(*standings, notices, ask.privacy_control), {}};
}

Task<Result<Reply>> history(Consents& consents, RightsPermit permit, ReadHistory ask) {
    auto const events = co_await consents.history(std::move(permit), std::move(ask.purpose));
    if (!events) co_return events.error();
    co_return Reply{200, encode_history(*events), {}};
}

Task<Result<Reply>> choose(Consents& consents, Notices const& notices, RightsPermit permit, Choose choice) {
    UserId const subject = permit.actor();
    auto const standing = co_await consents.choose(std::move(permit), std::move(choice));
    if (!standing) co_return standing.error();
    co_return Reply{200, encode_choice(*standing, notices, subject), {}};
}

Task<Result<Reply>> read_notice(Notices const& notices, Result<ReadNotice> ask) {
    if (!ask) co_return ask.error();
    consent::Brand const& brand = notices.brands().front();
    std::string const language = ask->language.value_or(brand.default_language);
    auto const notice = notices.text(brand.id, language);
    if (!notice) co_return Error{Errc::invalid, "must be sv or en", "language"};
    co_return Reply{200, encode_notice(*notice, language, notices.current_version()), {}};
}

}  // namespace

void add_routes(gateway::Router& router, Consents& consents, Notices const& notices) {
    router.person<P>(Method::get, "/v1/consents", decode_list, [&](RightsPermit permit, ListConsents ask) {
        return list(consents, notices, std::move(permit), ask);
    });
    router.person<P>(Method::get, "/v1/consents/{purpose}/history", decode_history,
                     [&](RightsPermit permit, ReadHistory ask) {
                         return history(consents, std::move(permit), std::move(ask));
                     });
    router.person<P>(Method::put, "/v1/consents/{purpose}", decode_choose,
                     [&](RightsPermit permit, Choose choice) {
                         return choose(consents, notices, std::move(permit), std::move(choice));
                     });
    router.open(Method::get, "/v1/notice",
                [&](Ask const& ask) { return read_notice(notices, decode_notice(ask)); });
}

}  // namespace samtal::consent
