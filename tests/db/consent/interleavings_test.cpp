#include "interleavings.hpp"

namespace samtal::consent {
namespace {

using calls::HistoryPermit;
using testing::run;

enum class Reader : unsigned char { asks_each_time, remembers_the_decision };
enum class Writer : unsigned char { holds_the_consent, asks_before_it_writes };

/// People whose consent to a call history is given and withdrawn at random while their calls are read and written,
/// by several threads on the connections of several servers.
class InterleavingsTest : public calls::CallsDatabaseTest {
protected:
    struct Person {
        Principal who;
        std::string number;
        Happenings happened;
        std::mutex choosing;  // one choice at a time, so that there is a last one
        bool given = false;
        std::vector<HistoryPermit> held;  // one a node: a permit from when the consent stood
        std::atomic<int> trusted{0};      // reads left for which a faulty reader believes its earlier decision
    };

    static constexpr int nodes_count = 3;
    static constexpr int threads_count = 6;
    static constexpr int people_count = 8;

    Faults trial(int steps, Reader reader = Reader::asks_each_time, Writer writer = Writer::holds_the_consent) {
        make_people();
        std::atomic<int> left{steps};
        std::vector<std::thread> threads;
        for (unsigned thread = 0; thread < threads_count; ++thread)
            threads.emplace_back([&, thread] {
                std::mt19937 random{seed + thread};
                Node& node = *nodes[thread % nodes_count];
                while (left.fetch_sub(1) > 0) step(node, thread % nodes_count, random, reader, writer);
            });
        for (auto& thread : threads) thread.join();
        Faults sum;
        for (auto& person : people) {
            auto const one = faults_of(person->happened);
            sum.uses_after_withdrawal += one.uses_after_withdrawal;
            sum.rows_after_withdrawal += one.rows_after_withdrawal;
            sum.touched += one.touched;
            sum.refused += one.refused;
            sum.choices += one.choices;
        }
        return sum;
    }

private:
    void make_people() {
        for (int n = 0; n < nodes_count; ++n) nodes.push_back(std::make_unique<Node>(test, notices, numbers));
        for (int n = 0; n < people_count; ++n) {
            std::string const number = fmt::format("+4670174{:04}", n);
            auto person = std::make_unique<Person>(owner(number, false), number);
            choose(*nodes.front(), *person, true);
            for (auto& node : nodes)
                person->held.push_back(
                    *run(node->gate.permit<purpose::CallHistory>(person->who, person->who.user)));
            write(*nodes.front(), *person, Writer::holds_the_consent);
            people.push_back(std::move(person));
        }
    }

    void step(Node& node, std::size_t place, std::mt19937& random, Reader reader, Writer writer) {
        Person& person = *people[random() % people.size()];
        auto const dice = random() % 40;
        if (dice < 2) {
            if (std::unique_lock const lock{person.choosing, std::try_to_lock})
                choose(node, person, !person.given);
        } else if (dice < 6) {
            write(node, person, writer);
        } else if (dice < 23) {
            read_under(node, person, person.held[place]);
        } else if (reader == Reader::asks_each_time) {
            read(node, person);
        } else {
            read_trustingly(node, person);
        }
    }

    void choose(Node& node, Person& person, bool give) {
        std::int64_t const rows_before = give ? rows_of(node, person) : 0;
        std::int64_t const begin = ticks.next();
        auto const entry = run(
            node.consents->choose(*run(node.gate.permit<purpose::RightsAndEvidence>(person.who, person.who.user)),
                                  {"call_history", give ? "given" : "withdrawn", notices.current_version()}));
        std::int64_t const end = ticks.next();
        EXPECT_TRUE(entry);
        person.given = give;
        person.happened.choices.push_back({begin, end, give, give ? rows_before : rows_of(node, person)});
    }

    /// The whole way of a request.
    void read(Node& node, Person& person) {
        std::int64_t const begin = ticks.next();
        auto const permit = run(node.gate.permit<purpose::CallHistory>(person.who, person.who.user));
        bool const saw = permit && !run(node.history.page(*permit, {{}, {}, {}, 1})).value().items.empty();
        person.happened.add({begin, ticks.next(), saw});
    }

    /// With a permit that somebody kept although they must not: the row policies alone have to refuse.
    void read_under(Node& node, Person& person, HistoryPermit const& kept) {
        std::int64_t const begin = ticks.next();
        bool const saw = !run(node.history.page(kept, {{}, {}, {}, 1})).value().items.empty();
        person.happened.add({begin, ticks.next(), saw});
    }

    void write(Node& node, Person& person, Writer writer) {
        std::int64_t const begin = ticks.next();
        bool const kept =
            writer == Writer::holds_the_consent ? write_held(node, person) : write_asked(node, person);
        person.happened.add({begin, ticks.next(), kept});
    }

    bool write_held(Node& node, Person& person) {
        auto const permit = node.gate.permit_machine<purpose::CallSetup>(organisation);
        std::vector const report{pending(fmt::format("{}", ticks.next()), call(person.number, {}))};
        auto const stored = run(node.intake.store(permit, switch_id, report));
        return stored[0] && !stored[0]->owners.empty();
    }

    /// A planted fault: asks, and then writes without holding what it was told.
    bool write_asked(Node& node, Person& person) {
        if (!run(node.gate.permit<purpose::CallHistory>(person.who, person.who.user))) return false;
        auto const id = testing::fresh_id<CallId>();
        auto const own =
            cipher.seal(person.who.user, {field::CallsOwnNumber::column, id.value()}, person.number).value();
        node.admin(fmt::format(
            "INSERT INTO calls (organisation_id, owner_id, call_id, source_hash, direction, own_number, "
            "started_at, "
            "ended_at, outcome, decision_id) VALUES ('{}', '{}', '{}', sha256('{}'), 'incoming', '{}', now(), "
            "now(), "
            "'busy', gen_random_uuid())",
            organisation.text(), person.who.user.text(), id.text(), ticks.next(), storage::bytea(own)));
        return true;
    }

    /// A planted fault: a decision that is believed for some reads more, by somebody whom no row policy stops.
    void read_trustingly(Node& node, Person& person) {
        std::int64_t const begin = ticks.next();
        constexpr int believed = 10;
        if (person.trusted.fetch_sub(1) <= 0) {
            bool const may = run(node.gate.permit<purpose::CallHistory>(person.who, person.who.user)).has_value();
            person.trusted = may ? believed : 0;
        }
        bool const saw = person.trusted.load() > 0 && rows_of(node, person) > 0;
        person.happened.add({begin, ticks.next(), saw});
    }

    std::int64_t rows_of(Node& node, Person const& person) {
        return node
            .admin(fmt::format("SELECT count(*) FROM calls WHERE organisation_id = '{}' AND owner_id = '{}'",
                               organisation.text(), person.who.user.text()))[0][0]
            .as<std::int64_t>();
    }

    static constexpr unsigned seed = 20261123;
    Notices const notices{{{"advoco", "Advoco", "sv"}}};
    Ticks ticks;
    std::vector<std::unique_ptr<Node>> nodes;
    std::vector<std::unique_ptr<Person>> people;
};

TEST_F(InterleavingsTest, J2_NothingIsSeenOrWrittenOnceAWithdrawalIsAnswered) {
    auto const faults = trial(108'000);
    RecordProperty("touched", std::to_string(faults.touched));
    RecordProperty("refused", std::to_string(faults.refused));
    EXPECT_EQ(faults.uses_after_withdrawal, 0U);
    EXPECT_EQ(faults.rows_after_withdrawal, 0U);
    // Enough on both sides, or the trial shows nothing.
    EXPECT_GE(faults.touched + faults.refused, 100'000U);
    EXPECT_GE(std::min(faults.touched, faults.refused), 20'000U);
    EXPECT_GE(faults.choices, 4'000U);
}

TEST_F(InterleavingsTest, CatchAReaderThatRemembersTheDecision) {
    EXPECT_GT(trial(3'000, Reader::remembers_the_decision).uses_after_withdrawal, 0U);
}

TEST_F(InterleavingsTest, CatchAWriterThatDoesNotHoldTheConsent) {
    auto const faults = trial(10'000, Reader::asks_each_time, Writer::asks_before_it_writes);
    EXPECT_GT(faults.rows_after_withdrawal, 0U);
}

}  // namespace
}  // namespace samtal::consent
