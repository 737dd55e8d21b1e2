#include "samtal/ops/mailer.hpp"

#include "mail_queue.hpp"
#include "samtal/ops/log.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace samtal::ops {

namespace {

using namespace std::chrono_literals;

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        ssize_t const written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Under a name that is no letter's until the file is whole.
bool write_letter(std::string const& directory, std::string const& id, std::string_view message) {
    auto const ms = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    std::string const name = fmt::format("{}/{}-{}", directory, ms.time_since_epoch().count(), id);
    std::string const draft = name + ".part";
    int const file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return false;
    bool const written = write_all(file, message);
    bool const whole = ::close(file) == 0 && written && ::rename(draft.c_str(), (name + ".eml").c_str()) == 0;
    if (!whole) ::unlink(draft.c_str());
    return whole;
}

struct CurlFree {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

/// What libcurl has not read yet.
std::size_t read_message(char* into, std::size_t size, std::size_t count, void* message) {
    auto& rest = *static_cast<std::string_view*>(message);
    std::size_t const taken = std::min(rest.size(), size * count);
    std::memcpy(into, rest.data(), taken);
    rest.remove_prefix(taken);
    return taken;
}

std::string first_line(std::string const& file) {
    std::ifstream in{file};
    std::string line;
    std::getline(in, line);
    return line;
}

CURLcode send_by_smtp(SmtpOptions const& options, std::string const& from, std::string const& to,
                      std::string_view message) {
    std::unique_ptr<CURL, CurlFree> const handle{curl_easy_init()};
    std::unique_ptr<curl_slist, CurlFree> const recipients{
        curl_slist_append(nullptr, fmt::format("<{}>", to).c_str())};
    if (!handle || !recipients) return CURLE_OUT_OF_MEMORY;
    CURL* const c = handle.get();
    curl_easy_setopt(c, CURLOPT_URL, options.url.c_str());
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, 10'000L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 30'000L);
    if (!options.user.empty()) {
        curl_easy_setopt(c, CURLOPT_USERNAME, options.user.c_str());
        curl_easy_setopt(c, CURLOPT_PASSWORD, first_line(options.password_file).c_str());
    }
    // Without a password to lose, encryption is used where the relay offers it.
    curl_easy_setopt(c, CURLOPT_USE_SSL,
                     static_cast<long>(options.user.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, fmt::format("<{}>", from).c_str());
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(c, CURLOPT_READFUNCTION, &read_message);
    curl_easy_setopt(c, CURLOPT_READDATA, &message);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    return curl_easy_perform(c);
}

}  // namespace

std::unique_ptr<Mailer> make_directory_mailer(std::string directory, std::string from) {
    std::error_code failed;
    if (std::filesystem::create_directories(directory, failed))
        std::filesystem::permissions(directory, std::filesystem::perms::owner_all, failed);
    auto deliver = [directory = std::move(directory), from = std::move(from)](Mail const& mail) {
        std::string const id = random_hex();
        bool const done =
            write_letter(directory, id, format_message(mail, from, id, std::chrono::system_clock::now()));
        if (!done) write_log(Level::warning, "mail.not_written");
        return done;
    };
    return std::make_unique<MailQueue>(std::move(deliver),
                                       MailQueue::Limits{.letters = 1000, .pauses = {1s, 10s, 60s}});
}

std::unique_ptr<Mailer> make_smtp_mailer(SmtpOptions options, std::string from) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    auto deliver = [options = std::move(options), from = std::move(from)](Mail const& mail) {
        std::string const message = format_message(mail, from, random_hex(), std::chrono::system_clock::now());
        CURLcode const code = send_by_smtp(options, from, mail.to, message);
        if (code != CURLE_OK)
            write_log(Level::warning, "mail.not_sent", fields(field("curl_code", static_cast<int>(code))));
        return code == CURLE_OK;
    };
    return std::make_unique<MailQueue>(
        std::move(deliver), MailQueue::Limits{.letters = 1000, .pauses = {1s, 10s, 60s, 300s, 900s, 2400s}});
}

}  // namespace samtal::ops
