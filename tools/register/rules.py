"""What may not stand in a register together, each with the reason."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING

import shape
from periods import LIMITS, is_longer
from problems import want

if TYPE_CHECKING:
    from model import Purpose, Register

PLACEHOLDER = re.compile(r"\{([^}]*)\}")
LEAST_AGE = 13
RETAINED_BY_LAW = "LEK 9:19"


def check(register: Register) -> None:
    _recipients(register)
    for purpose in register.purposes:
        for rule in (_texts, _choice, _law, _periods, _transfers, _references):
            rule(register, purpose)


def _recipients(register: Register) -> None:
    """Art. 28 and 44–49, as far as a recipient alone can break them."""
    path, transfers = register.path, register.raw["transfers"]
    for name, entry in register.raw["recipients"].items():
        key, country, mechanism = f"recipients.{name}", entry["country"], entry["mechanism"]
        inside = country in transfers["eea"]
        want(path, f"{key}.country", re.fullmatch("[A-Z]{2}", country) is not None, "must be a country code")
        want(path, f"{key}.mechanism", (mechanism == "eea") == inside,
             "eea is the mechanism exactly when the country is in the EEA")
        want(path, f"{key}.mechanism", mechanism != "adequacy" or country in transfers["adequacy"],
             "there is no decision on adequacy for its country (GDPR Art. 45)")
        want(path, f"{key}.agreement", entry["role"] != "processor" or "agreement" in entry,
             "a processor needs an agreement (GDPR Art. 28.3)")
        want(path, f"{key}.expires", "expires" not in entry or "agreement" in entry, "only an agreement expires")


def _texts(register: Register, purpose: Purpose) -> None:
    key, raw, steps = f"purposes.{purpose.name}", purpose.raw, purpose.raw["retention"].get("steps", [])
    for text in ("title", "reason", "kept", "interest", "source"):
        if text in raw:
            shape.words(register.path, f"{key}.{text}", raw[text], register.raw["languages"])
    want(register.path, f"{key}.interest", ("interest" in raw) == (raw["basis"] == "legitimate_interest"),
         "an interest is named exactly when it is the basis (GDPR Art. 13.1 d)")
    needed = {step["of"] for step in steps} | ({"period"} if re.search("[1-9]", raw["retention"]["duration"]) else set())
    for text in raw["kept"].values():
        want(register.path, f"{key}.kept", set(PLACEHOLDER.findall(text)) == needed,
             "must say every period of its retention as {period} or {step}, and no other")


def _choice(register: Register, purpose: Purpose) -> None:
    path, key, raw = register.path, f"purposes.{purpose.name}", purpose.raw
    can_choose = raw["choice"] != "none"
    want(path, f"{key}.default", ("default" in raw) == can_choose, "stands exactly where somebody can choose")
    want(path, f"{key}.default", raw.get("default", "off") in ("on", "off"), "must be on or off")
    want(path, f"{key}.default", raw["choice"] != "opt_in" or raw["default"] == "off",
         "consent is off until it is given (GDPR Art. 4.11)")
    age = raw.get("minimum_age")
    want(path, f"{key}.minimum_age", (age is not None) == (raw["choice"] == "opt_in"), "stands exactly where consent is asked")
    want(path, f"{key}.minimum_age", age is None or (type(age) is int and age >= LEAST_AGE), "children consent from 13 on")
    want(path, f"{key}.off_by_gpc", not raw.get("off_by_gpc", False) or raw["choice"] == "opt_in",
         "Sec-GPC can only keep a consent off")


def _law(register: Register, purpose: Purpose) -> None:
    """The LEK guards traffic and location; retention for the police exists in one class of service only."""
    path, key, raw = register.path, f"purposes.{purpose.name}", purpose.raw
    guarded = [f"{t}.{c}" for t, c in register.personal_fields(purpose)
               if register.raw["categories"][register.tables[t].fields[c]]["lek"] in ("traffic", "location")]
    want(path, f"{key}.law", not guarded or "LEK" in raw["law"],
         f"handles traffic or location data ({guarded[0] if guarded else ''}) without a paragraph of the LEK")
    classes = raw.get("service_classes")
    want(path, f"{key}.service_classes", classes is None or (classes != [] and set(classes) <= register.service_classes()),
         "unknown class of service")
    by_law = purpose.name == "law_retention" or RETAINED_BY_LAW in raw["law"]
    want(path, f"{key}.service_classes", not by_law or classes == ["number_based_public"],
         "only number-based public services retain for the authorities (LEK 9:19)")
    want(path, f"{key}.basis", not by_law or raw["basis"] == "legal_obligation",
         "what the law demands rests on a legal obligation (GDPR 6.1 c)")


def _periods(register: Register, purpose: Purpose) -> None:
    retention = purpose.raw["retention"]
    periods = [(step["of"], step["duration"]) for step in retention.get("steps", [])]
    if purpose.name == "law_retention":
        periods.append(("traffic", retention["duration"]))
    if purpose.name == "security_abuse" and "address" not in dict(periods):
        periods.append(("address", retention["duration"]))
    for of, duration in periods:
        limit = LIMITS.get(of)
        want(register.path, f"purposes.{purpose.name}.retention", limit is None or not is_longer(duration, limit),
             f"{of} is kept longer than {limit['period'] if limit else ''} ({limit['law'] if limit else ''})")


def _transfers(register: Register, purpose: Purpose) -> None:
    for name in purpose.raw["recipients"]:
        mechanism = register.raw["recipients"][name]["mechanism"]
        key = f"purposes.{purpose.name}.recipients"
        want(register.path, key, mechanism != "none", f"{name} is outside the EEA and nothing allows the transfer (GDPR Art. 44)")
        want(register.path, key, mechanism != "derogation" or purpose.raw["basis"] == "consent",
             f"a transfer to {name} by derogation needs consent (GDPR 49.1 a)")


def _references(register: Register, purpose: Purpose) -> None:
    path, key, raw = register.path, f"purposes.{purpose.name}", purpose.raw
    want(path, f"{key}.people", raw["people"] != [] and set(raw["people"]) <= set(register.raw["people"]), "unknown category of people")
    others = {other.name: other.raw["basis"] for other in register.purposes}
    for other in raw.get("compatible", []):
        want(path, f"{key}.compatible", other in others and other != purpose.name, "unknown purpose")
        want(path, f"{key}.compatible", "consent" not in (raw["basis"], others[other]),
             "where consent is the basis no other purpose is compatible (GDPR 6.4)")
