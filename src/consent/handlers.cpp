#include "consent_codec.hpp"
#include "samtal/consent/receipt.hpp"

namespace samtal::consent {

namespace {

using gateway::Ask;
using gateway::Reply;
using net::Method;
using P = purpose::RightsAndEvidence;

Task<Result<Reply>> list(Consents& consents, RightsPermit permit, ListConsents ask) {
    auto const overview = co_await consents.list(std::move(permit), ask);
    if (!overview) co_return overview.error();
    co_return Reply{200, encode(*overview), {}};
}

Task<Result<Reply>> history(Consents& consents, RightsPermit permit, ReadHistory ask) {
    auto const page = co_await consents.history(std::move(permit), std::move(ask));
    if (!page) co_return page.error();
    co_return Reply{200, encode(*page), {}};
}

Task<Result<Reply>> choose(Consents& consents, RightsPermit permit, Choose choice) {
    auto const entry = co_await consents.choose(std::move(permit), std::move(choice));
    if (!entry) co_return entry.error();
    co_return Reply{200, encode(*entry), {}};
}

Task<Result<Reply>> read_receipt(Consents& consents, RightsPermit permit, ReadReceipt ask) {
    auto const entry = co_await consents.latest(std::move(permit), std::move(ask.purpose));
    if (!entry) co_return entry.error();
    co_return Reply{200, encode_receipt(*entry), {}};
}

Task<Result<Reply>> acknowledge(Consents& consents, RightsPermit permit, Acknowledge ask) {
    auto const at = co_await consents.acknowledge(std::move(permit), ask.notice_version);
    if (!at) co_return at.error();
    co_return Reply{200, encode_acknowledgement(ask.notice_version, *at), {}};
}

Task<Result<Reply>> read_notice(Notices const& notices, Result<ReadNotice> ask) {
    if (!ask) co_return ask.error();
    consent::Brand const& brand = notices.brands().front();
    std::string const language = ask->language.value_or(brand.default_language);
    auto const notice = notices.text(brand.id, language);
    if (!notice) co_return Error{Errc::invalid, "must be sv or en", "language"};
    co_return Reply{200, encode_notice(*notice, language, notices.current_version()), {}};
}

Task<Result<Reply>> own_notice(Consents& consents, RightsPermit permit, ReadNotice ask, Notices const& notices) {
    std::string const language = ask.language.value_or(notices.brands().front().default_language);
    std::string const version = notices.current_version();
    auto const notice = co_await consents.own_notice(std::move(permit), language);
    if (!notice) co_return notice.error();
    if (!*notice) co_return Error{Errc::invalid, "must be sv or en", "language"};
    co_return Reply{200, encode_notice(**notice, language, version), {}};
}

}  // namespace

void add_routes(gateway::Router& router, Consents& consents, Notices const& notices) {
    auto const on = [&consents](auto handle) {
        return [&consents, handle](RightsPermit permit, auto command) {
            return handle(consents, std::move(permit), std::move(command));
        };
    };
    router.person<P>(Method::get, "/v1/consents", decode_list, on(list));
    router.person<P>(Method::get, "/v1/consents/{purpose}/history", decode_history, on(history));
    router.person<P>(Method::get, "/v1/consents/{purpose}/receipt", decode_receipt, on(read_receipt));
    router.person<P>(Method::put, "/v1/consents/{purpose}", decode_choose, on(choose));
    router.person<P>(Method::post, "/v1/notice/acknowledgements", decode_acknowledge, on(acknowledge));
    router.person<P>(Method::get, "/v1/me/notice", decode_notice, [&](RightsPermit permit, ReadNotice ask) {
        return own_notice(consents, std::move(permit), std::move(ask), notices);
    });
    router.open(Method::get, "/v1/notice",
                [&](Ask const& ask) { return read_notice(notices, decode_notice(ask)); });
}

}  // namespace samtal::consent
