"""Registers with one contradiction each. The tool at build time and the program at run time are held to the same list."""
from __future__ import annotations

import pathlib
from dataclasses import dataclass

from support.platform import REPOSITORY

REGISTER = REPOSITORY / "config/processing.toml"


@dataclass(frozen=True)
class Broken:
    """`old` becomes `new`; the report names `key` and `reason`, and the line where `at` begins: the changed one if not given."""

    name: str
    old: str
    new: str
    key: str
    reason: str
    at: str = ""

    def write(self, directory: pathlib.Path) -> pathlib.Path:
        text = REGISTER.read_text()
        assert self.old in text, self.old
        path = directory / "processing.toml"
        path.write_text(text.replace(self.old, self.new, 1))
        return path

    def line(self, path: pathlib.Path) -> int:
        text = path.read_text()
        if self.at:
            return text.count("\n", 0, text.index(self.at)) + 1
        pairs = zip(text.splitlines(), REGISTER.read_text().splitlines(), strict=False)
        return next(number for number, (now, before) in enumerate(pairs, 1) if now != before)


RESELLER = """role = "processor"
country = "SE"
mechanism = "eea"
agreement"""


def reseller(country: str, mechanism: str) -> str:
    return RESELLER.replace("SE", country).replace('"eea"', f'"{mechanism}"')


SUBPROCESSOR = """[recipients.subprocessor]
name = "Underbiträde"
role = "processor"
country = "IN"
mechanism = "none"
agreement = "x"
[recipients.another]
name = "Annan"
"""
ADDRESS = """kept = { sv = "IP-adresser i sin helhet i {address}, förkortade i {period}.", en = "IP addresses in full for {address}, truncated for {period}." }
retention = { anchor = "seen", duration = "P180D", action = "delete", lag = "P1D", steps = [{ of = "address", duration = "P30D", action = "truncate" }] }"""
ADDRESS_ALWAYS = """kept = { sv = "IP-adresser i {period}.", en = "IP addresses for {period}." }
retention = { anchor = "seen", duration = "P180D", action = "delete", lag = "P1D" }"""

# What only a build can change: at run time any difference in it is refused.
STRUCTURE = [
    Broken("consent without opt_in", 'law = "GDPR 6.1 b; LEK 9:2"\nchoice = "opt_in"', 'law = "GDPR 6.1 b; LEK 9:2"\nchoice = "none"',
           "purposes.call_history.choice", "consent is the basis exactly when the choice is opt_in"),
    Broken("objection to a contract", 'law = "GDPR 6.1 b; LEK 9:27"\nchoice = "none"', 'law = "GDPR 6.1 b; LEK 9:27"\nchoice = "object"',
           "purposes.chat_messaging.choice", "only a legitimate interest can be objected to"),
    Broken("a code that is no word", 'codes = ["support-case",', 'codes = ["Support case",', "purposes.support_case.codes",
           "must be lower-case words"),
    Broken("unknown caller", 'callers = ["person", "doorstep"]', 'callers = ["stranger"]', "purposes.cookies_necessary.callers", "unknown caller"),
    Broken("somebody acts under another's consent", 'choice = "opt_in"\ncallers = ["person"]', 'choice = "opt_in"\ncallers = ["operator"]',
           "purposes.call_history.callers", "only the person themselves acts under their consent"),
    Broken("subject without field", 'subject = "owner_id"', 'subject = "somebody"', "tables.calls", "its subject is no field of it", "[tables.calls]"),
    Broken("misspelt key", 'service_class = "closed_group"', 'service_clas = "closed_group"', "service_clas", "unknown key"),
    Broken("unknown class of service", 'service_class = "closed_group"', 'service_class = "club"', "service_class", "unknown class of service"),
    Broken("field that nobody may read", 'fields = { sender_id = "relation", text = "content",', 'fields = { sender_id = "relation", mood = "content", text = "content",',
           "tables.messages.fields.mood", "no purpose may touch it"),
    Broken("traffic without the LEK", 'law = "GDPR 6.1 b; LEK 9:2"', 'law = "GDPR 6.1 b"', "purposes.call_history.law",
           "handles traffic or location data (call_counters."),
    Broken("consent on by default", 'default = "off"', 'default = "on"', "purposes.call_history.default", "consent is off until it is given"),
    Broken("choice without default", 'default = "off"\n', "", "purposes.call_history.default", "stands exactly where somebody can choose", "[purposes.call_history]"),
    Broken("child too young", "minimum_age = 13", "minimum_age = 12", "purposes.call_history.minimum_age", "children consent from 13 on"),
    Broken("police data in a closed group", 'service_classes = ["number_based_public"]', 'service_classes = ["closed_group"]',
           "purposes.law_retention.service_classes", "only number-based public services retain for the authorities"),
    Broken("police data everywhere", 'service_classes = ["number_based_public"]\n', "", "purposes.law_retention.service_classes",
           "only number-based public services retain for the authorities", "[purposes.law_retention]"),
    Broken("compatible with consent", 'compatible = ["billing",', 'compatible = ["marketing",', "purposes.call_setup.compatible",
           "where consent is the basis no other purpose is compatible"),
    Broken("unknown people", 'people = ["user", "counterpart"]', 'people = ["stranger"]', "purposes.call_setup.people", "unknown category of people"),
    Broken("unknown class of the LEK", 'lek = "traffic"', 'lek = "trafic"', "categories.traffic.lek", "unknown class of the LEK"),
    Broken("consent without an age", "minimum_age = 13\n", "", "purposes.call_history.minimum_age", "stands exactly where consent is asked", "[purposes.call_history]"),
    Broken("Sec-GPC without consent", 'people = ["user", "colleague"]', 'people = ["user", "colleague"]\noff_by_gpc = true',
           "purposes.chat_messaging.off_by_gpc", "Sec-GPC can only keep a consent off", "off_by_gpc = true"),
]

# What may differ at run time, and is checked in both places.
RUN_TIME = [
    Broken("unknown recipient", 'recipients = ["operator"]\npeople = ["user", "colleague"]', 'recipients = ["somebody"]\npeople = ["user", "colleague"]',
           "purposes.chat_messaging.recipients", "unknown recipient"),
    Broken("no period", '"call_end", duration = "P90D"', '"call_end", duration = "soon"', "purposes.call_history.retention", "needs an ISO 8601 duration"),
    Broken("no text in English", 'title = { sv = "Marknadsföring", en = "Marketing" }', 'title = { sv = "Marknadsföring" }',
           "purposes.marketing.title", "has no text in en"),
    Broken("blank text", 'en = "Until you withdraw."', 'en = " "', "purposes.marketing.kept", "has no text in en"),
    Broken("text in a third language", 'en = "Marketing" }', 'en = "Marketing", fi = "Markkinointi" }', "purposes.marketing.title",
           "has a text in a language that the register does not name"),
    Broken("no mechanism", RESELLER, RESELLER.replace('mechanism = "eea"\n', ""), "recipients.reseller.mechanism", "has no transfer mechanism", "[recipients.reseller]"),
    Broken("outside the EEA, inside by word", RESELLER, reseller("IN", "eea"), "recipients.reseller.mechanism",
           "eea is the mechanism exactly when the country is in the EEA", 'mechanism = "eea"\nagreement'),
    Broken("nothing allows the transfer", RESELLER, reseller("IN", "none"), "purposes.reseller_service.recipients",
           "reseller is outside the EEA and nothing allows the transfer", 'recipients = ["operator", "organisation", "reseller"]'),
    Broken("derogation without consent", RESELLER, reseller("IN", "derogation"), "purposes.reseller_service.recipients",
           "a transfer to reseller by derogation needs consent", 'recipients = ["operator", "organisation", "reseller"]'),
    Broken("adequacy nobody decided", RESELLER, reseller("CN", "adequacy"), "recipients.reseller.mechanism",
           "there is no decision on adequacy for its country", 'mechanism = "adequacy"'),
    Broken("passed on to nobody known", RESELLER, f'passes_on_to = ["somebody"]\n{RESELLER}', "recipients.reseller.passes_on_to", "unknown recipient"),
    Broken("passed on beyond what is allowed", RESELLER, f'passes_on_to = ["subprocessor"]\n{RESELLER} = "x"\n{SUBPROCESSOR}{RESELLER}',
           "purposes.reseller_service.recipients", "subprocessor is outside the EEA and nothing allows the transfer",
           'recipients = ["operator", "organisation", "reseller"]'),
    Broken("no country", RESELLER, reseller("Sverige", "eea"), "recipients.reseller.country", "must be a country code"),
    Broken("processor without agreement", RESELLER, RESELLER.replace("agreement", "# agreement"), "recipients.reseller.agreement",
           "a processor needs an agreement", "[recipients.reseller]"),
    Broken("expiry without agreement", 'role = "authority"', 'role = "authority"\nexpires = 2030-01-01', "recipients.authorities.expires",
           "only an agreement expires"),
    Broken("expiry that is no date", 'role = "authority"', 'role = "authority"\nexpires = "soon"', "recipients.authorities.expires", "must be a date"),
    Broken("unknown key of a recipient", 'role = "authority"', 'role = "authority"\ncolour = "red"', "recipients.authorities.colour", "unknown key"),
    Broken("unknown role", 'role = "authority"', 'role = "friend"', "recipients.authorities.role", "must be processor, controller or authority"),
    Broken("longer than the law", 'anchor = "communication_end", duration = "P6M"', 'anchor = "communication_end", duration = "P7M"',
           "purposes.law_retention.retention", "traffic is kept longer than P6M (LEK 9:22)"),
    Broken("location longer than the law", 'of = "location", duration = "P2M"', 'of = "location", duration = "P60D"',
           "purposes.law_retention.retention", "location is kept longer than P2M (LEK 9:22)"),
    Broken("IP address too long", 'of = "address", duration = "P30D"', 'of = "address", duration = "P31D"',
           "purposes.security_abuse.retention", "address is kept longer than P30D"),
    Broken("IP address all the time", ADDRESS, ADDRESS_ALWAYS, "purposes.security_abuse.retention", "address is kept longer than P30D",
           'retention = { anchor = "seen"'),
    Broken("period not said", 'kept = { sv = "Varje samtal: {period} efter samtalet.', 'kept = { sv = "Varje samtal: 90 dagar efter samtalet.',
           "purposes.call_history.kept", "must say every period of its retention"),
    Broken("interest not named", 'interest = { sv = "att skydda', '# interest = { sv = "att skydda', "purposes.security_abuse.interest",
           "an interest is named exactly when it is the basis", "[purposes.security_abuse]"),
    Broken("unknown key of a retention", '"call_end", duration = "P90D"', '"call_end", duration = "P90D", colour = "red"', "purposes.call_history.retention.colour", "unknown key"),
    Broken("security in one language", '"Loggar och mätvärden utan personuppgifter"]', '"Loggar och mätvärden utan personuppgifter", "Mer"]',
           "security", "needs the same texts in each language", "[security]"),
]
