#include "mail_queue.hpp"

#include "samtal/ops/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <stdexcept>

namespace samtal::ops {

namespace {

/// A header line is ASCII: RFC 2047's Q encoding for the rest. For subjects, which are ours and short.
std::string header_text(std::string_view text) {
    bool const ascii = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    if (ascii) return std::string{text};
    std::string encoded = "=?UTF-8?Q?";
    for (char const c : text) {
        bool const plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        encoded += plain ? std::string{c} : c == ' ' ? "_" : fmt::format("={:02X}", static_cast<unsigned char>(c));
    }
    return encoded + "?=";
}

std::string with_crlf(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '\r') continue;
        if (c == '\n') out.push_back('\r');
        out.push_back(c);
    }
    return out;
}

/// RFC 5322, in English whatever the locale.
std::string date_text(std::chrono::system_clock::time_point now) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::time_t const seconds = std::chrono::system_clock::to_time_t(now);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days.at(static_cast<std::size_t>(utc.tm_wday)),
                       utc.tm_mday, months.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900,
                       utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace

std::string random_hex() {
    std::array<unsigned char, 16> bytes{};
    if (::getentropy(bytes.data(), bytes.size()) != 0) throw std::runtime_error{"no random source"};
    std::string hex;
    for (unsigned char const byte : bytes) hex += fmt::format("{:02x}", byte);
    return hex;
}

bool is_mail_address(std::string_view address) {
    constexpr std::string_view separators = "<>,;:\"()[]\\";
    auto const bad = [separators](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || separators.find(c) != std::string_view::npos;
    };
    std::size_t const at = address.find('@');
    return address.size() <= 254 && at != 0 && at != std::string_view::npos && at + 1 < address.size() &&
           address.find('@', at + 1) == std::string_view::npos && std::ranges::none_of(address, bad);
}

std::string format_message(Mail const& mail, std::string_view from, std::string_view id,
                           std::chrono::system_clock::time_point now) {
    std::string_view const host = from.substr(std::min(from.size(), from.find('@') + 1));
    return fmt::format(
               "Date: {}\r\nFrom: {}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}@{}>\r\nAuto-Submitted: "
               "auto-generated\r\n"
               "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
               "8bit\r\n\r\n",
               date_text(now), from, mail.to, header_text(mail.subject), id, host) +
           with_crlf(mail.text);
}

MailQueue::MailQueue(Deliver deliver, Limits limits)
    : deliver_{std::move(deliver)}, limits_{std::move(limits)}, thread_{[this] { work(); }} {}

MailQueue::~MailQueue() {
    {
        std::scoped_lock const lock{mutex_};
        closing_ = true;
    }
    wake_.notify_all();
    thread_.join();
    if (!waiting_.empty()) write_log(Level::warning, "mail.given_up", fields(field("letters", waiting_.size())));
}

bool MailQueue::send(Mail mail) {
    if (!is_mail_address(mail.to)) return false;
    {
        std::scoped_lock const lock{mutex_};
        if (closing_ || waiting_.size() >= limits_.letters) return false;
        waiting_.push_back({std::move(mail), 0, std::chrono::steady_clock::now()});
    }
    wake_.notify_one();
    return true;
}

std::deque<MailQueue::Entry>::iterator MailQueue::next() {
    return std::ranges::min_element(waiting_, {}, &Entry::due);
}

void MailQueue::work() {
    std::unique_lock lock{mutex_};
    while (!closing_) {
        auto const first = next();
        if (first == waiting_.end()) {
            wake_.wait(lock);
            continue;
        }
        if (first->due > std::chrono::steady_clock::now()) {
            wake_.wait_until(lock, first->due);
            continue;
        }
        Entry entry = std::move(*first);
        waiting_.erase(first);
        lock.unlock();
        bool const delivered = deliver_(entry.mail);
        bool const over = delivered || entry.tries >= limits_.pauses.size();
        if (!delivered && over) write_log(Level::error, "mail.given_up", fields(field("letters", 1)));
        if (over && entry.mail.done) entry.mail.done(delivered);
        lock.lock();
        if (over) continue;
        entry.due = std::chrono::steady_clock::now() + limits_.pauses[entry.tries++];
        waiting_.push_back(std::move(entry));
    }
}

}  // namespace samtal::ops
