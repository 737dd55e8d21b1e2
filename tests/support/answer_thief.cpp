#include "support/answer_thief.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace samtal::testing {

namespace {

sockaddr_un address_of(std::string const& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error{"too long for a socket: " + path};
    path.copy(&address.sun_path[0], path.size());
    return address;
}

int socket_at(std::string const& path, int (*attach)(int, sockaddr const*, socklen_t)) {
    int const made = ::socket(AF_UNIX, SOCK_STREAM, 0);
    auto const address = address_of(path);
    if (attach(made, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0)
        throw std::runtime_error{"no socket at " + path};
    return made;
}

/// What has arrived; empty at the end.
std::string_view receive(int from, std::array<char, 65'536>& buffer) {
    auto const got = ::recv(from, buffer.data(), buffer.size(), 0);
    return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

bool send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace

AnswerThief::AnswerThief(std::string const& host, unsigned port, std::filesystem::path const& place) {
    directory_ = (place / "thief-XXXXXX").string();
    if (::mkdtemp(directory_.data()) == nullptr) throw std::runtime_error{"no directory in " + place.string()};
    there_ = fmt::format("{}/.s.PGSQL.{}", host, port);
    here_ = fmt::format("{}/.s.PGSQL.{}", directory_, port);
    listener_ = socket_at(here_, &::bind);
    ::listen(listener_, 16);
    acceptor_ = std::thread{[this] { accept(); }};
}

AnswerThief::~AnswerThief() {
    closing_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    cut();
    for (std::thread& carrier : carriers_) carrier.join();
    ::close(listener_);
    std::filesystem::remove_all(directory_);
}

void AnswerThief::steal_next(std::string words, Theft what, int refusals) {
    std::scoped_lock const lock{mutex_};
    words_ = std::move(words);
    refuse_then_ = refusals;
    theft_ = what;
}

AnswerThief::Theft AnswerThief::theft_of(std::string_view question) {
    std::scoped_lock const lock{mutex_};
    if (theft_ == Theft::none || question.find(words_) == std::string_view::npos) return Theft::none;
    refusals_ = refuse_then_;
    return std::exchange(theft_, Theft::none);
}

void AnswerThief::cut() {
    std::scoped_lock const lock{mutex_};
    for (int const client : clients_) ::shutdown(client, SHUT_RDWR);
}

void AnswerThief::accept() {
    while (!closing_) {
        int const client = ::accept(listener_, nullptr, nullptr);
        if (client < 0) continue;
        if (refusals_ > 0) {
            --refusals_;
            ::close(client);
            continue;
        }
        std::scoped_lock const lock{mutex_};
        clients_.push_back(client);
        carriers_.emplace_back([this, client] { carry(client, socket_at(there_, &::connect)); });
    }
}

void AnswerThief::carry(int client, int server) {
    std::array<char, 65'536> buffer{};
    for (bool open = true; open;) {
        std::array<pollfd, 2> both{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
        if (::poll(both.data(), both.size(), -1) < 0) continue;
        if (both[0].revents != 0) open = pass_on(client, server);
        if (open && both[1].revents != 0) {
            auto const answer = receive(server, buffer);
            open = !answer.empty() && send_all(client, answer);
        }
    }
    std::scoped_lock const lock{mutex_};
    clients_.remove(client);
    ::close(client);
    ::close(server);
}

bool AnswerThief::pass_on(int client, int server) {
    std::array<char, 65'536> buffer{};
    auto const question = receive(client, buffer);
    if (question.empty()) return false;
    auto const theft = theft_of(question);
    if (theft == Theft::none) return send_all(server, question);
    if (theft == Theft::answer) {
        send_all(server, question);
        receive(server, buffer);
    }
    return false;
}

}  // namespace samtal::testing
