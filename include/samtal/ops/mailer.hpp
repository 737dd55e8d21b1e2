#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace samtal::ops {

/// A plain letter in UTF-8. Address and text are personal: no sink logs them.
struct Mail {
    std::string to;
    std::string subject;
    std::string text;
    /// Called once, from any thread: a sink took it, or it was given up. Not when the process ends before that.
    std::function<void(bool delivered)> done{};
};

/// Whether mail to it can be tried: one address without anything that could end a header line or add a recipient,
/// 254 bytes at most (RFC 5321). Whether it arrives, only a mail can tell.
[[nodiscard]] bool is_mail_address(std::string_view);

/// Where outgoing mail goes. Any thread.
class Mailer {
public:
    virtual ~Mailer() = default;

    /// Queues it and returns. False: the queue is full, or the address holds characters that no address has.
    virtual bool send(Mail) = 0;
};

struct SmtpOptions {
    std::string url;  // smtp://host:port, or smtps://
    std::string user;
    std::string password_file;  // read for each letter, so that a new password needs no restart
};

/// One .eml file a letter, mode 0600, complete from the moment it has its name.
[[nodiscard]] std::unique_ptr<Mailer> make_directory_mailer(std::string directory, std::string from);

/// SMTP through libcurl. A letter that the server does not take now is tried again for about an hour. With a user
/// name, only over TLS.
[[nodiscard]] std::unique_ptr<Mailer> make_smtp_mailer(SmtpOptions options, std::string from);

}  // namespace samtal::ops
