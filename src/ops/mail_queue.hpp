#pragma once

#include "samtal/ops/mailer.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace samtal::ops {

/// The message of RFC 5322 for a letter. `id` makes its Message-ID.
[[nodiscard]] std::string format_message(Mail const&, std::string_view from, std::string_view id,
                                         std::chrono::system_clock::time_point now);
[[nodiscard]] std::string random_hex();

/// A thread of its own hands letters to a sink, in turn. What the sink cannot take now is tried again, later and
/// later.
class MailQueue final : public Mailer {
public:
    using Deliver = std::function<bool(Mail const&)>;
    struct Limits {
        std::size_t letters = 1000;
        std::vector<std::chrono::milliseconds> pauses;  // between tries; after the last the letter is given up
    };

    MailQueue(Deliver deliver, Limits limits);
    /// Gives up what waits, and says how much.
    ~MailQueue() override;
    MailQueue(MailQueue const&) = delete;
    MailQueue& operator=(MailQueue const&) = delete;

    bool send(Mail) override;

private:
    struct Entry {
        Mail mail;
        std::size_t tries = 0;
        std::chrono::steady_clock::time_point due;
    };
    void work();
    [[nodiscard]] std::deque<Entry>::iterator next();

    Deliver deliver_;
    Limits limits_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Entry> waiting_;
    bool closing_ = false;
    std::thread thread_;
};

}  // namespace samtal::ops
