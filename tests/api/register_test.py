"""A2, A4, I1, I2: the processing register as it is checked, recorded and told to people, and changed while the server runs."""
from __future__ import annotations

import csv
import io
import json
import pathlib
import signal
import subprocess
import tomllib
from collections.abc import Callable, Iterator

import pytest

from support.broken_registers import REGISTER, RESELLER, RUN_TIME, STRUCTURE, Broken, reseller
from support.client import Client, ok
from support.database import Cluster
from support.platform import Platform, eventually
from support.settings import set_key
from support.single import BINARIES, SingleServer

PURPOSES = [name for name, entry in tomllib.loads(REGISTER.read_text())["purposes"].items() if name != "law_retention"]
MARKETING = 'en = "To send offers to your e-mail."'


def ctl(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARIES / "samtalctl", *map(str, arguments)], capture_output=True, text=True, timeout=30)


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


# --- changed while the server runs

class Changing(SingleServer):
    """A server with a register of its own."""

    def __init__(self, platform: Platform, directory: pathlib.Path) -> None:
        self.register = directory / "processing.toml"
        self.register.write_text(REGISTER.read_text())
        super().__init__(platform, directory, {"register.file": f'"{self.register}"'})
        self.client = Client(f"http://127.0.0.1:{self.port}")
        self.wait(lambda: self.client.get("/readyz").status_code == 200)

    def notice(self, language: str = "en") -> dict[str, str]:
        return ok(self.client.get(f"/v1/notice?language={language}"), 200)

    def events(self, name: str) -> list[dict[str, str]]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]

    def change(self, old: str, new: str, event: str = "config.reloaded") -> None:
        """Edits the register, sends SIGHUP and waits for what the server says to it."""
        text = self.register.read_text()
        assert old in text, old
        self.register.write_text(text.replace(old, new, 1))
        before = len(self.events(event))
        self.process.send_signal(signal.SIGHUP)
        eventually(lambda: len(self.events(event)) > before, 10, event)

    def restore(self) -> None:
        """The terms in force are the whole deployment's: as they were, for the tests that follow."""
        before = len(self.events("config.reloaded"))
        self.register.write_text(REGISTER.read_text())
        self.process.send_signal(signal.SIGHUP)
        eventually(lambda: len(self.events("config.reloaded")) > before, 10, "restored")


@pytest.fixture
def changing(platform: Platform, tmp_path: pathlib.Path) -> Iterator[Changing]:
    server = Changing(platform, tmp_path)
    yield server
    server.restore()
    assert server.stop() == 0


def test_A2_a_corrected_text_takes_effect_and_asks_nobody_anew(changing: Changing) -> None:
    before = changing.notice()
    changing.change(MARKETING, 'en = "To send you offers by e-mail."')
    after = changing.notice()
    assert "To send you offers by e-mail." in after["text"] and "To send you offers by e-mail." in after["html"]
    assert after["version"] == before["version"]


def test_I1_a_period_takes_effect_and_is_a_new_notice(changing: Changing) -> None:
    before = changing.notice()
    assert "90 days after the call" in before["text"]
    changing.change('"call_end", duration = "P90D"', '"call_end", duration = "P30D"')
    after = changing.notice()
    assert "30 days after the call" in after["text"] and "90 days after the call" not in after["text"]
    assert "30 dagar efter samtalet" in changing.notice("sv")["text"]
    assert after["version"] != before["version"]


def test_I2_a_transfer_outside_the_eea_is_told(changing: Changing) -> None:
    before = changing.notice()
    changing.change(RESELLER, reseller("IN", "scc"))
    after = changing.notice()
    assert "the reseller from whom your organisation buys the service (IN, standard contractual clauses)" in after["text"]
    assert "not transferred to any country outside" not in after["text"]
    assert after["version"] != before["version"]
    assert ctl("register", "check", "--file", changing.register).returncode == 0


def test_A2_a_broken_register_is_refused_and_the_old_one_stays(changing: Changing) -> None:
    before = changing.notice()
    changing.change('"call_end", duration = "P90D"', '"call_end", duration = "soon"', "config.refused")
    said = changing.events("config.refused")[-1]["problem"]
    assert said.startswith(f"{changing.register}:") and "purposes.call_history.retention: needs an ISO 8601 duration" in said
    assert changing.notice() == before
    changing.change('duration = "soon"', 'duration = "P60D"')
    assert "60 days after the call" in changing.notice()["text"]


def test_A2_another_structure_is_refused_while_running(changing: Changing) -> None:
    before = changing.notice()
    changing.change('callers = ["person", "doorstep"]', 'callers = ["person"]', "config.refused")
    assert "purposes.cookies_necessary.callers: differs from what is built in: this needs a build and a migration" in \
        changing.events("config.refused")[-1]["problem"]
    assert changing.notice() == before


def test_A2_a_change_of_the_register_stands_in_the_audit_trail(platform: Platform, changing: Changing) -> None:
    count = "SELECT count(*) FROM audit_leaves WHERE act = 'register.renewed' AND actor_kind = 'operator'"
    before = int(Cluster(platform).ask("samtal", count)[0][0])
    changing.change(MARKETING, 'en = "Offers."')
    assert int(Cluster(platform).ask("samtal", count)[0][0]) == before + 1
    changing.change('en = "Offers."', 'en = "Offers."')  # the same bytes
    assert int(Cluster(platform).ask("samtal", count)[0][0]) == before + 1


def test_A2_a_change_that_was_made_while_no_server_ran_stands_in_the_audit_trail(platform: Platform, tmp_path: pathlib.Path) -> None:
    leaves = "SELECT reference FROM audit_leaves WHERE act = 'register.renewed' AND actor_kind = 'operator' ORDER BY acted_at"

    def start_and_stop() -> None:
        assert server.stop() == 0

    before = Cluster(platform).ask("samtal", leaves)
    assert before, "the first start says which register holds"
    server = Changing(platform, tmp_path)
    assert Cluster(platform).ask("samtal", leaves) == before, "nothing changed"
    start_and_stop()
    text = server.register.read_text()
    assert MARKETING in text
    server.register.write_text(text.replace(MARKETING, 'en = "Changed while nobody looked."', 1))
    for _ in range(2):  # and once only
        server = SingleServer(platform, tmp_path, {"register.file": f'"{tmp_path}/processing.toml"'})  # type: ignore[assignment]
        client = Client(f"http://127.0.0.1:{server.port}")
        server.wait(lambda: client.get("/readyz").status_code == 200)
        assert len(Cluster(platform).ask("samtal", leaves)) == len(before) + 1
        start_and_stop()
    server = Changing(platform, tmp_path)  # as it was, for the tests that follow
    assert Cluster(platform).ask("samtal", leaves)[-1] == before[-1]
    start_and_stop()


@pytest.mark.parametrize("broken", [RUN_TIME[1], RUN_TIME[2], STRUCTURE[2]], ids=lambda b: b.name)
def test_A2_a_broken_register_stops_the_start(platform: Platform, tmp_path: pathlib.Path, broken: Broken) -> None:
    path = broken.write(tmp_path)
    config = tmp_path / "server.toml"
    text = (platform.data / "config/server.toml").read_text()
    config.write_text(set_key(set_key(text, "register.file", f'"{path}"'), "server.admin_socket", f'"{tmp_path}/a.sock"'))
    ended = subprocess.run([BINARIES / "samtal-server", "--config", config], capture_output=True, text=True, timeout=30)
    assert (ended.returncode, ended.stdout) == (2, "")
    [line] = ended.stderr.splitlines()
    assert line.startswith(f"{path}:{broken.line(path)}: {broken.key}: ")


def test_A3_a_consent_asked_for_under_an_old_notice_is_refused(changing: Changing, hire: Callable[..., object]) -> None:
    who = hire()
    client = Client(changing.client.base, who.client.token)  # type: ignore[attr-defined]
    old = changing.notice()["version"]
    changing.change('"call_end", duration = "P90D"', '"call_end", duration = "P30D"')
    refused = client.put("/v1/consents/call_history", {"state": "given", "notice_version": old})
    assert refused.status_code == 409 and refused.json()["type"].endswith("notice-outdated")
    given = client.put("/v1/consents/call_history", {"state": "given", "notice_version": changing.notice()["version"]})
    assert given.status_code == 200


def test_A3_changed_terms_end_a_consent_and_a_corrected_text_does_not(changing: Changing, hire: Callable[..., object]) -> None:
    who = hire(consents={"call_history": True, "marketing": True})
    client = Client(changing.client.base, who.client.token)  # type: ignore[attr-defined]

    def states() -> dict[str, tuple[str, bool]]:
        return {item["purpose"]: (item["state"], item["ask"]) for item in ok(client.get("/v1/consents"), 200)["items"]}

    changing.change(MARKETING, 'en = "To send you offers by e-mail."')
    assert states()["call_history"] == states()["marketing"] == ("given", False)
    before = ok(client.get("/v1/consents"), 200)["items"]
    changing.change('"call_end", duration = "P90D"', '"call_end", duration = "P30D"')
    assert states()["call_history"] == ("expired", True) and states()["marketing"] == ("given", False)
    assert client.get("/v1/calls").json()["type"].endswith("consent-required")
    since = next(item["since"] for item in before if item["purpose"] == "call_history")
    past = ok(client.get(f"/v1/consents?at={since}"), 200)["items"]
    assert next(item["state"] for item in past if item["purpose"] == "call_history") == "given"
    assert ok(client.get("/v1/consents"), 200)["notice"]["acknowledged_at"] is None
    ok(client.put("/v1/consents/call_history", {"state": "given", "notice_version": changing.notice()["version"]}), 200)
    assert states()["call_history"] == ("given", False)
    ok(client.get("/v1/calls"), 200)
