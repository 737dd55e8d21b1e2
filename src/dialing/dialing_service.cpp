#include "dialing_service.hpp"

#include "dialing_codec.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/ops/log.hpp"

#include <boost/asio/detached.hpp>

namespace samtal::dialing {

namespace asio = boost::asio;

Task<Result<CallRequestId>> DialingService::request(CallPermit permit, WantedCall wanted) {
    if (under_way_ >= most_under_way) co_return Error{Errc::exhausted, "too many calls are being set up"};
    NewRequest const request{CallRequestId{uuid_v7(std::chrono::system_clock::now())}, std::move(wanted),
                             parts_.clock()};
    auto opened = co_await rows_.open(permit, request);
    if (!opened) co_return opened.error();
    ++under_way_;
    early_.asking();
    asio::co_spawn(parts_.executor, connect(*this, permit.organisation(), *std::move(opened)), asio::detached);
    co_return request.id;
}

/// Goes on after the person has their answer, under a permit of the server's own.
Task<void> DialingService::connect(DialingService& self, OrganisationId organisation, OpenedRequest request) {
    try {
        auto const permit = self.parts_.permits.permit_machine<purpose::CallSetup>(organisation);
        SwitchReport const answer = co_await self.ask(permit, request);
        (void)co_await self.report(permit, request.switch_id, answer);
        co_await self.catch_up(permit, request.switch_id, answer);
    } catch (std::exception const& e) {
        ops::write_log(ops::Level::warning, "call_request.broke", ops::field("what", e.what()));
    }
    self.early_.answered();
    --self.under_way_;
}

/// The call may have begun, or be over, before the switch said which one it is.
Task<void> DialingService::catch_up(CallPermit const& permit, SwitchId from, SwitchReport const& answer) {
    if (answer.source_call_id.empty()) co_return;
    auto const early = early_.of(rows_.follow_hash(permit.organisation(), from, answer.source_call_id));
    if (early) (void)co_await report(permit, from, {answer.request, early->state, early->reason, {}});
}

Task<SwitchReport> DialingService::ask(CallPermit const& permit, OpenedRequest const& request) {
    std::string const body = encode_for_switch(permit, request);
    auto const answer = co_await pool_.run([this, &request, &body]() -> Result<SwitchAnswer> {
        return client_.post(request.url, request.credential, body);
    });
    if (!answer) co_return SwitchReport{request.id, CallState::failed, FailReason::unreachable, {}};
    if (answer->problem) {
        ops::write_log(ops::Level::warning, "switch.did_not_take_a_call",
                       ops::field("reason", name_of(*answer->problem)));
        co_return SwitchReport{request.id, CallState::failed, answer->problem, {}};
    }
    co_return SwitchReport{request.id, CallState::accepted, {}, source_call_id_of(answer->body)};
}

Task<Result<CallRequest>> DialingService::find(CallPermit const& permit, CallRequestId id) {
    co_return co_await rows_.find(permit, id, parts_.clock());
}

Task<Result<void>> DialingService::report(CallPermit const& permit, SwitchId switch_id, SwitchReport report) {
    auto const taken = co_await rows_.take(permit, switch_id, report, parts_.clock());
    if (!taken) co_return taken.error();
    if (taken->leads_on) parts_.tell(taken->owner, std::make_shared<std::string const>(encode_frame(report)));
    co_return Result<void>{};
}

Task<Result<void>> DialingService::follow(CallPermit const& permit, SwitchId from,
                                          std::vector<calls::CallNews> news) {
    std::vector<std::string> hashes;
    for (calls::CallNews const& one : news) {
        hashes.push_back(rows_.follow_hash(permit.organisation(), from, one.source_call_id));
        early_.keep(hashes.back(), development(one));  // first, so that it is there or the request's name is
    }
    auto const requests = co_await rows_.followed(permit, from, hashes);
    if (!requests) co_return requests.error();
    for (std::size_t n = 0; n < news.size(); ++n) {
        auto const request = requests->find(hashes[n]);
        if (request == requests->end()) continue;
        auto const [state, reason] = development(news[n]);
        auto const told = co_await report(permit, from, {request->second, state, reason, {}});
        if (!told && told.error().code != Errc::not_found) co_return told.error();
    }
    co_return Result<void>{};
}

Task<Result<void>> DialingService::set_callback(OperatorPermit const& permit, NewCallback const& wanted) {
    if (!client_.may_call(wanted.url))
        co_return Error{Errc::invalid,
                        "is not allowed: its host must stand in dialing.allowed_hosts, and it is https "
                        "unless private_addresses is set",
                        "url"};
    co_return co_await rows_.set_callback(permit, wanted);
}

Task<Result<void>> DialingService::remove_callback(OperatorPermit const& permit, SwitchId switch_id) {
    co_return co_await rows_.remove_callback(permit, switch_id);
}

void DialingService::close() {
    client_.stop();
    pool_.close();
}

}  // namespace samtal::dialing
