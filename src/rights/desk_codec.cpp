#include "desk_codec.hpp"

#include "rights_codec.hpp"

#include <nlohmann/json.hpp>

namespace samtal::rights {

using nlohmann::json;

namespace {

constexpr std::size_t most_reason_bytes = 2000;
constexpr std::size_t most_reference_bytes = 100;

Result<Decision> decode_decision(gateway::Ask const& ask, bool refuse) {
    auto const id = ask.id<RequestId>(0);
    if (!id) return id.error();
    auto in = ask.body();
    std::string reason = in.text("reason");
    if (reason.empty() || reason.size() > most_reason_bytes) in.refuse("must be 1 to 2000 bytes", "reason");
    if (auto const problem = in.finish()) return *problem;
    return Decision{*id, refuse, Reason{std::move(reason)}};
}

std::string_view explanation(std::string_view answer) {
    if (answer == "has_account") return "The number belongs to an account: the person asks through it, signed in.";
    if (answer == "had_account")
        return "The number belonged to an account. What is kept of it is that account's, and its person asks "
               "through it.";
    return "No account has or had the number. Numbers in other people's call histories are encrypted and hashed "
           "under "
           "each owner's own key: they cannot be searched for, so the person cannot be identified there (GDPR "
           "Art. 11).";
}

}  // namespace

Result<ListOpen> decode_list_open(gateway::Ask const& ask) {
    auto in = ask.body();
    ListOpen list{std::nullopt, 100};
    if (auto const cursor = in.optional_text("cursor")) {
        list.before = RequestId::parse(*cursor);
        if (!list.before) in.refuse("is not a cursor", "cursor");
    }
    if (auto const problem = in.finish()) return *problem;
    return list;
}

Result<ShowRequest> decode_show(gateway::Ask const& ask) {
    auto const id = ask.id<RequestId>(0);
    if (!id) return id.error();
    return ShowRequest{*id};
}

Result<Decision> decode_extension(gateway::Ask const& ask) {
    return decode_decision(ask, false);
}

Result<Decision> decode_refusal(gateway::Ask const& ask) {
    return decode_decision(ask, true);
}

Result<Intake> decode_intake(gateway::Ask const& ask) {
    auto in = ask.body();
    Intake intake{in.text("kind"), Personal<std::string, field::PrivacyIntakesNumberHash>{in.text("number")},
                  in.text("reference")};
    if (intake.kind != "access" && intake.kind != "erasure") in.refuse("must be access or erasure", "kind");
    if (intake.reference.empty() || intake.reference.size() > most_reference_bytes)
        in.refuse("must be 1 to 100 bytes", "reference");
    if (in.optional_boolean("identity_checked") != true)
        in.refuse("must be true: first check who is asking (GDPR Art. 12(6))", "identity_checked");
    if (auto const problem = in.finish()) return *problem;
    return intake;
}

Result<ListNotices> decode_list_notices(gateway::Ask const& ask) {
    auto in = ask.body();
    if (auto const problem = in.finish()) return *problem;
    return ListNotices{};
}

Result<ShowNotice> decode_show_notice(gateway::Ask const& ask) {
    auto const id = ask.id<NoticeId>(0);
    if (!id) return id.error();
    return ShowNotice{*id};
}

std::string encode_letter(NoticeId id, std::string const& letter) {
    return json{{"notice_id", id.text()}, {"letter", letter}}.dump();
}

std::string encode_for_operator(RightsPermit const& permit, Request const& request) {
    json out = json::parse(encode(permit, request));
    out["organisation_id"] = request.organisation.text();
    out["user_id"] = request.user ? json(request.user->text()) : json(nullptr);
    return out.dump();
}

std::string encode_for_operator(RightsPermit const& permit, RequestPage const& page) {
    return encode(permit, page);
}

std::string encode_intake(TakenIn const& taken) {
    return json{{"intake_id", uuid_text(taken.id)},
                {"received_at", rfc3339(taken.received_at)},
                {"due_at", rfc3339(taken.due_at)},
                {"answer", taken.answer},
                {"explanation", explanation(taken.answer)}}
        .dump();
}

}  // namespace samtal::rights
