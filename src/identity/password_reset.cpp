#include "encoding.hpp"
#include "identity_service.hpp"
#include "password_rules.hpp"
#include "samtal/ops/log.hpp"
#include "user_name.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>

namespace samtal::identity {

namespace {

constexpr std::chrono::minutes link_life{30};
constexpr std::size_t code_bytes = 32;

/// No name and no account in it: the mailbox may be shared, and mail is read on its way.
std::string letter(std::string_view link) {
    return fmt::format(
        "Någon, troligen du, har bett om ett nytt lösenord. Välj det här inom 30 minuter:\n\n"
        "{0}\n\n"
        "Länken fungerar en gång. Om det inte var du behöver du inte göra något.\n\n"
        "--------\n\n"
        "Somebody, probably you, asked for a new password. Choose it here within 30 minutes:\n\n"
        "{0}\n\n"
        "The link works once. If it was not you, there is nothing you need to do.\n",
        link);
}

}  // namespace

/// The answer says nothing and takes no time, because the work begins after it.
Task<Result<void>> IdentityService::request_reset(AccountPermit permit, ResetRequest request) {
    auto const executor = co_await boost::asio::this_coro::executor;
    boost::asio::co_spawn(executor, send_reset(std::move(permit), std::move(request)),
                          [](std::exception_ptr failure) {
                              if (failure) ops::write_log(ops::Level::warning, "password_reset.failed");
                          });
    co_return Result<void>{};
}

Task<void> IdentityService::send_reset(AccountPermit permit, ResetRequest request) {
    std::string const name = name_hash(request.username.open(permit));
    if (!letters_.admit(name, request.address)) co_return;  // nobody's mailbox is flooded
    auto const who = co_await accounts_.by_name(permit, name);
    if (!who || !who->active) co_return;
    auto const address = co_await accounts_.mail_address(permit, *who);
    if (!address) co_return;
    std::string const code = base64url(random_bytes(code_bytes));
    Timestamp const now = parts_.clock();
    if (!co_await accounts_.add_reset_link(permit, *who, storage::sha256(code), now, now + link_life)) co_return;
    ops::Mail mail{address->open(permit), "Nytt lösenord / New password",
                   letter(fmt::format("{}/password-reset#{}", public_url_, code))};
    if (!parts_.mailer.send(std::move(mail))) ops::write_log(ops::Level::warning, "password_reset.not_mailed");
}

Task<Result<void>> IdentityService::confirm_reset(AccountPermit const& permit, ResetConfirmation const& c) {
    std::string const code_hash = storage::sha256(c.code.reveal());
    auto const who = co_await accounts_.by_reset_link(permit, code_hash, parts_.clock());
    if (!who) co_return who.error();
    std::string const name = nfkc_folded(who->username.open(permit));
    if (auto const refused = refuse_password(c.password.reveal(), name, "password")) co_return *refused;
    auto hash = co_await pool_.hash(c.password);
    if (!hash) co_return hash.error();
    auto const gone = co_await accounts_.reset_password(permit, *who, code_hash, *std::move(hash), parts_.clock());
    if (!gone) co_return gone.error();
    co_await end({{.user = who->user}});
    co_return Result<void>{};
}

}  // namespace samtal::identity
