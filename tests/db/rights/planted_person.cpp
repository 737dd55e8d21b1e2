#include "planted_person.hpp"

namespace samtal::rights {

namespace {

constexpr auto random_hash = "sha256(gen_random_uuid()::text::bytea)";

}  // namespace

PlantedPerson::PlantedPerson(testing::TestDatabase& test, Principal const& person)
    : who{person}, test_{test}, user_{person.user.text()} {
    plant_account();
    plant_account_links();
    plant_choices();
    plant_profile();
    plant_chat();
    plant_calls();
    plant_rooms_of_calls();
    plant_audit();
    plant_holds();
    plant_rights();
    for (PlantedRow const& planted : rows)
        if (planted.table != "users") planted.insert(test);
}

PlantedRow& PlantedPerson::row(std::string table) {
    return rows.emplace_back(std::move(table), test_.cipher, who);
}

void PlantedPerson::plant_account() {
    auto& users = row("users");
    users.plain("user_id", user_).plain("role", "admin").plain("state", "suspended");
    users.plain("restricted_at", mark_.time()).plain("created_at", mark_.time());
    users.shown["organisation_id"] = who.organisation.text();
    test_.admin(fmt::format(
        "UPDATE users SET role = 'admin', state = 'suspended', restricted_at = '{}', created_at = '{}' "
        "WHERE user_id = '{}'",
        users.shown["restricted_at"], users.shown["created_at"], user_));
    auto& credentials =
        row("credentials").plain("user_id", user_).sealed("username", mark_.text("anna.ek"), user_);
    credentials.raw("username_hash", random_hash).hidden("password_hash", mark_.text("$argon2id$"), user_);
    auto const session = mark_.id();
    auto const device = mark_.text("Annas telefon");
    row("sessions")
        .plain("session_id", session)
        .plain("user_id", user_)
        .raw("token_salt", "decode(repeat('ab', 16), 'hex')")
        .raw("access_expires_at", "now()")
        .plain("remembered", "true")
        .plain("idle_expires_at", mark_.time())
        .plain("absolute_expires_at", mark_.time())
        .sealed("device", fmt::format(R"({{"name":"{}","app_version":"1.2"}})", device), session,
                "name: " + device + ", app_version: 1.2")
        .plain("platform", "linux")
        .plain("created_at", mark_.time());
}

void PlantedPerson::plant_account_links() {
    auto& invitation = row("invitations").plain("user_id", user_).raw("code_hash", random_hash);
    invitation.plain("expires_at", mark_.time()).plain("used_at", mark_.time());
    auto const link = mark_.id();
    row("mail_links")
        .plain("link_id", link)
        .plain("user_id", user_)
        .plain("kind", "email_change")
        .raw("code_hash", random_hash)
        .sealed("new_email", mark_.text("ny@example.org"), link)
        .plain("expires_at", mark_.time())
        .plain("used_at", mark_.time());
    row("idempotent_requests")
        .plain("user_id", user_)
        .plain("route", mark_.text("/v1/x"))
        .raw("key_hash", random_hash)
        .raw("body_hash", random_hash)
        .plain("status", "201")
        .plain("created_at", mark_.time());
}

void PlantedPerson::plant_choices() {
    auto& notice = row("acknowledgements").plain("user_id", user_);
    notice.plain("notice_version", mark_.text("notice")).plain("acknowledged_at", mark_.time());
    auto const event = mark_.id();
    auto const version = mark_.text("notice");
    auto& act = row("consent_events").plain("user_id", user_).plain("event_id", event);
    act.plain("purpose", "marketing").plain("state", "given").plain("notice_version", version);
    act.plain("acted_at", mark_.time()).raw("terms_hash", "decode(repeat('0c', 32), 'hex')");
    std::string terms;
    for (int i = 0; i < 32; ++i) terms += "0c";
    act.shown["terms_hash"] = terms;
    // Of the right sizes, and nobody else's; what the signature says is of no importance here.
    std::string const document = fmt::format("a receipt\n{{\"record_id\":\"{}\"}}", event);
    std::string const subject = storage::bytea(storage::sha256(user_));
    std::string const signature = subject + storage::bytea(storage::sha256(event)).substr(2);
    act.plain("sequence", "1").raw("previous_hash", "''").raw("subject", fmt::format("'{}'", subject));
    act.raw("document", fmt::format("'{}'", storage::bytea(document)));
    act.raw("signature", fmt::format("'{}'", signature));
    act.shown["subject"] = subject.substr(2);
    act.shown["document"] = "record_id: " + event;
    act.shown["signature"] = signature.substr(2);
    auto& state = row("consent_state").plain("user_id", user_).plain("event_id", event);
    state.raw("terms_hash", "decode('" + terms + "', 'hex')");
    state.plain("purpose", "marketing").plain("state", "given").plain("since", mark_.time());
    state.plain("notice_version", version);
}

void PlantedPerson::plant_profile() {
    auto const contact = mark_.text("031-13 37");
    auto& profile = row("profiles").plain("user_id", user_);
    profile.sealed("given_name", mark_.text("Anna"), user_).sealed("family_name", mark_.text("Ek"), user_);
    profile.sealed("email", mark_.text("anna@example.org"), user_);
    profile.sealed("contact_numbers", fmt::format(R"(["{}","112"])", contact), user_, contact + ", 112");
    profile.raw("private_fields", "'{email}'").shown["private_fields"] = "email";
    profile.plain("shows_calls", "true");
    auto const assignment = mark_.id();
    row("phone_assignments")
        .plain("assignment_id", assignment)
        .plain("user_id", user_)
        .raw("number_hash", random_hash)
        .sealed("number", mark_.text("+4670174"), assignment)
        .plain("valid_from", mark_.time())
        .plain("valid_to", mark_.time());
}

void PlantedPerson::plant_chat() {
    auto const conversation = mark_.id();
    auto const low = "00" + mark_.id().substr(2);
    auto const high = "ff" + mark_.id().substr(2);
    row("conversations")
        .plain("conversation_id", conversation)
        .plain("creator_id", user_)
        .sealed("title", mark_.text("Fika"), conversation)
        .plain("direct_low", low)
        .plain("direct_high", high)
        .plain("created_at", mark_.time());
    auto& member = row("members").plain("conversation_id", conversation).plain("user_id", user_);
    member.plain("role", "owner").plain("joined_at", mark_.time());
    member.plain("visible_from", "3").plain("read_seq", "7");
    auto const message = mark_.id();
    auto& first =
        row("messages").plain("conversation_id", conversation).plain("seq", "1").plain("message_id", message);
    first.plain("sender_id", user_).plain("client_message_id", mark_.id()).plain("sent_at", mark_.time());
    first.plain("edited_at", mark_.time()).raw("change", "1");
    first.sealed("text", mark_.text("Hej, \"du\"\n<b>&"), message).raw("decision_id", "gen_random_uuid()");
    auto& gone =
        row("messages").plain("conversation_id", conversation).plain("seq", "2").plain("message_id", mark_.id());
    gone.plain("sender_id", user_).plain("client_message_id", mark_.id()).plain("sent_at", mark_.time());
    gone.plain("removed", "deleted").raw("decision_id", "gen_random_uuid()");
}

void PlantedPerson::plant_calls() {
    auto const call = mark_.id();
    row("calls")
        .plain("owner_id", user_)
        .plain("call_id", call)
        .raw("source_hash", random_hash)
        .plain("direction", "outgoing")
        .sealed("own_number", mark_.text("+4670"), call)
        .sealed("counterpart", mark_.text("+4671"), call)
        .plain("started_at", mark_.time())
        .plain("answered_at", mark_.time())
        .plain("ended_at", mark_.time())
        .plain("outcome", "answered")
        .raw("part_hash", random_hash)
        .plain("part_rank", "7")
        .plain("clock_off", "true")
        .plain("stage", "full")
        .raw("counterpart_hash", random_hash)
        .sealed("note", mark_.text("ring igen"), call)
        .raw("decision_id", "gen_random_uuid()");
    row("call_counters")
        .plain("owner_id", user_)
        .plain("hour", mark_.time())
        .plain("direction", "incoming")
        .plain("outcome", "no_answer")
        .plain("calls", "3")
        .plain("talk_s", "71")
        .plain("longest_s", "70")
        .raw("batch_id", "gen_random_uuid()");
}

void PlantedPerson::plant_rooms_of_calls() {
    auto const contact = mark_.id();
    auto const name = mark_.text("Kalle");
    row("contacts")
        .plain("owner_id", user_)
        .plain("contact_id", contact)
        .raw("source_hash", random_hash)
        .sealed("card", fmt::format(R"({{"name":"{}","phone_numbers":["112"]}})", name), contact,
                "name: " + name + ", phone_numbers: 112")
        .raw("decision_id", "gen_random_uuid()");
    auto const greeting = mark_.id();
    auto const zone = mark_.text("zone");
    row("greetings")
        .plain("user_id", user_)
        .plain("kind", "busy")
        .plain("greeting_id", greeting)
        .sealed("audio", mark_.text("RIFF"), greeting, "greetings/" + greeting + ".wav")
        .plain("duration_ms", "1500")
        .sealed("schedule", fmt::format(R"({{"time_zone":"{}"}})", zone), greeting, "time_zone: " + zone)
        .plain("recorded_at", mark_.time())
        .raw("decision_id", "gen_random_uuid()");
    auto const at = mark_.id();
    test_.admin(
        fmt::format("INSERT INTO switches (organisation_id, switch_id, name, token_hash) "
                    "VALUES ('{}', '{}', 'Test', sha256('{}'))",
                    who.organisation.text(), at, at));
    auto const request = mark_.id();
    row("call_requests")
        .plain("owner_id", user_)
        .plain("request_id", request)
        .raw("switch_id", fmt::format("'{}'", at))
        .sealed("from_number", mark_.text("+4670"), request)
        .sealed("to_number", mark_.text("+4671"), request)
        .plain("state", "failed")
        .plain("reason", "busy")
        .raw("source_hash", random_hash)
        .raw("follow_hash", random_hash)
        .plain("requested_at", mark_.time())
        .plain("ends_at", mark_.time());
}

void PlantedPerson::plant_audit() {
    auto const pseudonym = storage::bytea(test_.cipher.owner_hash(who.user, "audit", user_).value());
    row("audit_leaves")
        .plain("leaf_id", mark_.id())
        .plain("act", "staff.read")
        .plain("actor_kind", "operator")
        .raw("actor", "'\\xabcd'")
        .raw("subject", fmt::format("'{}'", pseudonym))
        .plain("purpose", mark_.text("support"))
        .plain("reference", mark_.text("case"))
        .plain("code", mark_.text("code"))
        .plain("acted_at", mark_.time());
    auto const disclosure = mark_.id();
    auto& given = row("disclosures").plain("user_id", user_).plain("disclosure_id", disclosure);
    given.plain("recipient", mark_.text("authority"))
        .plain("purpose", mark_.text("purpose"))
        .plain("country", "SE");
    given.sealed("reason", mark_.text("reason"), disclosure).plain("disclosed_at", mark_.time());
    given.raw("categories", "'{traffic}'").shown["categories"] = "traffic";
}

void PlantedPerson::plant_holds() {
    auto const hold = mark_.id();
    row("legal_holds")
        .plain("user_id", user_)
        .plain("hold_id", hold)
        .sealed("case_reference", mark_.text("T 1-31"), hold)
        .plain("placed_at", mark_.time())
        .plain("released_at", mark_.time());
}

void PlantedPerson::plant_rights() {
    row("objections")
        .plain("user_id", user_)
        .plain("purpose", mark_.text("statistics"))
        .plain("since", mark_.time());
    auto const request = mark_.id();
    auto const pseudonym = storage::bytea(test_.cipher.owner_hash(who.user, "audit", user_).value());
    row("privacy_requests")
        .plain("user_id", user_)
        .plain("request_id", request)
        .raw("subject", fmt::format("'{}'", pseudonym))
        .plain("kind", "access")
        .plain("state", "ready")
        .sealed("detail", mark_.text("which part"), request)
        .sealed("reason", mark_.text("many logs"), request)
        .plain("language", "sv")
        .plain("received_at", mark_.time())
        .plain("due_at", mark_.time())
        .plain("extended_at", mark_.time())
        .plain("done_at", mark_.time())
        .plain("waits_for", "legal_hold");
    row("privacy_archives")
        .plain("user_id", user_)
        .plain("request_id", request)
        .hidden("archive", mark_.text("seal"), request)
        .raw("build_id", "gen_random_uuid()")
        .raw("alive_at", "now()")
        .plain("expires_at", mark_.time());
    std::string const piece = mark_.id();
    row("privacy_archive_pieces")
        .raw("user_id", fmt::format("'{}'", user_))
        .raw("request_id", fmt::format("'{}'", request))
        .raw("number", "1")
        .raw("piece_id", fmt::format("'{}'", piece))
        .hidden("piece", mark_.text("PK"), piece);
}

}  // namespace samtal::rights
