#include "socket_gate.hpp"

#include "samtal/core/permit.hpp"
#include "samtal/gateway/problem.hpp"

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

namespace samtal::gateway {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_id_bytes = 128;

std::string error_frame(std::string_view re, std::string const& problem) {
    return fmt::format(R"({{"type":"error","re":{},"problem":{}}})", re, problem);
}

/// A client's id comes back as it was: a string or an integer, nothing that could be large or odd.
std::optional<std::string> re_of(nlohmann::json const& object) {
    auto const id = object.find("id");
    if (id == object.end() || id->is_null()) return "null";
    if (id->is_number_integer()) return id->dump();
    if (id->is_string() && id->get_ref<std::string const&>().size() <= most_id_bytes) return id->dump();
    return std::nullopt;
}

}  // namespace

Task<void> SocketGate::opened(std::shared_ptr<net::Socket> socket) {
    socket_ = std::move(socket);
    if (token_) co_return co_await enter(*std::exchange(token_, std::nullopt));
    deadline_.emplace(socket_->executor(), gateway_.options().authenticate_within);
    deadline_->async_wait([self = weak_from_this()](boost::system::error_code stopped) {
        auto const gate = self.lock();
        if (!stopped && gate && !gate->who_ && gate->socket_)
            gate->socket_->close(net::CloseCode::not_authenticated);
    });
}

Task<void> SocketGate::enter(std::string token) {
    auto const socket = socket_;  // the client may go while we look
    auto close = net::CloseCode::not_authenticated;
    try {
        if (!gateway_.options().serving()) throw Unavailable{"this server serves nobody now"};
        auto const who = co_await gateway_.authenticator().person(token);
        // A close would overtake the answer; the deadline, which stays, closes.
        if (who && who->restricted && deadline_)
            co_return push(error_frame("null", problem_document(processing_restricted)));
        if (!who || who->restricted) co_return socket->close(close);
        if (!socket_) co_return;
        who_ = *who;
        deadline_.reset();
        socket_->authenticated();
        push(fmt::format(R"({{"type":"ready","user_id":"{}"}})", who->user.text()));
        gateway_.sockets().add(*who, socket_);
        // The session may have ended between the look and the entry in the list, and nobody would end this socket.
        close = net::CloseCode::session_ended;
        auto const still = co_await gateway_.authenticator().person(token);
        if (still && !still->restricted) co_return;
    } catch (std::exception const&) {
        close = net::CloseCode::going_away;  // "try again", not "your token is bad"
    }
    socket->close(close);
}

void SocketGate::closed() {
    if (who_ && socket_) gateway_.sockets().remove(*who_, socket_.get());
    deadline_.reset();
    if (room_) room_->cancel();
    socket_.reset();
}

void SocketGate::push(std::string text) {
    if (socket_ && !text.empty()) socket_->push(std::make_shared<std::string const>(std::move(text)));
}

Task<void> SocketGate::frame(std::string text) {
    auto parsed = parse_input(text);
    if (!parsed) {
        if (!who_ && socket_) co_return socket_->close(net::CloseCode::not_authenticated);
        co_return push(error_frame("null", problem_document(parsed.error())));
    }
    auto const re = re_of(**parsed);
    FieldReader body{*std::move(parsed)};
    Envelope envelope{body.text("type"), re.value_or("null")};
    body.pass("id");
    if (!re) body.refuse("must be a short string or an integer", "id");
    if (!who_) co_return co_await first_frame(std::move(body), std::move(envelope));
    if (envelope.type != "message.send") co_return co_await answer(std::move(body), std::move(envelope));

    while (under_way_ >= most_under_way && socket_) {
        if (!room_) room_.emplace(socket_->executor());
        room_->expires_at(asio::steady_timer::time_point::max());
        co_await room_->async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (!socket_) co_return;
    ++under_way_;
    asio::co_spawn(socket_->executor(), answer_later(shared_from_this(), std::move(body), std::move(envelope)),
                   asio::detached);
}

Task<void> SocketGate::first_frame(FieldReader body, Envelope envelope) {
    auto const token = body.optional_text("access_token");
    if (envelope.type != "authenticate" || !token || body.finish())
        co_return socket_->close(net::CloseCode::not_authenticated);
    co_await enter(*token);
}

Task<void> SocketGate::answer(FieldReader body, Envelope envelope) {
    push(co_await reply_to(std::move(body), envelope));
}

Task<void> SocketGate::answer_later(std::shared_ptr<SocketGate> self, FieldReader body, Envelope envelope) {
    std::string reply = co_await self->reply_to(std::move(body), envelope);
    --self->under_way_;
    if (self->room_) self->room_->cancel();
    self->push(std::move(reply));
}

Task<std::string> SocketGate::reply_to(FieldReader body, Envelope const& envelope) {
    std::string problem;
    std::string unknown;
    body.tell_unknown(&unknown);
    try {
        if (!gateway_.options().serving()) throw Unavailable{"this server serves nobody now"};
        auto const answer =
            co_await gateway_.router().dispatch_frame(envelope.type, FrameAsk{*who_, std::move(body), socket_});
        if (!answer) co_return error_frame(envelope.re, problem_document(answer.error(), unknown));
        if (answer->empty()) co_return std::string{};
        co_return fmt::format(R"({{"re":{},{}}})", envelope.re, *answer);
    } catch (Unavailable const&) {
        problem = problem_document(503);
    } catch (std::exception const& e) {
        if (gateway_.options().broke) gateway_.options().broke(envelope.type, e.what());
        problem = problem_document(500);
    }
    co_return error_frame(envelope.re, problem);
}

}  // namespace samtal::gateway
