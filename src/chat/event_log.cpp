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
    ChatEventLog(storage::Database& db, storage::ColumnCipher& cipher, PermitIssuer& permits)
        : told_{db, cipher}, conversations_{db, cipher}, permits_{permits} {}

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

    /// Title and members as they are now, in the place of their latest change.
    Task<void> describe(ChatPermit const& permit, Gap const& gap, Told const& told, Missed& missed) {
        bool const lately = gap.after ? told.info_change > *gap.after : told.info_change == gap.until;
        if (!lately || told.info_change > missed.until || told.readers.empty()) co_return;
        auto const now = co_await conversations_.as_seen_by(permit, told.readers.front().user, gap.conversation);
        if (!now) co_return;
        Audience audience{told};
        auto const place = std::ranges::lower_bound(missed.events, told.info_change, {}, &Event::number);
        missed.events.insert(place, {told.info_change, audience.of(std::numeric_limits<std::int64_t>::max()),
                                     shared(encode_described(permit, *now, told.info_change))});
    }

    PgToldRepository told_;
    PgConversationRepository conversations_;
    PermitIssuer& permits_;
};

}  // namespace

std::unique_ptr<gateway::EventLog> make_event_log(storage::Database& db, storage::ColumnCipher& cipher,
                                                  PermitIssuer& permits) {
    return std::make_unique<ChatEventLog>(db, cipher, permits);
}

}  // namespace samtal::chat
