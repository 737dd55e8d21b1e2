#include "events.hpp"
#include "pg_conversation_repository.hpp"
#include "pg_told_repository.hpp"
#include "samtal/chat/room.hpp"

#include <algorithm>
#include <limits>

namespace samtal::chat {

namespace {

constexpr std::size_t most_events = 200;  // of one page
using Told = PgToldRepository::Told;

class ChatEventLog final : public gateway::EventLog {
public:
    ChatEventLog(storage::Database& db, storage::ColumnCipher& cipher, gateway::Sockets const& sockets,
                 PermitIssuer& permits)
        : told_{db, cipher}, conversations_{db, cipher}, sockets_{sockets}, permits_{permits} {}

    Task<Result<std::vector<gateway::Head>>> between(Timestamp from, Timestamp to) override {
        auto const permit = permits_.permit_machine<purpose::ChatMessaging>(OrganisationId::nil());
        co_return co_await told_.between(permit, from, to);
    }

    Task<Result<Missed>> missed(Gap const& gap) override {
        auto const permit = permits_.permit_machine<purpose::ChatMessaging>(gap.organisation);
        if (gap.kind == Kind::messages) co_return co_await messages(permit, gap);
        co_return co_await changes(permit, gap);
    }

private:
    /// Who may see a message; one list for all events as long as nobody came in between.
    class Audience {
    public:
        explicit Audience(Told const& told) : told_{told} {}
        People of(std::int64_t seq) {
            if (everybody_ && everybody_from_ <= seq) return everybody_;
            std::vector<UserId> users;
            everybody_from_ = 0;
            for (auto const& reader : told_.readers) {
                everybody_from_ = std::max(everybody_from_, reader.visible_from);
                if (reader.visible_from <= seq) users.push_back(reader.user);
            }
            bool const all = users.size() == told_.readers.size();
            auto people = std::make_shared<std::vector<UserId> const>(std::move(users));
            if (all) everybody_ = people;
            return people;
        }

    private:
        Told const& told_;
        People everybody_;
        std::int64_t everybody_from_ = 0;
    };

    static net::SharedText shared(std::string frame) {
        return std::make_shared<std::string const>(std::move(frame));
    }

    Task<Result<Missed>> messages(ChatPermit const& permit, Gap const& gap) {
        auto const told = co_await told_.messages(permit, gap, most_events);
        if (!told) co_return told.error();
        Audience audience{*told};
        Missed missed{{}, gap.until};
        for (Message const& message : told->messages)
            missed.events.push_back(
                {message.seq, audience.of(message.seq), shared(encode_event(permit, gap.conversation, message))});
        if (missed.events.size() == most_events) missed.until = missed.events.back().number;
        co_return missed;
    }

    Task<Result<Missed>> changes(ChatPermit const& permit, Gap const& gap) {
        auto const told = co_await told_.changes(permit, gap, most_events);
        if (!told) co_return told.error();
        Audience audience{*told};
        Missed missed{{}, gap.until, told->last_seq};
        for (Message const& message : told->messages)
            missed.events.push_back({message.change, audience.of(message.seq),
                                     shared(encode_changed(permit, gap.conversation, message))});
        if (missed.events.size() == most_events) missed.until = missed.events.back().number;
        co_await describe(permit, gap, *told, missed);
        co_return missed;
    }

    /// That it began; then title and members as they are now, in the place of their latest change.
    Task<void> describe(ChatPermit const& permit, Gap const& gap, Told const& told, Missed& missed) {
        Audience audience{told};
        auto const everybody = audience.of(std::numeric_limits<std::int64_t>::max());
        if (told.after < 0 && !everybody->empty())
            missed.events.insert(missed.events.begin(),
                                 {0, everybody, shared(encode_came(gap.conversation, *everybody, 0))});
        if (told.info_change <= std::max<std::int64_t>(told.after, 0) || told.info_change > missed.until)
            co_return;
        auto const have = sockets_.who_have(gap.conversation);  // before its members are read
        auto const now = co_await seen_by_somebody(permit, gap.conversation, told);
        auto const place = [&] {
            return std::ranges::lower_bound(missed.events, told.info_change, {}, &Event::number);
        };
        // Whoever was removed is in no table any more.
        for (UserId const& user : have)
            if (!now || std::ranges::find(now->members, user, &Member::user) == now->members.end())
                missed.events.insert(place(), parting(gap.conversation, user, told.info_change));
        if (now)
            missed.events.insert(
                place(), {told.info_change, everybody, shared(encode_described(permit, *now, told.info_change))});
    }

    /// Nobody sees it where no member's account is open.
    Task<std::optional<Conversation>> seen_by_somebody(ChatPermit const& permit, ConversationId conversation,
                                                       Told const& told) {
        for (auto const& reader : told.readers)
            if (auto now = co_await conversations_.as_seen_by(permit, reader.user, conversation))
                co_return *std::move(now);
        co_return std::nullopt;
    }

    static Event parting(ConversationId conversation, UserId user, std::int64_t change) {
        return {change, std::make_shared<std::vector<UserId> const>(1, user),
                shared(encode_parted(conversation, user, change)), true};
    }

    PgToldRepository told_;
    PgConversationRepository conversations_;
    gateway::Sockets const& sockets_;
    PermitIssuer& permits_;
};

}  // namespace

std::unique_ptr<gateway::EventLog> make_event_log(storage::Database& db, storage::ColumnCipher& cipher,
                                                  gateway::Sockets const& sockets, PermitIssuer& permits) {
    return std::make_unique<ChatEventLog>(db, cipher, sockets, permits);
}

}  // namespace samtal::chat
