#include "rules.hpp"

#include "facts_codec.hpp"
#include "samtal/ops/mailer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace samtal::processing {

namespace {

std::set<std::string> countries(Document const& document, std::string const& key, Problems& problems) {
    std::set<std::string> all;
    auto const* const node = document.find(key);
    auto const* const array = node == nullptr ? nullptr : node->as_array();
    for (std::size_t n = 0; array != nullptr && n < array->size(); ++n)
        all.insert(array->get(n)->value<std::string>().value_or(""));
    problems.want(array != nullptr && !all.contains(""), key, "must be a list of country codes");
    return all;
}

bool is_country(std::string_view text) {
    return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// GDPR Art. 28 and 44–49, as far as a recipient alone can break them.
void check_recipients(Register const& r, Document const& document, Problems& problems) {
    auto const eea = countries(document, "transfers.eea", problems);
    auto const adequate = countries(document, "transfers.adequacy", problems);
    static std::set<std::string_view> const roles{"processor", "controller", "authority"};
    static std::set<std::string_view> const mechanisms{"eea", "adequacy", "scc", "derogation", "none"};
    for (Recipient const& who : r.recipients) {
        std::string const key = "recipients." + who.id;
        problems.want(roles.contains(who.role), key + ".role", "must be processor, controller or authority");
        problems.want(is_country(who.country), key + ".country", "must be a country code");
        std::string const mechanism = key + ".mechanism";
        if (!problems.want(mechanisms.contains(who.mechanism), mechanism, "has no transfer mechanism")) continue;
        problems.want((who.mechanism == "eea") == eea.contains(who.country), mechanism,
                      "eea is the mechanism exactly when the country is in the EEA");
        problems.want(who.mechanism != "adequacy" || adequate.contains(who.country), mechanism,
                      "there is no decision on adequacy for its country (GDPR Art. 45)");
        problems.want(who.role != "processor" || !who.agreement.empty(), key + ".agreement",
                      "a processor needs an agreement (GDPR Art. 28.3)");
        for (std::string const& other : who.passes_on_to)
            problems.want(
                other != who.id && std::ranges::find(r.recipients, other, &Recipient::id) != r.recipients.end(),
                key + ".passes_on_to", "unknown recipient");
        problems.want(who.notify.empty() || ops::is_mail_address(who.notify), key + ".notify",
                      "must be an e-mail address");
        problems.want(who.silent || who.role == "authority", key + ".silent",
                      "only what an authority got may be kept silent");
        problems.want(who.expires.empty() || !who.agreement.empty(), key + ".expires",
                      "only an agreement expires");
    }
}

std::set<std::string> placeholders(std::string_view text) {
    std::set<std::string> all;
    for (std::size_t open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
        std::size_t const close = text.find('}', open);
        if (close == std::string_view::npos) break;
        all.emplace(text.substr(open + 1, close - open - 1));
    }
    return all;
}

void check_texts(PurposeEntry const& p, Problems& problems) {
    std::string const key = "purposes." + p.name;
    problems.want(p.interest.sv.empty() == (p.basis != "legitimate_interest"), key + ".interest",
                  "an interest is named exactly when it is the basis (GDPR Art. 13.1 d)");
    std::set<std::string> needed;
    for (Step const& step : p.retention.steps) needed.insert(step.of);
    if (auto const whole = Period::parse(p.retention.duration); whole && !whole->is_zero())
        needed.insert("period");
    for (std::string const& text : {p.kept.sv, p.kept.en})
        if (!problems.want(placeholders(text) == needed, key + ".kept",
                           "must say every period of its retention as {period} or {step}, and no other"))
            return;
}

void check_periods(PurposeEntry const& p, Problems& problems) {
    std::vector<std::pair<std::string, std::string>> periods;
    for (Step const& step : p.retention.steps) periods.emplace_back(step.of, step.duration);
    if (p.name == "law_retention") periods.emplace_back("traffic", p.retention.duration);
    bool const says_address =
        std::ranges::find(p.retention.steps, "address", &Step::of) != p.retention.steps.end();
    if (p.name == "security_abuse" && !says_address) periods.emplace_back("address", p.retention.duration);
    for (auto const& [of, duration] : periods) {
        auto const limit = std::ranges::find(facts().limits, of, &Limit::of);
        auto const period = Period::parse(duration);
        if (limit == facts().limits.end() || !period) continue;
        problems.want(!is_longer(*period, *limit), "purposes." + p.name + ".retention",
                      fmt::format("{} is kept longer than {} ({})", of, limit->period, limit->law));
    }
}

void check_transfers(Register const& r, PurposeEntry const& p, Problems& problems) {
    std::string const key = "purposes." + p.name + ".recipients";
    for (std::string const& id : r.reached_by(p)) {
        auto const who = std::ranges::find(r.recipients, id, &Recipient::id);
        if (!problems.want(who != r.recipients.end(), key, "unknown recipient")) continue;
        problems.want(who->mechanism != "none", key,
                      fmt::format("{} is outside the EEA and nothing allows the transfer (GDPR Art. 44)", id));
        problems.want(who->mechanism != "derogation" || p.basis == "consent", key,
                      fmt::format("a transfer to {} by derogation needs consent (GDPR 49.1 a)", id));
    }
}

}  // namespace

void check_rules(Register const& r, Document const& document, Problems& problems) {
    check_recipients(r, document, problems);
    for (PurposeEntry const& p : r.purposes) {
        check_texts(p, problems);
        check_periods(p, problems);
        check_transfers(r, p, problems);
    }
}

}  // namespace samtal::processing
