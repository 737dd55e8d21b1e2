#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace samtal::net::testing {

/// A blocking connection that sends exactly the bytes it is given.
class RawClient {
public:
    explicit RawClient(unsigned short port, int receive_buffer = 0) : file_{::socket(AF_INET, SOCK_STREAM, 0)} {
        if (receive_buffer > 0) ::setsockopt(file_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        timeval const patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(file_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(file_, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
    }
    ~RawClient() { ::close(file_); }
    RawClient(RawClient const&) = delete;
    RawClient& operator=(RawClient const&) = delete;

    [[nodiscard]] bool connected() const { return connected_; }

    RawClient& send(std::string_view data) {
        while (!data.empty()) {
            auto const n = ::send(file_, data.data(), data.size(), MSG_NOSIGNAL);
            cut_off_ = n <= 0;
            if (cut_off_) break;
            data.remove_prefix(static_cast<std::size_t>(n));
        }
        return *this;
    }
    /// Whether the server ended the connection while we were sending.
    [[nodiscard]] bool cut_off() const { return cut_off_; }
    void finish_sending() { ::shutdown(file_, SHUT_WR); }

    /// The next response, head and body; what came so far if the connection ends before.
    std::string response() {
        std::size_t end = std::string::npos;
        while ((end = received_.find("\r\n\r\n")) == std::string::npos)
            if (!more()) return take(received_.size());
        std::size_t size = 0;
        if (auto const at = received_.find("Content-Length: "); at < end)
            size = std::strtoul(received_.c_str() + at + 16, nullptr, 10);
        while (received_.size() < end + 4 + size)
            if (!more()) break;
        return take(end + 4 + size);
    }
    /// The status of the next response, 0 when the connection ended without one.
    int status() {
        auto const text = response();
        return text.size() < 12 ? 0 : std::atoi(text.c_str() + 9);
    }
    /// Whether the server ends the connection without another byte.
    bool ends() { return !more() && received_.empty() && !timed_out_; }

private:
    bool more() {
        char part[16384];
        auto const n = ::recv(file_, part, sizeof part, 0);
        timed_out_ = n < 0 && errno == EAGAIN;
        if (n <= 0) return false;
        received_.append(part, static_cast<std::size_t>(n));
        return true;
    }
    std::string take(std::size_t n) {
        auto result = received_.substr(0, n);
        received_.erase(0, n);
        return result;
    }

    int file_;
    bool connected_ = false;
    bool timed_out_ = false;
    bool cut_off_ = false;
    std::string received_;
};

inline std::string get(std::string const& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
}
inline std::string post(std::string const& headers, std::string const& rest) {
    return "POST /echo HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + rest;
}
inline std::string body_of(std::string const& response) {
    auto const end = response.find("\r\n\r\n");
    return end == std::string::npos ? "" : response.substr(end + 4);
}

}  // namespace samtal::net::testing
