#include "sequencer.hpp"

#include <algorithm>
#include <utility>

namespace samtal::delivery {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_states = 8'192;  // of a shard's half
constexpr std::size_t most_early = 1'000;   // of a conversation; what is beyond is read back
constexpr auto patience = 50ms;             // for an event that another one overtook on its way
constexpr auto retry_after = 500ms;
constexpr auto in_flight = 10s;  // between a message's time and its frame, at most

std::int64_t first_number(Kind kind) {
    return kind == Kind::messages ? 1 : 0;
}

gateway::Place place_of(Kind kind, std::int64_t number, std::int64_t seq) {
    if (kind == Kind::messages) return {.seq = number};
    if (number == 0) return {};
    return {.seq = seq, .change = number};
}

}  // namespace

Sequencer::Sequencer(Tools tools) : tools_{std::move(tools)}, began_{tools_.clock()} {}

/// A map that forgets conversations that were quiet while many others spoke; never one that is in trouble.
Sequencer::State& Sequencer::state_of(Shard& shard, Line const& line) {
    if (auto const found = shard.young.find(line); found != shard.young.end()) return found->second;
    if (shard.young.size() >= most_states) {
        std::swap(shard.young, shard.old);
        std::erase_if(shard.young, [](auto const& entry) { return !entry.second.trouble; });
    }
    auto known = shard.old.extract(line);
    if (known.empty()) return shard.young[line];
    return shard.young.insert(std::move(known)).position->second;
}

Sequencer::Trouble& Sequencer::trouble_of(State& state, OrganisationId organisation) {
    if (!state.trouble) state.trouble = std::make_unique<Trouble>();
    state.trouble->organisation = organisation;
    return *state.trouble;
}

void Sequencer::offer(Event event) {
    Shard& shard = shard_of(event.conversation);
    std::scoped_lock const lock{shard.mutex};
    enter(state_of(shard, {event.conversation, event.kind()}), std::move(event));
}

void Sequencer::enter(State& state, Event event) {
    std::int64_t const number = event.number();
    Line const line{event.conversation, event.kind()};
    if (!state.told && number == first_number(line.kind)) state.told = number - 1;
    if (state.told && number <= *state.told) return;  // read back already
    bool const next = state.told && number == *state.told + 1;
    if (next && ready(event)) {
        push(state, event);
        return push_early(line, state);
    }
    // Whoever connects later catches up by `sync`. A change may be for a few of the members only, and says nothing
    // of whether the others missed one before.
    if ((line.kind == Kind::messages || !state.told) && !tools_.here(*event.users)) {
        if (line.kind == Kind::changes) return;
        state.told = number;
        return push_early(line, state);
    }
    park(state, std::move(event));
}

void Sequencer::push(State& state, Event const& event) {
    tools_.push(event);
    state.told = event.number();
}

void Sequencer::park(State& state, Event event) {
    Line const line{event.conversation, event.kind()};
    bool const fresh = expect(state, event.organisation, event.number());
    auto& early = state.trouble->early;
    if (early.size() < most_early) early.emplace(event.number(), std::move(event));
    if (fresh) go_on(line, state, soon(state));
}

/// The line is at least that far. Whether this is news: then somebody has to go on with it.
bool Sequencer::expect(State& state, OrganisationId organisation, std::int64_t number) {
    bool const fresh = state.trouble == nullptr;
    Trouble& trouble = trouble_of(state, organisation);
    if (fresh) trouble.since = std::max(began_, lately());
    trouble.known = std::max(trouble.known, number);
    return fresh;
}

/// What is missing may be on its way, unless nothing is known of the line.
Sequencer::Steady Sequencer::soon(State const& state) {
    return state.told ? std::chrono::steady_clock::now() + patience : Steady{};
}

/// What came too early and is next now. Trouble ends where nothing is missing.
void Sequencer::push_early(Line const& line, State& state) {
    if (!state.trouble) return;
    auto& early = state.trouble->early;
    while (!early.empty() && early.begin()->first <= *state.told + 1) {
        Event const& event = early.begin()->second;
        if (!ready(event)) break;
        if (event.number() == *state.told + 1) push(state, event);
        early.erase(early.begin());
    }
    if (*state.told >= state.trouble->known) state.trouble.reset();
    if (line.kind == Kind::messages) messages_went_on(line.conversation);
}

void Sequencer::reach(gateway::Head const& head, Timestamp since) {
    if (head.place.seq > 0) reach(head.organisation, {head.conversation, Kind::messages}, head.place.seq, since);
    if (!head.place.of_message())
        reach(head.organisation, {head.conversation, Kind::changes}, head.place.change, since);
}

void Sequencer::reach(gateway::Head const& head) {
    reach(head, lately());
}

/// What was committed before has been heard of.
Timestamp Sequencer::lately() const {
    return std::min(tools_.clock(), good_until_.load()) - in_flight;
}

void Sequencer::reach(OrganisationId organisation, Line const& line, std::int64_t number, Timestamp since) {
    Shard& shard = shard_of(line.conversation);
    std::scoped_lock const lock{shard.mutex};
    State& state = state_of(shard, line);
    if (state.told && *state.told >= number) return;
    bool const asked = state.trouble != nullptr;
    Trouble& trouble = trouble_of(state, organisation);
    trouble.since = asked ? std::min(trouble.since, std::max(began_, since)) : std::max(began_, since);
    trouble.known = std::max(trouble.known, number);
    if (!asked) queue(line, Steady{});
}

void Sequencer::queue(Line const& line, Steady not_before) {
    {
        std::scoped_lock const lock{queue_mutex_};
        (not_before == Steady{} ? urgent_ : patient_).push_back({line, not_before});
    }
    tools_.wake();
}

std::optional<gateway::EventLog::Gap> Sequencer::next_gap(Steady now, Steady& due) {
    for (;;) {
        std::optional<Queued> next;
        {
            std::scoped_lock const lock{queue_mutex_};
            auto& from = urgent_.empty() ? patient_ : urgent_;
            due = now + patience;
            if (from.empty()) {
                due = Steady::max();
                return std::nullopt;
            }
            if (!tools_.may_push()) return std::nullopt;
            if (from.front().not_before > now) {
                due = from.front().not_before;
                return std::nullopt;
            }
            next = from.front();
            from.pop_front();
        }
        Shard& shard = shard_of(next->line.conversation);
        std::scoped_lock const lock{shard.mutex};
        State const& state = state_of(shard, next->line);
        if (!state.trouble || state.trouble->waits_for) continue;  // what was missing came
        return gateway::EventLog::Gap{
            state.trouble->organisation, next->line.conversation, next->line.kind, state.told,
            state.trouble->known,        state.trouble->since};
    }
}

void Sequencer::filled(gateway::EventLog::Gap const& gap, gateway::EventLog::Missed const& missed) {
    Line const line{gap.conversation, gap.kind};
    Shard& shard = shard_of(gap.conversation);
    std::scoped_lock const lock{shard.mutex};
    State& state = state_of(shard, line);
    if (gap.kind == Kind::changes && state.trouble && !messages_are_at(gap.conversation, missed.seq)) {
        state.trouble->read_back = missed;
        return wait_for_messages(gap.conversation, *state.trouble, missed.seq);
    }
    fill(line, state, gap.organisation, missed);
}

void Sequencer::fill(Line const& line, State& state, OrganisationId organisation,
                     gateway::EventLog::Missed const& missed) {
    if (state.trouble) state.trouble->waits_for.reset();
    std::int64_t last = -1;  // several may have one number, for different people
    for (auto const& [number, users, frame, parting] : missed.events) {
        if (!tools_.may_push()) break;
        if (!state.told) state.told = first_of(state, number) - 1;
        push_early_to(state, number);  // they know which socket is not to get them
        if (number <= *state.told && number != last) continue;
        last = number;
        push(state, {organisation, line.conversation, place_of(line.kind, number, missed.seq), users, frame,
                     nullptr, parting});
    }
    if (tools_.may_push()) {
        if (!state.told) state.told = first_of(state, missed.until + 1) - 1;
        push_early_to(state, missed.until);
        state.told = std::max(*state.told, missed.until);  // the rest of it is gone
    }
    if (!state.told) return queue(line, std::chrono::steady_clock::now() + retry_after);
    push_early(line, state);
    if (state.trouble) go_on(line, state, Steady{});
}

/// Where a line begins of which nothing is known: with what was read back, or what came early and is not in it.
std::int64_t Sequencer::first_of(State const& state, std::int64_t number) {
    if (!state.trouble || state.trouble->early.empty()) return number;
    return std::min(number, state.trouble->early.begin()->first);
}

/// What came early and lies up to there. What is missing between is gone: it was asked for.
void Sequencer::push_early_to(State& state, std::int64_t number) {
    if (!state.trouble) return;
    auto& early = state.trouble->early;
    while (!early.empty() && early.begin()->first <= number && tools_.may_push()) {
        if (early.begin()->first > *state.told) push(state, early.begin()->second);
        early.erase(early.begin());
    }
}

bool Sequencer::messages_are_at(ConversationId conversation, std::int64_t seq) {
    if (seq == 0 || !tools_.messages) return true;
    auto const& told = state_of(shard_of(conversation), {conversation, Kind::messages}).told;
    return told && *told >= seq;
}

bool Sequencer::ready(Event const& event) {
    if (!tools_.may_push()) return false;
    return event.kind() == Kind::messages || messages_are_at(event.conversation, event.place.seq) ||
           !tools_.here(*event.users);
}

/// A line in trouble is gone on with by who fills its gap; or, where the next change waits for nothing but
/// messages, by who tells those.
void Sequencer::go_on(Line const& line, State& state, Steady not_before) {
    auto& trouble = *state.trouble;
    trouble.waits_for.reset();
    bool const next = state.told && !trouble.early.empty() && trouble.early.begin()->first == *state.told + 1;
    if (next && tools_.may_push() && !ready(trouble.early.begin()->second))
        return wait_for_messages(line.conversation, trouble, trouble.early.begin()->second.place.seq);
    queue(line, not_before);
}

void Sequencer::wait_for_messages(ConversationId conversation, Trouble& of_changes, std::int64_t seq) {
    of_changes.waits_for = seq;
    Line const line{conversation, Kind::messages};
    State& messages = state_of(shard_of(conversation), line);
    if (expect(messages, of_changes.organisation, seq)) queue(line, soon(messages));
}

void Sequencer::messages_went_on(ConversationId conversation) {
    Line const line{conversation, Kind::changes};
    State& state = state_of(shard_of(conversation), line);
    if (!state.trouble || !state.trouble->waits_for) return;
    if (!messages_are_at(conversation, *state.trouble->waits_for)) return;
    state.trouble->waits_for.reset();
    auto const read_back = std::exchange(state.trouble->read_back, std::nullopt);
    if (read_back) return fill(line, state, state.trouble->organisation, *read_back);
    push_early(line, state);
    if (state.trouble) go_on(line, state, Steady{});
}

void Sequencer::failed(gateway::EventLog::Gap const& gap, Steady now) {
    queue({gap.conversation, gap.kind}, now + retry_after);
}

}  // namespace samtal::delivery
