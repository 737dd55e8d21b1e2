#include "encoding.hpp"
#include "identity_service.hpp"
#include "samtal/ops/log.hpp"

#include <fmt/format.h>

namespace samtal::identity {

namespace {

constexpr std::chrono::minutes link_life{30};
constexpr std::size_t code_bytes = 32;

constexpr Error no_address{Errc::invalid, "must be an e-mail address", "email"};
constexpr Error too_often{Errc::throttled, "too many letters were asked for"};
constexpr Error too_many_letters{Errc::exhausted, "too many letters wait"};

/// To the new address. No name and no account in it: it may be a stranger's.
std::string request_letter(std::string_view link) {
    return fmt::format(
        "Någon, troligen du, vill använda den här e-postadressen. Bekräfta den inom 30 minuter:\n\n"
        "{0}\n\n"
        "Länken fungerar en gång. Om det inte var du behöver du inte göra något.\n\n"
        "--------\n\n"
        "Somebody, probably you, wants to use this e-mail address. Confirm it within 30 minutes:\n\n"
        "{0}\n\n"
        "The link works once. If it was not you, there is nothing you need to do.\n",
        link);
}

/// To the address before. It names neither the new one nor the account.
constexpr std::string_view changed_letter =
    "E-postadressen till ditt konto har ändrats: den här används inte längre. Om det inte var du, byt lösenord "
    "och "
    "tala med din administratör.\n\n"
    "--------\n\n"
    "The e-mail address of your account was changed: this one is no longer used. If it was not you, change your "
    "password and talk to your administrator.\n";

}  // namespace

Task<Result<boost::uuids::uuid>> IdentityService::request_email_change(Principal who, MailAddress address) {
    auto const permit = co_await parts_.permits.permit<purpose::AccountLogin>(who, who.user);
    if (!permit) co_return permit.error();
    std::string to = address.open(*permit);
    if (!ops::is_mail_address(to)) co_return no_address;
    if (auto const stepped_up = co_await require_step_up(who); !stepped_up) co_return stepped_up.error();
    // Nobody's mailbox is flooded, wherever the person sits.
    if (!letters_.admit("email_change " + who.user.text(), who.user.text())) co_return too_often;
    std::string const code = base64url(random_bytes(code_bytes));
    Timestamp const now = parts_.clock();
    auto const added = co_await email_changes_.add(*permit, address, storage::sha256(code), now, now + link_life);
    if (!added) co_return added.error();
    ops::Mail mail{std::move(to), "Bekräfta e-postadressen / Confirm the e-mail address",
                   request_letter(fmt::format("{}/email-change#{}", public_url_, code))};
    if (!parts_.mailer.send(std::move(mail))) co_return too_many_letters;
    co_return *added;
}

Task<Result<void>> IdentityService::confirm_email_change(AccountPermit const& permit, Secret const& code) {
    auto const before = co_await email_changes_.confirm(permit, storage::sha256(code.reveal()), parts_.clock());
    if (!before) co_return before.error();
    ops::Mail mail{before->open(permit), "Ändrad e-postadress / Changed e-mail address",
                   std::string{changed_letter}};
    if (!parts_.mailer.send(std::move(mail))) ops::write_log(ops::Level::warning, "email_change.not_mailed");
    co_return Result<void>{};
}

}  // namespace samtal::identity
