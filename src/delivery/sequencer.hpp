#pragma once

#include "packet.hpp"
#include "samtal/core/time.hpp"
#include "samtal/gateway/event_log.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace samtal::delivery {

/// Puts the events of each conversation in order, whoever committed them and whichever way they came: pushes the
/// next one, keeps what came too early, drops what came before, and asks for what is missing. Messages and changes
/// are a line each. Any thread; the order of a line's pushes is that of its numbers, and a change comes after the
/// messages that were there when it was made: nobody hears of an edit before the message.
class Sequencer {
public:
    using Steady = std::chrono::steady_clock::time_point;
    struct Tools {
        std::function<void(Event const&)> push;                // to the sockets here
        std::function<bool(std::vector<UserId> const&)> here;  // whether any of them has one
        std::function<bool()> may_push;                        // no: it waits, and is read back later
        std::function<void()> wake;                            // there may be a gap to fill
        Clock clock = system_now;
        bool messages = true;  // no: they do not pass here, and are told before their changes by themselves
    };

    explicit Sequencer(Tools tools);

    void offer(Event);
    /// The database says that the conversation is as far as that. What nobody told here since `since` is missing.
    void reach(gateway::Head const&, Timestamp since);
    /// The same, of what was committed a moment ago.
    void reach(gateway::Head const&);

    /// Until then nothing was missed; never said: until now. Any thread.
    void good_until(Timestamp when) noexcept { good_until_ = when; }

    /// The next gap to be filled, with no other event of its conversation under way; when there is none, `due`
    /// says when to ask again.
    std::optional<gateway::EventLog::Gap> next_gap(Steady now, Steady& due);
    void filled(gateway::EventLog::Gap const&, gateway::EventLog::Missed const&);
    /// It could not be read now.
    void failed(gateway::EventLog::Gap const&, Steady now);

private:
    struct Trouble {
        std::map<std::int64_t, Event> early;
        std::int64_t known = 0;  // the line is at least this far
        Timestamp since{};       // where nothing is known, what was sent before this is not missing
        OrganisationId organisation = OrganisationId::nil();
        // Of changes: they go on when messages are told up to there, with what was read back already.
        std::optional<std::int64_t> waits_for;
        std::optional<gateway::EventLog::Missed> read_back;
    };
    struct State {
        std::optional<std::int64_t> told;  // up to here everything was pushed
        std::unique_ptr<Trouble> trouble;
    };
    struct Line {
        ConversationId conversation;
        Kind kind;
        friend bool operator==(Line const&, Line const&) = default;
    };
    struct LineHash {
        std::size_t operator()(Line const& line) const noexcept {
            return std::hash<ConversationId>{}(line.conversation) + static_cast<std::size_t>(line.kind);
        }
    };
    using States = std::unordered_map<Line, State, LineHash>;
    struct Shard {
        std::mutex mutex;
        States young, old;
    };
    struct Queued {
        Line line;
        Steady not_before;
    };

    Shard& shard_of(ConversationId const& id) { return shards_[id.value().data[15] % shards_.size()]; }
    static State& state_of(Shard&, Line const&);
    static Trouble& trouble_of(State&, OrganisationId);
    void enter(State&, Event);
    void park(State&, Event);
    bool expect(State&, OrganisationId, std::int64_t number);
    void push(State&, Event const&);
    void push_early(Line const&, State&);
    void push_early_to(State&, std::int64_t number);
    void fill(Line const&, State&, OrganisationId, gateway::EventLog::Missed const&);
    static std::int64_t first_of(State const&, std::int64_t number);
    void reach(OrganisationId, Line const&, std::int64_t number, Timestamp since);
    [[nodiscard]] Timestamp lately() const;
    void queue(Line const&, Steady not_before);
    void go_on(Line const&, State&, Steady not_before);
    static Steady soon(State const&);

    bool messages_are_at(ConversationId, std::int64_t seq);
    bool ready(Event const&);
    void wait_for_messages(ConversationId, Trouble& of_changes, std::int64_t seq);
    void messages_went_on(ConversationId);

    Tools tools_;
    std::atomic<Timestamp> good_until_ = Timestamp::max();
    Timestamp const began_;  // what was committed before is for the clients' sync
    std::array<Shard, 16> shards_;
    std::mutex queue_mutex_;
    std::deque<Queued> urgent_, patient_;
};

}  // namespace samtal::delivery
