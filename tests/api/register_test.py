"""A2, A4, I1, I2: the processing register as it is checked, recorded and told to people."""
from __future__ import annotations

import csv
import io
import json
import pathlib
import subprocess
import tomllib

import pytest

from support.broken_registers import REGISTER, RESELLER, RUN_TIME, STRUCTURE, Broken
from support.client import Client, ok
from support.platform import Platform
from support.single import BINARIES, ctl

PURPOSES = [name for name, entry in tomllib.loads(REGISTER.read_text())["purposes"].items() if name != "law_retention"]


def record(form: str, *arguments: object) -> str:
    command = [BINARIES / "samtalctl", "register", "record", "--format", form, "--file", REGISTER, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, timeout=30)  # bytes: the ends of lines count
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


# --- checked

def test_A2_the_register_in_force_holds_together(platform: Platform) -> None:
    assert platform.ctl("register", "check")["problems"] == []


@pytest.mark.parametrize("broken", RUN_TIME, ids=lambda b: b.name)
def test_A2_a_contradiction_is_named_with_its_line(tmp_path: pathlib.Path, broken: Broken) -> None:
    path = broken.write(tmp_path)
    done = ctl("register", "check", "--file", path)
    assert done.returncode == 1
    [line] = [line for line in done.stdout.splitlines() if f": {broken.key}: {broken.reason}" in line]
    assert line.startswith(f"{path}:{broken.line(path)}: ")


@pytest.mark.parametrize("broken", STRUCTURE, ids=lambda b: b.name)
def test_A2_another_structure_needs_a_build(tmp_path: pathlib.Path, broken: Broken) -> None:
    path = broken.write(tmp_path)
    done = ctl("register", "check", "--file", path)
    assert done.returncode == 1
    found = [line for line in done.stdout.splitlines() if "needs a build and a migration" in line]
    assert found and all(line.startswith(f"{path}:") for line in found)


def test_A2_every_contradiction_has_its_own_line(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "processing.toml"
    text = REGISTER.read_text()
    for broken in RUN_TIME[-4:-2]:
        text = text.replace(broken.old, broken.new, 1)
    path.write_text(text)
    done = ctl("register", "check", "--file", path, "--json")
    assert done.returncode == 1
    assert [p["key"] for p in json.loads(done.stdout)["problems"]] == [b.key for b in RUN_TIME[-4:-2]]


def test_H3_an_agreement_that_ended_is_reported(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "processing.toml"
    path.write_text(REGISTER.read_text().replace(RESELLER, "expires = 2020-01-01\n" + RESELLER, 1))
    done = ctl("register", "check", "--file", path)
    assert done.returncode == 1
    assert "recipients.reseller.expires: the agreement has expired" in done.stdout
    assert ctl("register", "record", "--file", path).returncode == 0


def test_a_register_that_is_absent_or_no_toml_is_one_line(tmp_path: pathlib.Path) -> None:
    (tmp_path / "no.toml").write_text("[purposes\n")
    for name in ("none.toml", "no.toml"):
        done = ctl("register", "check", "--file", tmp_path / name)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1 and name in done.stderr


# --- recorded

def test_A2_the_record_as_json_is_complete_and_stable() -> None:
    written = json.loads(record("json"))
    assert record("json") == record("json")
    assert [p["id"] for p in written["purposes"]] == PURPOSES
    for purpose in written["purposes"]:
        assert set(purpose) >= {"title", "reason", "basis", "law", "data_categories", "people_categories", "recipients", "retention", "choice"}
        assert purpose["people_categories"] and purpose["recipients"]
        for recipient in purpose["recipients"]:
            assert recipient["role"] and recipient["country"] and recipient["mechanism"]
    assert written["controller"] and written["contact"] and written["data_protection_officer"] and written["security"]
    history = next(p for p in written["purposes"] if p["id"] == "call_history")
    assert "traffic" in [c["id"] for c in history["data_categories"]]
    assert history["retention"]["duration"] == "P90D"


@pytest.mark.parametrize("language, heading", [("sv", "Rättslig grund"), ("en", "Lawful basis")])
def test_A2_the_record_as_csv_is_a_table(language: str, heading: str) -> None:
    text = record("csv", "--language", language)
    assert text.count("\r\n") == text.count("\n") == len(PURPOSES) + 1
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["Beteckning" if language == "sv" else "Identifier"] for row in rows] == PURPOSES
    assert all(row[heading] and None not in row for row in rows)
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


@pytest.mark.parametrize("language, words", [("sv", ["# Register", "Samtalshistorik", "Lagringstid", "90 dagar efter samtalet", "inom EES"]),
                                             ("en", ["# Record", "Call history", "Retention", "90 days after the call", "within the EEA"])])
def test_A4_the_record_as_markdown_is_read_by_people(language: str, words: list[str]) -> None:
    text = record("md", "--language", language)
    for word in [*words, "Infracom Communications AB", "integritet@infracom.example", "dataskyddsombud@infracom.example"]:
        assert word in text
    assert text.count("\n## ") == len(PURPOSES) + 1


def test_A2_the_record_of_the_register_in_force_is_written(platform: Platform) -> None:
    assert platform.ctl("register", "record")["version"] == ok(Client(platform.url).get("/v1/notice"), 200)["version"]


# --- told to people

ITEMS = {  # GDPR Art. 13 and 14
    "13.1 a controller and contact": ("Infracom Communications AB", "integritet@infracom.example"),
    "13.1 b data protection officer": ("dataskyddsombud@infracom.example",),
    "13.1 c purposes and bases": ("GDPR 6.1 b", "GDPR 6.1 c", "GDPR 6.1 f", "GDPR 6.1 a"),
    "13.1 d legitimate interests": {"sv": ("Det intresse vi väger mot ditt: att skydda konton",), "en": ("interest that we weigh against yours: protecting accounts",)},
    "13.1 e recipients": {"sv": ("Mottagare: Infracom", "återförsäljare", "din arbetsgivare"), "en": ("Recipients: Infracom", "reseller", "your employer")},
    "13.1 f transfers": {"sv": ("inom EES", "inte över till något land utanför"), "en": ("within the EEA", "not transferred to any country outside")},
    "13.2 a periods": {"sv": ("90 dagar efter samtalet", "12 månader om din organisation"), "en": ("90 days after the call", "12 months unless your organisation")},
    "13.2 b rights": {"sv": ("rättade, raderade eller begränsade", "format som datorer läser", "invända"), "en": ("corrected, erased or restricted", "machine-readable", "object")},
    "13.2 c withdrawal": {"sv": ("samtycke kan du återkalla när som helst",), "en": ("withdraw a consent at any time",)},
    "13.2 d complaint": {"sv": ("klaga hos", "IMY"), "en": ("complain to", "IMY")},
    "13.2 e whether obligatory": {"sv": ("Utan dessa uppgifter kan du inte använda den", "Krävs enligt lag"), "en": ("Without this data you cannot use it", "Required by law")},
    "13.2 f automated decisions": {"sv": ("Inga beslut om dig fattas automatiskt",), "en": ("No decisions about you are made automatically",)},
    "14.1 d categories of data": {"sv": ("Uppgifter: ", "Trafikuppgifter"), "en": ("Data: ", "Traffic data")},
    "14.2 f source": {"sv": ("Varifrån: ", "kommer från telefonväxeln"), "en": ("Where from: ", "comes from the telephone switch")},
}


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_A4_the_notice_holds_every_item_of_articles_13_and_14(anyone: Client, item: str, language: str) -> None:
    notice = ok(anyone.get(f"/v1/notice?language={language}"), 200)
    wanted = ITEMS[item]
    for words in wanted[language] if isinstance(wanted, dict) else wanted:
        assert words in notice["text"] and words in notice["html"].replace("</strong>", "").replace("<strong>", "")


def test_A2_the_notice_names_every_purpose_in_effect(anyone: Client) -> None:
    text = ok(anyone.get("/v1/notice?language=sv"), 200)["text"]
    titles = {name: entry["title"]["sv"] for name, entry in tomllib.loads(REGISTER.read_text())["purposes"].items()}
    for name, title in titles.items():
        assert (f"\n{title}\n" in text) == (name != "law_retention"), title
