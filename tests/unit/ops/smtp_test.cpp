#include "samtal/ops/mailer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <future>
#include <istream>
#include <string>
#include <thread>

namespace samtal::ops {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;

/// A relay on loopback that takes one connection, offers nothing, and keeps what it was told.
class Relay {
public:
    Relay() : thread_{[this] { serve(); }} {}
    ~Relay() { thread_.join(); }
    Relay(Relay const&) = delete;
    Relay& operator=(Relay const&) = delete;

    [[nodiscard]] std::string url() const {
        return fmt::format("smtp://127.0.0.1:{}", acceptor_.local_endpoint().port());
    }
    std::string heard() {
        auto answer = heard_.get_future();
        return answer.wait_for(20s) == std::future_status::ready ? answer.get() : "nothing";
    }

private:
    void serve() {
        tcp::socket peer = acceptor_.accept();
        std::string all;
        try {
            say(peer, "220 relay");
            boost::asio::streambuf buffer;
            for (bool in_letter = false;;) {
                boost::asio::read_until(peer, buffer, "\r\n");
                std::string line;
                std::istream in{&buffer};
                std::getline(in, line);
                all += line + "\n";
                if (in_letter && line != ".\r") continue;
                bool const begins = line == "DATA\r";
                in_letter = begins;
                say(peer, begins ? "354 go on" : "250 ok");
            }
        } catch (boost::system::system_error const&) {
            heard_.set_value(all);  // the client hung up
        }
    }
    static void say(tcp::socket& peer, std::string_view line) {
        boost::asio::write(peer, boost::asio::buffer(fmt::format("{}\r\n", line)));
    }

    boost::asio::io_context io_;
    tcp::acceptor acceptor_{io_, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
    std::promise<std::string> heard_;
    std::thread thread_;
};

TEST(SmtpMailer, HandsTheLetterToTheRelay) {
    Relay relay;
    auto const mailer = make_smtp_mailer({relay.url(), "", ""}, "no-reply@samtal.example");
    ASSERT_TRUE(mailer->send({"anna@example.org", "Nytt lösenord", "Hej\n.\nhttps://example.org/#kod\n"}));
    std::string const heard = relay.heard();
    EXPECT_NE(heard.find("MAIL FROM:<no-reply@samtal.example>"), std::string::npos) << heard;
    EXPECT_NE(heard.find("RCPT TO:<anna@example.org>"), std::string::npos) << heard;
    EXPECT_NE(heard.find("To: anna@example.org\r"), std::string::npos) << heard;
    EXPECT_NE(heard.find("\n..\r\nhttps://example.org/#kod\r\n.\r\n"), std::string::npos) << heard;
}

TEST(SmtpMailer, TellsNoPasswordWithoutEncryption) {
    Relay relay;
    auto const mailer = make_smtp_mailer({relay.url(), "samtal", "/dev/null"}, "no-reply@samtal.example");
    ASSERT_TRUE(mailer->send({"anna@example.org", "s", "t"}));
    std::string const heard = relay.heard();
    EXPECT_EQ(heard.find("AUTH"), std::string::npos) << heard;
    EXPECT_EQ(heard.find("anna"), std::string::npos) << heard;
}

}  // namespace
}  // namespace samtal::ops
