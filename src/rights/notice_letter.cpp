#include "notices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace samtal::rights {

namespace {

struct Order {
    char const *sv, *en;
};

std::map<std::string_view, Order> const orders{
    {"erasure",
     {"Kontot är raderat. Radera alla uppgifter ni fått om det, och kopior av dem.",
      "The account is erased. Erase all data that you received about it, and copies."}},
    {"rectification",
     {"En uppgift om kontot är rättad: {}. Hämta det nya värdet där ni fick det gamla, och rätta era kopior.",
      "Data about the account was corrected: {}. Read the new value where you got the old one, and correct your "
      "copies."}},
    {"restriction",
     {"Behandlingen av kontots uppgifter är begränsad. Spara dem, men använd dem inte förrän ni hör av oss.",
      "Processing of the account's data is restricted. Keep it, but do not use it until you hear from us."}},
    {"restriction_lifted",
     {"Begränsningen av kontots uppgifter är hävd.", "The restriction of the account's data is lifted."}},
};

}  // namespace

std::string notice_letter(NoticeAbout const& about, OrganisationId organisation, NoticeId id,
                          processing::Register const& in_force) {
    Order const& order = orders.at(about.act);
    auto const part = [&](char const* what, char const* account, char const* of, char const* reference,
                          char const* questions) {
        return fmt::format("{}\n\n{}: {}\n{}: {}\n{}: {}\n\n{} {}, {}\n",
                           fmt::format(fmt::runtime(what), about.field), account, about.user.text(), of,
                           organisation.text(), reference, id.text(), questions, in_force.controller,
                           in_force.contact);
    };
    return part(order.sv, "Konto", "Organisation", "Vår referens",
                "Vi underrättar er enligt artikel 19 i dataskyddsförordningen.") +
           "\n--------\n\n" +
           part(order.en, "Account", "Organisation", "Our reference",
                "You are told according to Article 19 of the General Data Protection Regulation.");
}

std::vector<std::string> recipients_to_tell(processing::Register const& in_force) {
    std::vector<std::string> found;
    for (processing::Recipient const& recipient : in_force.recipients)
        if (recipient.role != "authority" && (recipient.role == "processor" || !recipient.notify.empty()))
            found.push_back(recipient.id);
    return found;
}

std::chrono::hours notice_pause(int tries) {
    constexpr int most_doublings = 5;
    return std::min(std::chrono::hours{24}, std::chrono::hours{1 << std::clamp(tries - 1, 0, most_doublings)});
}

}  // namespace samtal::rights
