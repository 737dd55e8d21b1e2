#include "events.hpp"
#include "pg_history_repository.hpp"
#include "samtal/chat/room.hpp"

namespace samtal::chat {

namespace {

constexpr std::size_t most_events = 200;  // of one page

class ChatEventLog final : public gateway::EventLog {
public:
    ChatEventLog(storage::Database& db, storage::ColumnCipher& cipher, PermitIssuer& permits)
        : history_{db, cipher}, permits_{permits} {}

    Task<Result<std::vector<gateway::Head>>> between(Timestamp from, Timestamp to) override {
        auto const permit = permits_.permit_machine<purpose::ChatMessaging>(OrganisationId::nil());
        co_return co_await history_.between(permit, from, to);
    }

    Task<Result<Missed>> missed(Gap const& gap) override {
        auto const permit = permits_.permit_machine<purpose::ChatMessaging>(gap.organisation);
        auto told =
            co_await history_.stretch(permit, {gap.conversation, gap.after, gap.until, gap.since, most_events});
        if (!told) co_return told.error();
        Missed missed{std::move(told->members), {}, gap.until};
        for (Message const& message : told->messages)
            missed.events.push_back({message.seq, std::make_shared<std::string const>(
                                                      encode_event(permit, gap.conversation, message))});
        if (missed.events.size() == most_events) missed.until = missed.events.back().seq;
        co_return missed;
    }

private:
    PgHistoryRepository history_;
    PermitIssuer& permits_;
};

}  // namespace

std::unique_ptr<gateway::EventLog> make_event_log(storage::Database& db, storage::ColumnCipher& cipher,
                                                  PermitIssuer& permits) {
    return std::make_unique<ChatEventLog>(db, cipher, permits);
}

}  // namespace samtal::chat
