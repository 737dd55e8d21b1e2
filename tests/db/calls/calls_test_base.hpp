#pragma once

#include "calls/pg_call_history_repository.hpp"
#include "calls/pg_call_intake_repository.hpp"
#include "samtal/storage/values.hpp"
#include "support/database.hpp"

#include <fmt/format.h>

namespace samtal::calls {

/// A switch, and people with numbers of their own.
class CallsDatabaseTest : public testing::DatabaseTest {
protected:
    CallsDatabaseTest() : switch_id{new_switch(organisation)} {}

    SwitchId new_switch(OrganisationId where) {
        auto const id = testing::fresh_id<SwitchId>();
        test.admin(
            fmt::format("INSERT INTO switches (organisation_id, switch_id, name, token_hash) "
                        "VALUES ('{}', '{}', 'Test', sha256('{}'))",
                        where.text(), id.text(), token_of(id)));
        return id;
    }
    static std::string token_of(SwitchId id) { return "sw_" + id.text(); }

    /// Somebody with this number, who wants a history unless said otherwise.
    Principal owner(std::string const& number, bool consents = true, std::string const& since = "2020-01-01") {
        auto const who = person();
        give(who, number, since);
        if (consents) consent(who, "call_history");
        return who;
    }
    void give(Principal const& who, std::string const& number, std::string const& since) {
        test.admin(fmt::format(
            "INSERT INTO phone_assignments (organisation_id, assignment_id, user_id, number_hash, number, "
            "valid_from) VALUES ('{}', gen_random_uuid(), '{}', '{}', '\\x00', '{}')",
            who.organisation.text(), who.user.text(), storage::bytea(numbers.hash(who.organisation, number)),
            since));
    }

    static Timestamp at(std::string_view text) { return parse_rfc3339(text).value(); }

    /// Answered after ten seconds, ended after seventy.
    static Call call(std::optional<std::string> caller, std::optional<std::string> callee,
                     std::string_view started = "2026-03-04T12:00:00Z", Outcome outcome = Outcome::answered) {
        using namespace std::chrono_literals;
        auto const begin = at(started);
        std::optional<Timestamp> answered;
        if (outcome == Outcome::answered) answered = begin + 10s;
        return {party(std::move(caller)), party(std::move(callee)), SomeTimes{{begin, answered, begin + 70s}},
                outcome};
    }
    static PendingCall pending(std::string source, Call const& reported) {
        return {std::move(source), {}, reported};
    }

    std::vector<Result<StoredCall>> store_by(OrganisationId where, SwitchId by,
                                             std::vector<PendingCall> const& calls) {
        auto const permit = gate.permit_machine<purpose::CallSetup>(where);
        return testing::run(intake.store(permit, by, calls));
    }
    template <class... Calls>
    std::vector<Result<StoredCall>> store(Calls... calls) {
        return store_by(organisation, switch_id, {calls...});
    }

    /// "incoming +4670… from +4670…" of each call, newest first.
    std::vector<std::string> history_of(Principal const& who) {
        auto const permit = this->permit<purpose::CallHistory>(who);
        auto const page = testing::run(history.page(permit, {{}, {}, {}, 200})).value();
        std::vector<std::string> lines;
        for (auto const& item : page.items)
            lines.push_back(fmt::format("{} {} {}", name_of(item.direction), item.own_number.open(permit),
                                        item.counterpart ? item.counterpart->open(permit) : "withheld"));
        return lines;
    }

    using Lines = std::vector<std::string>;
    std::string const anna_number = "+46701740605";
    std::string const bo_number = "+46701740606";
    PhoneNumbers numbers{test.ring};
    PgCallIntake intake{db, *test.keys, test.ring, numbers};
    PgCallHistory history{db, cipher, numbers};
    SwitchId switch_id;

private:
    static std::optional<Party> party(std::optional<std::string> number) {
        if (!number) return std::nullopt;
        return Party{normalise(NumberingPlan{}, *number).value()};
    }
};

}  // namespace samtal::calls
