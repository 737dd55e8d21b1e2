#include "pg_greetings_repository.hpp"

#include "greetings_statements.hpp"
#include "samtal/storage/values.hpp"
#include "schedule_codec.hpp"

namespace samtal::greetings {

namespace {

constexpr Error absent{Errc::not_found, "no such thing"};
constexpr Error consent_required{Errc::denied, "this needs a consent that is not given", "", "consent-required",
                                 purpose::Greetings::name};

std::optional<Error> begin_change(storage::Tx& tx, GreetingsPermit const& permit) {
    std::string const organisation = permit.organisation().text();
    std::string const person = permit.actor().text();
    tx.exec(lock_greetings, organisation, person);
    if (tx.exec(hold_consent, organisation, person).empty()) return consent_required;
    tx.exec(delete_earlier, organisation, person);
    return std::nullopt;
}

constexpr char const* nothing = nullptr;

char const* nullable(std::optional<std::string> const& text) {
    return text ? text->c_str() : nullptr;
}

}  // namespace

Result<When> PgGreetingsRepository::open_schedule(UserId user, GreetingId id, pqxx::field const& sealed) {
    if (sealed.is_null()) return When{std::nullopt};
    auto const text =
        cipher_.open(user, {field::GreetingsSchedule::column, id.value()}, storage::bytes_of(sealed));
    if (!text) return text.error();
    return When{decode_sealed_schedule(*text)};
}

Result<std::string> PgGreetingsRepository::seal_schedule(UserId user, GreetingId id, Schedule const& schedule) {
    return cipher_.seal(user, {field::GreetingsSchedule::column, id.value()}, encode_schedule(schedule));
}

Task<Result<std::vector<Greeting>>> PgGreetingsRepository::list(GreetingsPermit const& permit) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<Greeting>> {
        std::vector<Greeting> greetings;
        for (auto const& row : tx.exec(list_greetings, permit.organisation().text(), permit.actor().text())) {
            auto const id = storage::id_of<GreetingId>(row[0]);
            auto schedule = open_schedule(permit.actor(), id, row[3]);
            if (!schedule) return schedule.error();
            greetings.push_back({id, kind_named(storage::text_of(row[1])).value(),
                                 std::chrono::milliseconds{row[2].as<std::int64_t>()}, *std::move(schedule),
                                 storage::time_of(row[4])});
        }
        return greetings;
    });
}

Task<Result<Recording>> PgGreetingsRepository::recording(GreetingsPermit const& permit, Kind kind) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<Recording> {
        auto const found = tx.exec(read_recording, permit.organisation().text(), permit.actor().text(),
                                   std::string{name_of(kind)});
        if (found.empty()) return absent;
        auto const id = storage::id_of<GreetingId>(found[0][0]);
        auto audio = cipher_.open(permit.actor(), {field::GreetingsAudio::column, id.value()},
                                  storage::bytes_of(found[0][1]));
        if (!audio) return audio.error();
        return Recording{id, Audio{*std::move(audio)}};
    });
}

Task<Result<bool>> PgGreetingsRepository::put(GreetingsPermit const& permit, NewGreeting const& wanted) {
    std::optional<bool> existed;  // an earlier run's answer, whose commit was in doubt
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<bool> {
        if (auto const problem = begin_change(tx, permit)) return *problem;
        UserId const user = permit.actor();
        std::string const kind{name_of(wanted.kind)};
        auto const before = tx.exec(find_greeting, permit.organisation().text(), user.text(), kind);
        if (!existed) existed = !before.empty();
        std::optional<std::string> schedule;
        if (!before.empty()) {
            auto const when = open_schedule(user, storage::id_of<GreetingId>(before[0][0]), before[0][1]);
            if (!when) return absent;  // erased a moment ago
            if (auto const& known = when->open(permit)) {
                auto const sealed = seal_schedule(user, wanted.id, *known);
                if (!sealed) return absent;
                schedule = storage::bytea(*sealed);
            }
        }
        auto const audio =
            cipher_.seal(user, {field::GreetingsAudio::column, wanted.id.value()}, wanted.audio.open(permit));
        if (!audio) return absent;
        tx.exec(delete_greeting, permit.organisation().text(), user.text(), kind);
        tx.exec(insert_greeting, permit.organisation().text(), user.text(), kind, wanted.id.text(),
                storage::bytea(*audio), wanted.duration.count(), nullable(schedule),
                storage::ms(wanted.recorded_at), permit.decision().text());
        return *existed;
    });
}

Task<Result<void>> PgGreetingsRepository::set_schedule(GreetingsPermit const& permit, Kind kind,
                                                       When const& when) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        if (auto const problem = begin_change(tx, permit)) return *problem;
        UserId const user = permit.actor();
        std::string const name{name_of(kind)};
        auto const found = tx.exec(find_greeting, permit.organisation().text(), user.text(), name);
        if (found.empty()) return absent;
        std::optional<std::string> schedule;
        if (auto const& wanted = when.open(permit)) {
            auto const sealed = seal_schedule(user, storage::id_of<GreetingId>(found[0][0]), *wanted);
            if (!sealed) return absent;
            schedule = storage::bytea(*sealed);
        }
        tx.exec(set_greeting_schedule, permit.organisation().text(), user.text(), name, nullable(schedule));
        return {};
    });
}

Task<Result<void>> PgGreetingsRepository::remove(GreetingsPermit const& permit, Kind kind) {
    bool gone = false;  // by an earlier run, whose commit was in doubt
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        if (auto const problem = begin_change(tx, permit)) return *problem;
        auto const done = tx.exec(delete_greeting, permit.organisation().text(), permit.actor().text(),
                                  std::string{name_of(kind)});
        if (done.empty() && !gone) return absent;
        gone = true;
        return {};
    });
}

Task<Result<std::vector<Offered>>> PgGreetingsRepository::offered(SwitchPermit const& permit,
                                                                  Called const& called) {
    std::optional<std::string> user;
    std::optional<std::string> hash;
    if (called.user) user = called.user->text();
    if (!called.number_hash.empty()) hash = storage::bytea(called.number_hash);
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<Offered>> {
        std::vector<Offered> all;
        for (auto const& row : tx.exec(greetings_for_switch, permit.organisation().text(), nullable(user),
                                       nullable(hash), nothing)) {
            auto const owner = storage::id_of<UserId>(row[0]);
            auto const id = storage::id_of<GreetingId>(row[1]);
            auto schedule = open_schedule(owner, id, row[3]);
            if (!schedule) return absent;  // erased a moment ago
            all.push_back({owner, id, kind_named(storage::text_of(row[2])).value(), *std::move(schedule)});
        }
        return all;
    });
}

Task<Result<Audio>> PgGreetingsRepository::sound(SwitchPermit const& permit, UserId owner, GreetingId id) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<Audio> {
        for (auto const& row :
             tx.exec(greetings_for_switch, permit.organisation().text(), owner.text(), nothing, id.text())) {
            if (row[4].is_null()) continue;
            auto audio =
                cipher_.open(owner, {field::GreetingsAudio::column, id.value()}, storage::bytes_of(row[4]));
            if (!audio) return absent;
            return Audio{*std::move(audio)};
        }
        return absent;
    });
}

}  // namespace samtal::greetings
