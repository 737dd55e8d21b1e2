#include "sequencer.hpp"

#include <algorithm>

namespace samtal::delivery {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_states = 8'192;  // of a shard's half
constexpr std::size_t most_early = 1'000;   // of a conversation; what is beyond is read back
constexpr auto patience = 50ms;             // for an event that another one overtook on its way
constexpr auto retry_after = 500ms;
constexpr auto in_flight = 10s;  // between a message's time and its frame, at most

}  // namespace

Sequencer::Sequencer(Tools tools) : tools_{std::move(tools)}, began_{tools_.clock()} {}

/// A map that forgets conversations that were quiet while many others spoke; never one that is in trouble.
Sequencer::State& Sequencer::state_of(Shard& shard, ConversationId const& id) {
    if (auto const found = shard.young.find(id); found != shard.young.end()) return found->second;
    if (shard.young.size() >= most_states) {
        std::swap(shard.young, shard.old);
        std::erase_if(shard.young, [](auto const& entry) { return !entry.second.trouble; });
    }
    auto known = shard.old.extract(id);
    if (known.empty()) return shard.young[id];
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
    enter(state_of(shard, event.conversation), std::move(event));
}

void Sequencer::enter(State& state, Event event) {
    if (!state.told && event.seq == 1) state.told = 0;
    if (state.told && event.seq <= *state.told) return;  // read back already
    bool const next = state.told && event.seq == *state.told + 1;
    if (next && tools_.may_push()) {
        push(state, event);
        return push_early(state);
    }
    // Whoever connects later catches up by `sync`.
    if (!tools_.here(*event.users)) {
        state.told = event.seq;
        return push_early(state);
    }
    park(state, std::move(event), state.told.has_value());
}

void Sequencer::push(State& state, Event const& event) {
    tools_.push(event);
    state.told = event.seq;
}

void Sequencer::park(State& state, Event event, bool patient) {
    ConversationId const conversation = event.conversation;
    bool const asked = state.trouble != nullptr;
    Trouble& trouble = trouble_of(state, event.organisation);
    if (!asked) trouble.since = std::max<Timestamp>(began_, tools_.clock() - in_flight);
    trouble.known = std::max(trouble.known, event.seq);
    if (trouble.early.size() < most_early) trouble.early.emplace(event.seq, std::move(event));
    if (asked) return;
    auto const now = std::chrono::steady_clock::now();
    queue(conversation, patient ? now + patience : Steady{});
}

/// What came too early and is next now. Trouble ends where nothing is missing.
void Sequencer::push_early(State& state) {
    if (!state.trouble) return;
    auto& early = state.trouble->early;
    while (!early.empty() && early.begin()->first <= *state.told + 1 && tools_.may_push()) {
        if (early.begin()->first == *state.told + 1) push(state, early.begin()->second);
        early.erase(early.begin());
    }
    if (*state.told >= state.trouble->known) state.trouble.reset();
}

void Sequencer::reach(gateway::Head const& head, Timestamp since) {
    Shard& shard = shard_of(head.conversation);
    std::scoped_lock const lock{shard.mutex};
    State& state = state_of(shard, head.conversation);
    if (state.told && *state.told >= head.seq) return;
    bool const asked = state.trouble != nullptr;
    Trouble& trouble = trouble_of(state, head.organisation);
    trouble.since = asked ? std::min(trouble.since, std::max(began_, since)) : std::max(began_, since);
    trouble.known = std::max(trouble.known, head.seq);
    if (!asked) queue(head.conversation, Steady{});
}

void Sequencer::queue(ConversationId conversation, Steady not_before) {
    {
        std::scoped_lock const lock{queue_mutex_};
        (not_before == Steady{} ? urgent_ : patient_).push_back({conversation, not_before});
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
        Shard& shard = shard_of(next->conversation);
        std::scoped_lock const lock{shard.mutex};
        State const& state = state_of(shard, next->conversation);
        if (!state.trouble) continue;  // what was missing came
        return gateway::EventLog::Gap{state.trouble->organisation, next->conversation, state.told,
                                      state.trouble->known, state.trouble->since};
    }
}

void Sequencer::filled(gateway::EventLog::Gap const& gap, gateway::EventLog::Missed const& missed) {
    Shard& shard = shard_of(gap.conversation);
    std::scoped_lock const lock{shard.mutex};
    State& state = state_of(shard, gap.conversation);
    auto const users = std::make_shared<std::vector<UserId> const>(missed.members);
    for (auto const& [seq, frame] : missed.events) {
        if (state.told && seq <= *state.told) continue;
        if (!tools_.may_push()) break;
        if (!state.told) state.told = seq - 1;
        if (state.trouble)
            if (auto const own = state.trouble->early.find(seq); own != state.trouble->early.end()) {
                push(state, own->second);  // it knows which socket is not to get it
                continue;
            }
        push(state, {gap.organisation, gap.conversation, seq, users, frame});
    }
    if (tools_.may_push()) state.told = std::max(state.told.value_or(0), missed.until);  // the rest of it is gone
    if (!state.told) return queue(gap.conversation, std::chrono::steady_clock::now() + retry_after);
    push_early(state);
    if (state.trouble) queue(gap.conversation, Steady{});
}

void Sequencer::failed(gateway::EventLog::Gap const& gap, Steady now) {
    queue(gap.conversation, now + retry_after);
}

}  // namespace samtal::delivery
