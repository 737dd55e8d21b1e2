#include "pg_dialing_repository.hpp"

#include "call_state.hpp"
#include "dialing_statements.hpp"
#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::dialing {

namespace {

using namespace std::chrono_literals;

constexpr Error absent{Errc::not_found, "no such thing"};
constexpr int most_a_minute = 10;
constexpr auto given_up_after = 24h;   // a switch that never told of the call's end
constexpr auto answered_within = 60s;  // by a switch; the server that asked it died, if it was not

char const* nullable(std::optional<std::string> const& text) {
    return text ? text->c_str() : nullptr;
}

void record(storage::Tx& tx, Literal act, SwitchId switch_id) {
    storage::append_audit_leaf(tx, {act, ActorKind::operator_, "", "", purpose::ResellerService::name,
                                    switch_id.text(), "", system_now()});
}

}  // namespace

/// The number that somebody has now, in E.164.
Result<std::string> PgDialingRepository::number_of(storage::Tx& tx, OrganisationId organisation, UserId user,
                                                   std::optional<std::string> const& e164) {
    std::optional<std::string> hash;
    if (e164) hash = storage::bytea(numbers_.hash(organisation, *e164));
    auto const found = tx.exec(dialing::number_of, organisation.text(), user.text(), nullable(hash));
    if (found.empty()) return absent;
    auto const id = parse_uuid(storage::text_of(found[0][0])).value();
    return cipher_.open(user, {field::PhoneAssignmentsNumber::column, id}, storage::bytes_of(found[0][1]));
}

Result<std::string> PgDialingRepository::target_of(storage::Tx& tx, CallPermit const& permit,
                                                   WantedCall const& wanted) {
    if (!wanted.colleague) return wanted.number->open(permit);
    return number_of(tx, permit.organisation(), *wanted.colleague, {});
}

Task<Result<OpenedRequest>> PgDialingRepository::open(CallPermit const& permit, NewRequest const& request) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<OpenedRequest> {
        std::string const organisation = permit.organisation().text();
        std::string const owner = permit.actor().text();
        bool const again = !tx.exec(find_request_again, organisation, owner, request.id.text()).empty();
        auto const lately =
            tx.exec(count_lately, organisation, owner, most_a_minute, storage::ms(request.at - 1min));
        if (!again && lately[0][0].as<int>() >= most_a_minute)
            return Error{Errc::throttled, "too many calls were asked for in a minute"};
        std::optional<std::string> wanted_from;
        if (request.wanted.from) wanted_from = request.wanted.from->open(permit);
        auto const from = number_of(tx, permit.organisation(), permit.actor(), wanted_from);
        if (!from && wanted_from) return Error{Errc::invalid, "is no number of yours", "from"};
        if (!from) return Error{Errc::conflict, "you have no phone number", "", "no-number"};
        auto const to = target_of(tx, permit, request.wanted);
        if (!to) return absent;
        if (*to == *from) return Error{Errc::invalid, "is your own number", "to"};
        auto const callback = tx.exec(find_callback, organisation);
        if (callback.empty())
            return Error{Errc::conflict, "your organisation's switch takes no calls from here", "",
                         "calling-not-available"};
        auto const switch_id = storage::id_of<SwitchId>(callback[0][0]);
        auto credential = credentials_.open(switch_id, storage::bytes_of(callback[0][2]));
        if (!credential) throw std::runtime_error{"a switch's credential was sealed under another key"};
        auto const sealed_from =
            cipher_.seal(permit.actor(), {field::CallRequestsFromNumber::column, request.id.value()}, *from);
        auto const sealed_to =
            cipher_.seal(permit.actor(), {field::CallRequestsToNumber::column, request.id.value()}, *to);
        if (!sealed_from || !sealed_to) return absent;  // erased a moment ago
        if (!again)
            tx.exec(insert_request, organisation, owner, request.id.text(), switch_id.text(),
                    storage::bytea(*sealed_from), storage::bytea(*sealed_to), storage::ms(request.at),
                    storage::ms(request.at + given_up_after));
        return OpenedRequest{request.id,
                             switch_id,
                             FromNumber{*from},
                             ToNumber{*to},
                             storage::text_of(callback[0][1]),
                             *std::move(credential)};
    });
}

Task<Result<TakenReport>> PgDialingRepository::take(CallPermit const& permit, SwitchId switch_id,
                                                    SwitchReport const& report, Timestamp now) {
    std::optional<bool> first;  // an earlier run's answer, whose commit was in doubt
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<TakenReport> {
        std::string const organisation = permit.organisation().text();
        auto const found = tx.exec(lock_request, organisation, report.request.text(), switch_id.text());
        if (found.empty()) return absent;
        auto const owner = storage::id_of<UserId>(found[0][0]);
        bool const forward = leads_on(call_state_named(storage::text_of(found[0][1])).value(), report.state);
        std::optional<std::string> state, reason, source, follow;
        if (forward) state = name_of(report.state);
        if (forward && report.reason) reason = name_of(*report.reason);
        if (!report.source_call_id.empty()) {
            // As in the history, so that its record is found; and keyed by the owner, as there.
            auto const hash = cipher_.owner_hash(owner, "call", switch_id.text() + ":" + report.source_call_id);
            if (!hash) return absent;
            source = storage::bytea(*hash);
            follow = storage::bytea(follow_hash(permit.organisation(), switch_id, report.source_call_id));
        }
        std::optional<std::string> end;
        if (forward && is_last(report.state)) end = std::to_string(storage::ms(now));
        tx.exec(update_request, organisation, owner.text(), report.request.text(), nullable(state),
                nullable(reason), nullable(source), nullable(end), nullable(follow));
        if (!first) first = forward;
        return TakenReport{owner, *first};
    });
}

std::string PgDialingRepository::follow_hash(OrganisationId organisation, SwitchId switch_id,
                                             std::string_view source_call_id) const {
    return keys_.keyed_hash("call-request:" + organisation.text(),
                            switch_id.text() + ":" + std::string{source_call_id});
}

Task<Result<std::map<std::string, CallRequestId>>> PgDialingRepository::followed(
    CallPermit const& permit, SwitchId switch_id, std::vector<std::string> const& hashes) {
    using Found = std::map<std::string, CallRequestId>;
    storage::ArrayLiteral wanted;
    for (std::string const& hash : hashes) wanted.add(storage::bytea(hash));
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<Found> {
        Found found;
        for (auto const& row :
             tx.exec(find_followed, permit.organisation().text(), wanted.text(), switch_id.text()))
            found.emplace(storage::bytes_of(row[1]), storage::id_of<CallRequestId>(row[0]));
        return found;
    });
}

Task<Result<CallRequest>> PgDialingRepository::find(CallPermit const& permit, CallRequestId id, Timestamp now) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<CallRequest> {
        auto const found = tx.exec(read_request, permit.organisation().text(), permit.actor().text(), id.text());
        if (found.empty()) return absent;
        CallRequest request{
            id, call_state_named(storage::text_of(found[0][0])).value(), {}, storage::time_of(found[0][2])};
        if (!found[0][1].is_null()) request.reason = fail_reason_named(storage::text_of(found[0][1]));
        bool const forgotten =
            request.state == CallState::requested && request.requested_at + answered_within < now;
        if (forgotten || (!is_last(request.state) && storage::time_of(found[0][4]) < now)) {
            request.state = CallState::failed;
            request.reason = FailReason::timeout;
        }
        if (!found[0][3].is_null()) {
            auto const call = tx.exec(find_call, permit.organisation().text(), permit.actor().text(),
                                      storage::bytea(storage::bytes_of(found[0][3])));
            if (!call.empty()) request.call = storage::id_of<CallId>(call[0][0]);
        }
        return request;
    });
}

Task<Result<void>> PgDialingRepository::set_callback(OperatorPermit const& permit, NewCallback const& wanted) {
    std::string const sealed = credentials_.seal(wanted.switch_id, wanted.credential);
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        auto const known = tx.exec(find_switch, wanted.switch_id.text());
        if (known.empty()) return absent;
        auto const write = [&](storage::Statement const& statement) {
            return tx.exec(statement, storage::text_of(known[0][0]), wanted.switch_id.text(), wanted.url,
                           storage::bytea(sealed));
        };
        if (write(change_callback).empty()) write(insert_callback);
        record(tx, "switch.callback_set", wanted.switch_id);
        return {};
    });
}

Task<Result<void>> PgDialingRepository::remove_callback(OperatorPermit const& permit, SwitchId switch_id) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        auto const known = tx.exec(find_switch, switch_id.text());
        if (known.empty()) return absent;
        tx.exec(delete_callback, storage::text_of(known[0][0]), switch_id.text());
        record(tx, "switch.callback_removed", switch_id);
        return {};
    });
}

}  // namespace samtal::dialing
