"""Which keys the parts of the register have, and of which type their values are."""
from __future__ import annotations

import datetime
import pathlib
import re

from periods import is_period
from problems import only, want

ROLES = {"processor", "controller", "authority"}
MECHANISMS = {"eea", "adequacy", "scc", "derogation", "none"}
LEK = {"traffic", "location", "content", "none"}
SENSITIVITY = {"low", "medium", "high"}
MAIL = re.compile(r"[^\s<>,;:\"()\[\]\\@]+@[^\s<>,;:\"()\[\]\\@]+")
STEP = {"of", "duration", "action"}
RETENTION = {"anchor", "duration", "action", "lag"}


def is_text(value: object) -> bool:
    return isinstance(value, str) and value.strip() != ""


def is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(is_text(entry) for entry in value)


def words(path: pathlib.Path, key: str, value: object, languages: list[str]) -> None:
    """A text in every language of the register and in no other."""
    want(path, key, isinstance(value, dict), "must be a text in each language")
    assert isinstance(value, dict)
    for language in languages:
        want(path, key, is_text(value.get(language)), f"has no text in {language}")
    want(path, key, set(value) == set(languages), "has a text in a language that the register does not name")


def top(path: pathlib.Path, raw: dict) -> None:
    for key in ("service_class", "controller", "contact", "dpo", "authority"):
        want(path, key, is_text(raw[key]), "must be a text")
    want(path, "languages", raw["languages"] == ["sv", "en"], "must be sv and en")
    only(path, "security.", raw["security"], set(raw["languages"]), set(raw["languages"]))
    for language, texts in raw["security"].items():
        want(path, f"security.{language}", is_list_of_texts(texts) and texts != [], "must be a list of texts")
    want(path, "security", len({len(texts) for texts in raw["security"].values()}) == 1, "needs the same texts in each language")
    only(path, "transfers.", raw["transfers"], {"eea", "adequacy"}, {"eea", "adequacy"})
    for kind, countries in raw["transfers"].items():
        want(path, f"transfers.{kind}", is_list_of_texts(countries), "must be a list of country codes")
    for kind in ("categories", "people", "tables", "recipients", "purposes"):
        for name, entry in raw[kind].items():
            want(path, f"{kind}.{name}", isinstance(entry, dict), "must be a table")


def vocabulary(path: pathlib.Path, raw: dict) -> None:
    texts = set(raw["languages"])
    for name, entry in raw["people"].items():
        words(path, f"people.{name}", entry, raw["languages"])
    for name, entry in raw["categories"].items():
        key = f"categories.{name}"
        only(path, key + ".", entry, {*texts, "lek", "sensitivity"}, {"lek", "sensitivity"})
        words(path, key, {k: v for k, v in entry.items() if k not in ("lek", "sensitivity")}, raw["languages"])
        want(path, f"{key}.lek", entry["lek"] in LEK, "unknown class of the LEK")
        want(path, f"{key}.sensitivity", entry["sensitivity"] in SENSITIVITY, "must be low, medium or high")


def recipient(path: pathlib.Path, name: str, entry: dict, languages: list[str]) -> None:
    key = f"recipients.{name}"
    only(path, key + ".", entry, {"name", "role", "country", "mechanism", "agreement", "expires", "passes_on_to", "notify", "silent"},
         {"name", "role", "country"})
    if not is_text(entry["name"]):
        words(path, f"{key}.name", entry["name"], languages)
    want(path, f"{key}.role", entry["role"] in ROLES, "must be processor, controller or authority")
    want(path, f"{key}.country", is_text(entry["country"]), "must be a country code")
    want(path, f"{key}.mechanism", entry.get("mechanism") in MECHANISMS, "has no transfer mechanism")
    want(path, f"{key}.agreement", is_text(entry.get("agreement", "-")), "must be a text")
    want(path, f"{key}.passes_on_to", is_list_of_texts(entry.get("passes_on_to", [])), "must be a list of words")
    want(path, f"{key}.notify", MAIL.fullmatch(str(entry.get("notify", "a@b"))) is not None, "must be an e-mail address")
    want(path, f"{key}.silent", isinstance(entry.get("silent", True), bool), "must be true or false")
    want(path, f"{key}.silent", "silent" not in entry or entry["role"] == "authority", "only what an authority got may be kept silent")
    expires = entry.get("expires")
    want(path, f"{key}.expires", expires is None or type(expires) is datetime.date, "must be a date")


def retention(path: pathlib.Path, key: str, entry: object) -> None:
    want(path, key, isinstance(entry, dict), "must be a table")
    assert isinstance(entry, dict)
    only(path, key + ".", entry, RETENTION | {"steps"}, RETENTION)
    want(path, key, is_period(entry["duration"]), "needs an ISO 8601 duration")
    want(path, f"{key}.lag", is_period(entry["lag"]), "needs an ISO 8601 duration")
    for word in ("anchor", "action"):
        want(path, f"{key}.{word}", is_text(entry[word]), "must be a word")
    steps = entry.get("steps", [])
    want(path, f"{key}.steps", isinstance(steps, list) and all(isinstance(s, dict) for s in steps), "must be a list of tables")
    for step in steps:
        only(path, f"{key}.steps.", step, STEP, STEP)
        want(path, f"{key}.steps", is_period(step["duration"]), "needs an ISO 8601 duration")
        want(path, f"{key}.steps", is_text(step["of"]) and is_text(step["action"]), "must be words")
