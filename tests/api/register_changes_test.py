"""A2, A3, I1, I2: the processing register changed while the server runs, and at its start."""
from __future__ import annotations

import json
import pathlib
import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest

from support.broken_registers import REGISTER, RESELLER, RUN_TIME, STRUCTURE, Broken, reseller
from support.client import Client, ok
from support.database import Cluster
from support.platform import Platform, eventually
from support.settings import set_key
from support.single import BINARIES, SingleServer, ctl

MARKETING = 'en = "To send offers to your e-mail."'


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
