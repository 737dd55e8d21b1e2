#include "breach.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace samtal::audit {

namespace {

/// What depends on the kind of a breach, in one language.
struct KindTexts {
    std::string_view kind, nature, consequences, measures, advice;
};

constexpr KindTexts swedish[] = {
    {"confidentiality", "Obehörig kan ha fått del av personuppgifter (förlust av konfidentialitet).",
     "Uppgifterna kan komma att användas för nätfiske, bedrägeri eller kartläggning, eller bli kända för andra.",
     "Obehörig åtkomst stängs, berörda inloggningar avslutas, nycklar och lösenord byts, och loggarna granskas.",
     "Byt lösenord, avsluta inloggningar som du inte känner igen och var vaksam på oväntade mejl, samtal och "
     "meddelanden."},
    {"integrity", "Personuppgifter kan ha ändrats av obehörig (förlust av riktighet).",
     "Felaktiga uppgifter kan visas eller ligga till grund för beslut tills de har rättats.",
     "Ändringarna spåras i granskningsloggen, riktiga uppgifter återställs från säkerhetskopia och åtkomsten "
     "stängs.",
     "Kontrollera dina uppgifter och meddela oss om något är fel."},
    {"availability",
     "Personuppgifter har inte varit åtkomliga eller kan ha gått förlorade (förlust av tillgänglighet).",
     "Tjänsten och uppgifterna kan ha varit oåtkomliga; uppgifter som inte kan återställas kan vara förlorade.",
     "Uppgifterna återställs från säkerhetskopia, orsaken åtgärdas och återställningen kontrolleras.",
     "Du behöver inte göra något. Meddela oss om något saknas när tjänsten fungerar igen."}};

constexpr KindTexts english[] = {
    {"confidentiality", "Somebody may have seen personal data without being allowed to (loss of confidentiality).",
     "The data may be used for phishing, fraud or profiling, or become known to others.",
     "The unauthorised access is closed, affected sign-ins are ended, keys and passwords are changed, and the "
     "logs are examined.",
     "Change your password, end sign-ins that you do not recognise, and beware of unexpected mail, calls and "
     "messages."},
    {"integrity", "Personal data may have been changed by somebody unauthorised (loss of integrity).",
     "Wrong data may be shown, or decided upon, until it is corrected.",
     "The changes are traced in the audit log, the right data is restored from a backup, and the access is "
     "closed.",
     "Check your data, and tell us if something is wrong."},
    {"availability", "Personal data was out of reach or may be lost (loss of availability).",
     "The service and the data may have been out of reach; what cannot be restored may be lost.",
     "The data is restored from a backup, the cause is removed, and the restoration is checked.",
     "You need to do nothing. Tell us if something is missing once the service works again."}};

KindTexts const& texts_of(KindTexts const (&all)[3], std::string_view kind) {
    for (KindTexts const& texts : all)
        if (texts.kind == kind) return texts;
    return all[0];
}

std::string number(std::optional<std::int64_t> const& count, std::string_view unknown) {
    return count ? std::to_string(*count) : std::string{unknown};
}

constexpr auto drill_sv = "ÖVNING. Skickas inte.\n\n";
constexpr auto drill_en = "DRILL. Not to be sent.\n\n";

constexpr auto authority_sv = R"({drill}Anmälan av personuppgiftsincident (artikel 33 dataskyddsförordningen)
Till: {authority}
Ärende: {id}

Personuppgiftsansvarig: {controller}
Fick kännedom: {aware}. Anmäls senast: {due} (72 timmar).
Görs anmälan senare anges skälen till förseningen här: ingen försening vid utkastets tillkomst.

1. Incidentens art (33.3 a)
{nature}
Inträffade mellan {began} och {ended}.
Kategorier av registrerade: användare av en kommunikationstjänst, anställda i kundorganisationer.
Ungefärligt antal registrerade: {affected}.
Kategorier av personuppgifter: {categories}.
Ungefärligt antal personuppgiftsposter: konton {affected}, inloggningar {sign_ins}, meddelanden {messages}, samtal {calls}.

2. Dataskyddsombud och kontaktpunkt (33.3 b)
{dpo}, {contact}

3. Sannolika konsekvenser (33.3 c)
{consequences}
Innehåll, namn, nummer och adresser lagras krypterade med en nyckel för varje person; utan nycklarna är de oläsliga.

4. Åtgärder (33.3 d)
{measures}
De registrerade informeras enligt artikel 34; utkast finns i ärendet.

Uppgifter som ännu saknas lämnas i omgångar (33.4). Incidenten är dokumenterad i incidentregistret (33.5).
)";

constexpr auto authority_en = R"({drill}Notification of a personal data breach (Article 33 GDPR)
To: {authority}
Case: {id}

Controller: {controller}
Became aware: {aware}. To be notified by: {due} (72 hours).
If it is notified later, the reasons for the delay are given here: no delay when this draft was made.

1. Nature of the breach (33(3)(a))
{nature}
It happened between {began} and {ended}.
Categories of data subjects: users of a communications service, employees of customer organisations.
Approximate number of data subjects: {affected}.
Categories of personal data: {categories}.
Approximate number of records: accounts {affected}, sign-ins {sign_ins}, messages {messages}, calls {calls}.

2. Data protection officer and contact point (33(3)(b))
{dpo}, {contact}

3. Likely consequences (33(3)(c))
{consequences}
Content, names, numbers and addresses are stored encrypted under a key for each person; without the keys they are unreadable.

4. Measures (33(3)(d))
{measures}
The data subjects are told under Article 34; a draft is in the case.

What is not known yet is provided in phases (33(4)). The breach is documented in the breach register (33(5)).
)";

constexpr auto people_sv = R"({drill}Till dig som berörs av en personuppgiftsincident

Vad som har hänt: {nature} Det inträffade mellan {began} och {ended}.
Uppgifter det kan gälla: {categories}.
Vad det kan innebära för dig: {consequences}
Vad vi gör: {measures}
Vad du kan göra: {advice}

Frågor besvaras av {contact}. Du kan också klaga hos {authority}.
{controller}
)";

constexpr auto people_en = R"({drill}To you who are affected by a personal data breach

What happened: {nature} It happened between {began} and {ended}.
Data it may concern: {categories}.
What it may mean for you: {consequences}
What we do: {measures}
What you can do: {advice}

Questions are answered by {contact}. You may also complain to {authority}.
{controller}
)";

struct Language {
    KindTexts const& kind;
    std::string_view name, drill, unknown;
};

/// What this service processes at all: anything of it may have been touched.
std::string categories(processing::Register const& words, std::string_view language) {
    std::vector<std::string> names;
    for (processing::Category const& category : words.categories)
        for (processing::PurposeEntry const& purpose : words.purposes)
            if (std::ranges::find(purpose.categories, category.id) != purpose.categories.end()) {
                names.push_back(category.name.in(language));
                break;
            }
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string fill(std::string_view form, Language const& in, BreachCase const& c, RecordCounts const& n,
                 processing::Register const& words) {
    using fmt::arg;
    return fmt::format(fmt::runtime(form), arg("drill", c.drill ? in.drill : ""),
                       arg("authority", words.authority), arg("controller", words.controller),
                       arg("contact", words.contact), arg("dpo", words.dpo), arg("id", c.id.text()),
                       arg("aware", rfc3339(c.aware_at)), arg("due", rfc3339(c.aware_at + notification_period)),
                       arg("began", rfc3339(c.began)), arg("ended", rfc3339(c.ended)), arg("affected", c.affected),
                       arg("nature", in.kind.nature), arg("consequences", in.kind.consequences),
                       arg("measures", in.kind.measures), arg("advice", in.kind.advice),
                       arg("categories", categories(words, in.name)),
                       arg("sign_ins", number(n.sign_ins, in.unknown)),
                       arg("messages", number(n.messages, in.unknown)), arg("calls", number(n.calls, in.unknown)));
}

}  // namespace

std::vector<Draft> breach_drafts(BreachCase const& c, RecordCounts const& counts,
                                 processing::Register const& words) {
    Language const sv{texts_of(swedish, c.kind), "sv", drill_sv, "räknas ännu"};
    Language const en{texts_of(english, c.kind), "en", drill_en, "still being counted"};
    return {{"authority.sv.txt", fill(authority_sv, sv, c, counts, words)},
            {"authority.en.txt", fill(authority_en, en, c, counts, words)},
            {"people.sv.txt", fill(people_sv, sv, c, counts, words)},
            {"people.en.txt", fill(people_en, en, c, counts, words)}};
}

}  // namespace samtal::audit
