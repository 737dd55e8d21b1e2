#include "append_columns.hpp"

#include "samtal/storage/values.hpp"

namespace samtal::chat {

void AppendColumns::add(PendingMessage const& message, std::string_view sealed_text) {
    std::pair const conversation{message.permit.organisation(), message.message.conversation};
    if (conversation_ != conversation) {
        close_conversation();
        conversation_ = conversation;
        organisations_.add(conversation.first.value());
        conversations_.add(conversation.second.value());
        here_ = 0;
        ++place_;
    }
    ++here_;
    places_.add(place_);
    senders_.add(message.permit.actor().value());
    client_ids_.add(message.message.client_message_id.value());
    ids_.add(message.id.value());
    texts_.add(sealed_text);
    times_.add(storage::ms(message.sent_at));
    decisions_.add(message.permit.decision().value());
}

void AppendColumns::close_conversation() {
    if (here_ > 0) counts_.add(here_);
}

std::array<storage::BinaryParameter, 10> AppendColumns::parameters() {
    close_conversation();
    return {organisations_.parameter(), conversations_.parameter(), counts_.parameter(), places_.parameter(),
            senders_.parameter(),       client_ids_.parameter(),    ids_.parameter(),    texts_.parameter(),
            times_.parameter(),         decisions_.parameter()};
}

}  // namespace samtal::chat
