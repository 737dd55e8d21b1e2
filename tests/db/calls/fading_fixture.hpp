#pragma once

#include "calls/report_range.hpp"
#include "calls_test_base.hpp"
#include "retention/fading_steps.hpp"
#include "retention/pg_fading_repository.hpp"
#include "retention/pg_retention_repository.hpp"
#include "retention/retention_codec.hpp"
#include "retention/retention_service.hpp"
#include "samtal/core/register_texts.hpp"

#include <chrono>

namespace samtal::calls {

/// Calls that grow old: small batches, so that a handful takes several.
class CallFadingTest : public CallsDatabaseTest {
protected:
    static constexpr unsigned batch_rows = 3;
    Timestamp const ended = at("2026-03-04T12:01:10Z");  // of a call that began when call() says

    retention::RetentionPermit job() { return gate.permit_machine<purpose::Retention>(OrganisationId::nil()); }
    retention::Counts run(Timestamp moment) {
        auto const permit = job();
        return testing::run(service.run(permit, retention::RunKind::manual, moment)).value().value();
    }
    retention::Counts due(Timestamp moment) {
        auto const permit = job();
        return testing::run(service.due(permit, moment)).value();
    }

    static std::string line(Figures const& f) {
        return fmt::format("{} {} {} {} {} {}\n", f.incoming, f.outgoing, f.answered, f.missed, f.talk_s,
                           f.longest_s);
    }
    /// Every figure of the year, and of each of its days, and by counterpart in all.
    std::string figures_of(Principal const& who) {
        auto const permit = this->permit<purpose::CallHistory>(who);
        std::string text;
        for (Bucket const bucket : {Bucket::day, Bucket::month}) {
            AskFigures const year{RangeEnd{at("2026-01-01T00:00:00Z"), true},
                                  RangeEnd{at("2027-01-01T00:00:00Z"), true}, bucket};
            auto const range = report_range(year, "Europe/Stockholm", ended).value();
            auto const found = testing::run(history.figures(permit, range)).value();
            for (auto const& [start, f] : found.buckets)
                if (f.incoming + f.outgoing > 0) text += fmt::format("{}: {}", rfc3339(start), line(f));
            text += line(found.totals);
        }
        AskFigures const year{RangeEnd{at("2026-01-01T00:00:00Z"), true},
                              RangeEnd{at("2027-01-01T00:00:00Z"), true}};
        auto const range = whole_range(year, "Europe/Stockholm", ended).value();
        text += line(testing::run(history.counterparts(permit, range, 50)).value().totals);
        return text;
    }
    std::int64_t number(std::string const& sql) { return test.admin(sql)[0][0].as<std::int64_t>(); }
    std::int64_t rows(Principal const& who, std::string const& where = "true") {
        return number(
            fmt::format("SELECT count(*) FROM calls WHERE owner_id = '{}' AND {}", who.user.text(), where));
    }
    std::int64_t counted(Principal const& who) {
        return number(fmt::format("SELECT coalesce(sum(calls), 0) FROM call_counters WHERE owner_id = '{}'",
                                  who.user.text()));
    }
    void choose(std::string const& what) {
        test.admin(
            fmt::format("UPDATE organisations SET {} WHERE organisation_id = '{}'", what, organisation.text()));
    }
    void hold(Principal const& who) {
        test.admin(
            fmt::format("INSERT INTO legal_holds (organisation_id, hold_id, user_id, case_reference, placed_at) "
                        "VALUES ('{}', gen_random_uuid(), '{}', 'T 1', now())",
                        who.organisation.text(), who.user.text()));
    }
    /// A week of calls, of all kinds.
    void busy_week(std::string const& caller, std::string const& callee) {
        using namespace std::chrono_literals;
        for (int n = 0; n < 28; ++n) {
            auto const began = rfc3339(at("2026-03-02T21:10:00Z") + n * 6h);
            auto const outcome = n % 3 == 0 ? Outcome::busy : n % 5 == 0 ? Outcome::no_answer : Outcome::answered;
            auto reported =
                n % 2 == 0 ? call(caller, callee, began, outcome) : call(callee, caller, began, outcome);
            store(pending(fmt::format("week {}", n), reported), pending(fmt::format("again {}", n), reported));
        }
    }

    retention::PgRetentionRepository repository{db};
    retention::PgFadingRepository fading{db, cipher, "Europe/Stockholm"};
    retention::RetentionService service{repository,
                                        [] { return retention::decode_rules(register_expiry); },
                                        {std::chrono::minutes{60}, batch_rows, 1},
                                        system_now,
                                        {&fading, [] { return retention::fading_steps(processing::built_in()); }}};
};

}  // namespace samtal::calls
