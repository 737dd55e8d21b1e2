#include "samtal/ops/mailer.hpp"
#include "ops/mail_queue.hpp"

#include <gtest/gtest.h>

#include <stdlib.h>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>
#include <utility>
#include <vector>

namespace samtal::ops {
namespace {

using namespace std::chrono_literals;

Mail const letter{"anna@example.org", "Nytt lösenord", "Hej\nhttps://example.org/#kod\n"};

TEST(Mail, IsAMessageOfRfc5322) {
    std::string const text =
        format_message(letter, "no-reply@samtal.example", "id1", std::chrono::sys_seconds{1'795'470'000s});
    EXPECT_TRUE(text.starts_with("Date: Mon, 23 Nov 2026 21:40:00 +0000\r\n")) << text;
    EXPECT_NE(text.find("\r\nFrom: no-reply@samtal.example\r\nTo: anna@example.org\r\n"), std::string::npos);
    EXPECT_NE(text.find("\r\nSubject: =?UTF-8?Q?Nytt_l=C3=B6senord?=\r\n"), std::string::npos);
    EXPECT_NE(text.find("\r\nMessage-ID: <id1@samtal.example>\r\n"), std::string::npos);
    EXPECT_TRUE(text.ends_with("\r\n\r\nHej\r\nhttps://example.org/#kod\r\n"));
}

TEST(Mail, GoesToOneAddressOnly) {
    for (auto const* const bad :
         {"", "anna", "@example.org", "anna@", "a@b@c", "a@b\r\nBcc: c@d", "a@b, c@d", "a@b>c", "a b@c", "a\t@b"})
        EXPECT_FALSE(is_mail_address(bad)) << bad;
    EXPECT_TRUE(is_mail_address("anna.lind+x@example.org"));
}

TEST(MailQueue, TriesAgainWhatCouldNotBeDelivered) {
    std::promise<int> done;
    int tries = 0;
    MailQueue queue{[&](Mail const&) {
                        if (++tries < 3) return false;
                        done.set_value(tries);
                        return true;
                    },
                    {.letters = 10, .pauses = {1ms, 1ms, 1ms}}};
    ASSERT_TRUE(queue.send(letter));
    auto answer = done.get_future();
    ASSERT_EQ(answer.wait_for(10s), std::future_status::ready);
    EXPECT_EQ(answer.get(), 3);
}

TEST(MailQueue, GivesUpAndGoesOnWithTheNext) {
    std::promise<int> done;
    int failed = 0;
    MailQueue queue{[&](Mail const& mail) {
                        bool const hopeless = mail.to == letter.to;
                        if (hopeless)
                            ++failed;
                        else
                            done.set_value(failed);
                        return !hopeless;
                    },
                    {.letters = 10, .pauses = {}}};  // no second try
    ASSERT_TRUE(queue.send(letter));
    ASSERT_TRUE(queue.send({"bo@example.org", "s", "t"}));
    auto answer = done.get_future();
    ASSERT_EQ(answer.wait_for(10s), std::future_status::ready);
    EXPECT_EQ(answer.get(), 1);
}

TEST(MailQueue, IsBoundedAndEndsAtOnce) {
    std::promise<void> entered;
    std::promise<void> release;
    auto const free = release.get_future().share();
    {
        MailQueue queue{[&, first = true](Mail const&) mutable {
                            if (std::exchange(first, false)) entered.set_value();
                            free.wait();
                            return true;
                        },
                        {.letters = 2, .pauses = {}}};
        ASSERT_TRUE(queue.send(letter));
        entered.get_future().wait();
        EXPECT_TRUE(queue.send(letter));
        EXPECT_TRUE(queue.send(letter));
        EXPECT_FALSE(queue.send(letter));
        EXPECT_FALSE(queue.send({"no address", "s", "t"}));
        release.set_value();
    }
}

TEST(DirectoryMailer, WritesOneWholePrivateFileALetter) {
    std::string directory = std::filesystem::temp_directory_path() / "samtal-mail-XXXXXX";
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    auto const mailer = make_directory_mailer(directory + "/mail", "no-reply@localhost");
    ASSERT_TRUE(mailer->send(letter));
    auto const deadline = std::chrono::steady_clock::now() + 10s;
    std::vector<std::filesystem::path> files;
    while (files.empty() && std::chrono::steady_clock::now() < deadline)
        for (auto const& entry : std::filesystem::directory_iterator{directory + "/mail"})
            if (entry.path().extension() == ".eml") files.push_back(entry.path());
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(std::filesystem::status(files[0]).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::stringstream text;
    text << std::ifstream{files[0]}.rdbuf();
    EXPECT_NE(text.str().find("https://example.org/#kod"), std::string::npos);
    std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace samtal::ops
