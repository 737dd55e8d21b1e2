#pragma once

#include "planted_person.hpp"
#include "rights/archive.hpp"
#include "rights/pg_archive_repository.hpp"
#include "support/unzip.hpp"

#include <nlohmann/json.hpp>

#include <sstream>

namespace samtal::rights {

/// By name.
using Files = std::map<std::string, std::string>;

inline std::vector<nlohmann::json> lines_of(Files const& files, std::string const& path) {
    std::vector<nlohmann::json> lines;
    std::istringstream text{files.at(path)};
    for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
}

/// Archives of people, unpacked.
class ArchiveTest : public testing::DatabaseTest {
protected:
    using P = purpose::RightsAndEvidence;

    Files build(Principal const& who, View view = View::access, std::string language = "en") {
        auto const permit = gate.permit_machine<P>(who.organisation);
        std::string zip;
        EXPECT_TRUE(make(permit, who, view, std::move(language), zip));
        return testing::unzip(zip);
    }
    Result<void> make(RightsPermit const& permit, Principal const& who, View view, std::string language,
                      std::string& zip) {
        return testing::run(archive->build(permit, who, view, std::move(language),
                                           [&zip](std::string piece) { return append(zip, std::move(piece)); }));
    }
    static Task<Result<void>> append(std::string& zip, std::string piece) {
        EXPECT_FALSE(piece.empty());
        EXPECT_EQ(zip.size() % Archive::piece_bytes, 0U) << "only the last piece is smaller";
        EXPECT_LE(piece.size(), Archive::piece_bytes);
        zip += piece;
        co_return Result<void>{};
    }
    /// A conversation that somebody made, with its members.
    std::string conversation(Principal const& by, std::string const& title,
                             std::vector<Principal> const& members) {
        std::string const id = testing::fresh_id<ConversationId>().text();
        PlantedRow row{"conversations", cipher, by};
        row.plain("conversation_id", id)
            .plain("creator_id", by.user.text())
            .sealed("title", title, id)
            .insert(test);
        for (Principal const& member : members)
            PlantedRow{"members", cipher, member}
                .plain("conversation_id", id)
                .plain("user_id", member.user.text())
                .plain("role", "member")
                .insert(test);
        return id;
    }
    void message(Principal const& by, std::string const& where, int seq, std::string const& text) {
        std::string const id = testing::fresh_id<MessageId>().text();
        PlantedRow{"messages", cipher, by}
            .plain("conversation_id", where)
            .plain("seq", std::to_string(seq))
            .plain("message_id", id)
            .plain("sender_id", by.user.text())
            .sealed("text", text, id)
            .raw("client_message_id", "gen_random_uuid()")
            .raw("sent_at", "now()")
            .raw("decision_id", "gen_random_uuid()")
            .insert(test);
    }
    Principal named(std::string const& given, std::string const& family, std::string const& hidden = "{}") {
        Principal const who = person();
        std::string const id = who.user.text();
        PlantedRow{"profiles", cipher, who}
            .plain("user_id", id)
            .sealed("given_name", given, id)
            .sealed("family_name", family, id)
            .sealed("email", "x@example.org", id)
            .plain("private_fields", hidden)
            .insert(test);
        return who;
    }

    /// As an erasure leaves somebody for a moment: rows, and no key.
    Principal without_key() {
        Principal const who{organisation, testing::fresh_id<UserId>(), testing::fresh_id<SessionId>()};
        test.admin(fmt::format("INSERT INTO users (organisation_id, user_id, role) VALUES ('{}', '{}', 'member')",
                               who.organisation.text(), who.user.text()));
        return who;
    }
    /// Messages 1 to n of one conversation, and calls, in a few statements.
    void fill(Principal const& who, std::string const& where, int messages, int calls) {
        auto const sealed = [&](std::string const& column, boost::uuids::uuid id, std::string const& text) {
            return storage::bytea(cipher.seal(who.user, {column, id}, text).value());
        };
        std::string values;
        for (int n = 1; n <= messages; ++n) {
            auto const id = testing::fresh_id<MessageId>();
            values += fmt::format("{}('{}','{}',{},'{}','{}',gen_random_uuid(),'{}',now(),gen_random_uuid())",
                                  n == 1 ? "" : ",", who.organisation.text(), where, n, id.text(), who.user.text(),
                                  sealed("messages.text", id.value(), fmt::format("message {}", n)));
        }
        test.admin(
            "INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, "
            "client_message_id, text, sent_at, decision_id) VALUES " +
            values);
        values.clear();
        for (int n = 1; n <= calls; ++n) {
            auto const id = testing::fresh_id<CallId>();
            values += fmt::format(
                "{}('{}','{}','{}',sha256('{}'),'incoming','{}','{}',now(),now(),'no_answer',"
                "gen_random_uuid())",
                n == 1 ? "" : ",", who.organisation.text(), who.user.text(), id.text(), n,
                sealed("calls.own_number", id.value(), "+46701740605"),
                sealed("calls.counterpart", id.value(), "+46701740606"));
        }
        test.admin(
            "INSERT INTO calls (organisation_id, owner_id, call_id, source_hash, direction, own_number, "
            "counterpart, started_at, ended_at, outcome, decision_id) VALUES " +
            values);
    }

    std::unique_ptr<Archive> archive = make_archive({db, cipher});
};

}  // namespace samtal::rights
