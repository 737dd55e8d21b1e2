#include "rights_service.hpp"

#include "deadline.hpp"
#include "encoding.hpp"
#include "rights_codec.hpp"
#include "samtal/core/uuid_v7.hpp"

#include <algorithm>

namespace samtal::rights {

namespace {

constexpr std::size_t receipt_bytes = 32;

constexpr Error no_such_purpose{Errc::not_found, "no such thing"};
constexpr Error not_objectable{Errc::conflict, "this purpose does not rest on a legitimate interest", "purpose",
                               "not-objectable"};
constexpr Error not_ready{Errc::conflict, "the archive is not ready yet", "", "in-progress"};
constexpr Error no_archive{Errc::not_found, "no such thing"};

bool takes_effect_at_once(std::string_view kind) {
    return kind == "restriction" || kind == "objection" || kind == "rectification";
}

Secret new_receipt() {
    std::string bytes(receipt_bytes, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return Secret{std::string{gateway::receipt_prefix} + base64url(bytes)};
}

bool is_over(std::string_view state) {
    return state == "done" || state == "refused";
}

Accepted accepted(RequestRow const& row, std::string state) {
    return {Request{.id = row.id,
                    .organisation = row.who.organisation,
                    .user = row.who.user,
                    .kind = row.kind,
                    .state = std::move(state),
                    .language = row.language,
                    .received_at = row.received_at,
                    .due_at = row.due_at,
                    .extended_at = std::nullopt,
                    .done_at = is_over(row.state) ? std::optional{row.received_at} : std::nullopt,
                    .waits_for = {},
                    .reason = std::nullopt,
                    .certificate = {}},
            std::nullopt};
}

}  // namespace

RequestRow RightsService::row_of(NewRequest const& wanted) const {
    Timestamp const now = parts_.clock();
    return {.id = RequestId{uuid_v7(now)},
            .who = wanted.who,
            .kind = wanted.kind,
            .state = takes_effect_at_once(wanted.kind) ? "done" : "received",
            .detail = encode_detail(wanted),
            .language = wanted.language,
            .received_at = now,
            .due_at = months_later(now, answer_within),
            .receipt_hash = {},
            .receipt_expires_at = std::nullopt};
}

Task<Result<Accepted>> RightsService::ask(RightsPermit const& permit, NewRequest const& wanted) {
    if (!takes_effect_at_once(wanted.kind))
        if (auto const stepped_up = co_await parts_.identity.require_step_up(wanted.who); !stepped_up)
            co_return stepped_up.error();
    RequestRow row = row_of(wanted);
    if (wanted.kind == "erasure") co_return co_await erase(permit, std::move(row));
    if (wanted.kind == "restriction") co_return co_await restrict(permit, std::move(row), wanted.active);
    if (wanted.kind == "objection") co_return co_await object(permit, std::move(row), wanted);
    if (wanted.kind == "rectification") co_return co_await rectify(permit, std::move(row), wanted);
    co_return co_await open(permit, std::move(row));
}

Task<Result<Accepted>> RightsService::open(RightsPermit const& permit, RequestRow row) {
    auto const stored = co_await requests_.open(permit, row);
    if (!stored) co_return stored.error();
    wake_();
    co_return accepted(row, row.state);
}

/// The person is locked out when the answer is given: nothing is delivered to them any more.
Task<Result<Accepted>> RightsService::erase(RightsPermit const& permit, RequestRow row) {
    Secret receipt = new_receipt();
    row.receipt_hash = storage::sha256(receipt.reveal());
    row.receipt_expires_at = row.received_at + receipt_life;
    auto const shut = co_await requests_.open_erasure(permit, row);
    if (!shut) co_return shut.error();
    if (*shut) co_await parts_.end_access(row.who.user);
    wake_();
    Accepted answer = accepted(row, row.state);
    answer.receipt_token.emplace(std::move(receipt));
    co_return answer;
}

Task<Result<Accepted>> RightsService::restrict(RightsPermit const& permit, RequestRow row, bool active) {
    auto const stored = co_await requests_.restrict(permit, row, active, parts_.in_force());
    if (!stored) co_return stored.error();
    co_await parts_.end_access(row.who.user);
    if (active) co_await parts_.uncount(row.who.user);
    co_return accepted(row, row.state);
}

Task<Result<Accepted>> RightsService::object(RightsPermit const& permit, RequestRow row,
                                             NewRequest const& wanted) {
    auto const purpose = std::ranges::find(purpose_names, wanted.purpose);
    if (purpose == purpose_names.end()) co_return no_such_purpose;
    auto const place = static_cast<std::size_t>(purpose - purpose_names.begin());
    if (purpose_choices[place] != Choice::object) co_return not_objectable;
    auto const stored = co_await requests_.object(permit, row, wanted.purpose, wanted.active);
    if (!stored) co_return stored.error();
    if (wanted.active && wanted.purpose == purpose::AnonymousStatistics::name)
        co_await parts_.uncount(row.who.user);
    co_return accepted(row, row.state);
}

Task<Result<Accepted>> RightsService::rectify(RightsPermit const& permit, RequestRow row,
                                              NewRequest const& wanted) {
    auto refused = co_await rectification_.rectify(permit, row, wanted);
    if (!refused) co_return refused.error();
    wake_();  // archives that held the old value, letters to those who got it
    Accepted answer = accepted(row, row.state);
    if (row.state == "running") answer.request.waits_for = "confirmation";
    answer.request.reason = *std::move(refused);
    co_return answer;
}

Task<Result<RequestPage>> RightsService::list(RightsPermit const& permit, std::optional<RequestId> before,
                                              std::size_t limit) {
    co_return co_await requests_.list(permit, before, limit);
}

Task<Result<Request>> RightsService::find(RightsPermit const& permit, RequestId id, std::string const& receipt) {
    if (receipt.empty()) co_return co_await requests_.find(permit, id);
    auto found = co_await requests_.find_by_receipt(permit, storage::sha256(receipt), parts_.clock());
    if (found && found->id != id) co_return Error{Errc::not_found, "no such thing"};
    co_return found;
}

Task<Result<std::shared_ptr<ArchiveSource>>> RightsService::archive(RightsPermit permit, Principal who,
                                                                    RequestId id) {
    if (auto const stepped_up = co_await parts_.identity.require_step_up(who); !stepped_up)
        co_return stepped_up.error();
    auto const request = co_await requests_.find(permit, id);
    if (!request) co_return request.error();
    if (request->kind != "access" && request->kind != "portability") co_return no_archive;
    if (request->state == "received" || request->state == "running") co_return not_ready;
    auto const stored = co_await pieces_.fetch(permit, id, parts_.clock());
    if (!stored) co_return stored.error();
    co_return std::make_shared<ArchiveSource>(pieces_, std::move(permit), id, *stored);
}

}  // namespace samtal::rights
