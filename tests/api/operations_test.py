"""G3: health, metrics, configuration and commands, as an operator meets them."""
from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess

import pytest
import requests

from support import people
from support.client import Client, ok, problem, without_instance
from support.people import Person
from support.platform import REPOSITORY, CommandFailed, Platform
from support.settings import set_key
from support.single import BINARIES


def test_both_services_say_that_they_are_well(platform: Platform, anyone: Client) -> None:
    for client, path in ((anyone, "/healthz"), (anyone, "/readyz"), (Client(platform.stats_url), "/healthz")):
        assert client.get(path).status_code == 200


def test_G3_metrics_are_prometheus_text_on_their_own_listener(platform: Platform, anna: Person, anyone: Client) -> None:
    ok(anna.client.get("/v1/me"), 200)
    answer = requests.get(platform.metrics_url, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert re.search(r"^# TYPE samtal_\w+ (counter|histogram|gauge)$", answer.text, re.MULTILINE)
    for secret in (anna.user_id, anna.username, anna.phone, anna.email, anna.client.token or ""):
        assert secret not in answer.text
    problem(anyone.get("/metrics"), 404)


def test_G3_metrics_count_requests_by_route_not_by_address(platform: Platform, anna: Person) -> None:
    for _ in range(5):
        anna.client.get("/v1/users/018f0000-0000-7000-8000-000000000000/profile")
    assert "018f0000" not in requests.get(platform.metrics_url, timeout=10).text


def test_equal_problems_differ_in_their_instance_only(anna: Person, anyone: Client) -> None:
    for ask in (lambda: problem(anyone.get("/v1/me"), 401), lambda: problem(anna.client.get("/v1/no-such"), 404),
                lambda: problem(anna.client.post("/v1/conversations", {"x": 1}), 400),
                lambda: problem(anyone.get("/v1/notice?language=xx"), 400)):
        first, second = ask(), ask()
        assert without_instance(first) == without_instance(second)
        assert first["instance"] != second["instance"]


def test_bad_input_is_explained_by_field(anna: Person) -> None:
    refusal = problem(anna.client.post("/v1/conversations", {"member_ids": 7, "title": 7}), 400)
    for error in refusal["errors"]:
        assert set(error) == {"field", "detail"}
        assert error["detail"]


def start_with(platform: Platform, tmp_path: pathlib.Path, name: str, value: str,
               environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Starts a server on the running platform's configuration with one key changed or added."""
    text = set_key((platform.data / "config" / "server.toml").read_text(), "server.admin_socket",
                   f'"{tmp_path}/admin.sock"')
    config = tmp_path / "server.toml"
    config.write_text(set_key(text, name, value))
    return subprocess.run([BINARIES / "samtal-server", "--config", config], capture_output=True, text=True, timeout=30,
                          env=os.environ | (environment or {}))


@pytest.mark.parametrize("name, value", [
    ("log.colour", "1"), ("no_such_section.x", "1"), ("server.port", '"8080"'), ("server.port", "70000"),
    ("server.port", "80.5"), ("server.io_threads", "-1"), ("server.max_connections", "0"),
    ("login.throttle_by_address", "1"), ("log.level", '"loud"'), ("login.argon2_memory_kib", "8"),
    ("database.max_connections", '"many"'), ("server.allowed_origins", '"https://app.example.org"')])
def test_a_mistake_in_the_configuration_stops_the_start(platform: Platform, tmp_path: pathlib.Path, name: str,
                                                        value: str) -> None:
    ended = start_with(platform, tmp_path, name, value)
    assert (ended.returncode, ended.stdout) == (2, "")
    [line] = ended.stderr.strip().splitlines()
    config = tmp_path / "server.toml"
    said = re.fullmatch(rf"{re.escape(str(config))}:(\d+): ([\w.]+): .+", line)
    assert said is not None, line
    assert said[2] in (name, name.partition(".")[0])
    assert name.rpartition(".")[2] in config.read_text().splitlines()[int(said[1]) - 1] or said[2] != name


def test_a_configuration_that_is_no_toml_stops_the_start(tmp_path: pathlib.Path) -> None:
    config = tmp_path / "server.toml"
    config.write_text("\n[server\nport = 1\n")
    ended = subprocess.run([BINARIES / "samtal-server", "--config", config], capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2
    [line] = ended.stderr.strip().splitlines()
    assert line.startswith(f"{config}:2:")


def test_the_environment_overrides_a_key_and_is_checked_too(platform: Platform, tmp_path: pathlib.Path) -> None:
    ended = start_with(platform, tmp_path, "log.level", '"info"', {"SAMTAL_SERVER_PORT": "many"})
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_busy_port_is_one_line(platform: Platform, tmp_path: pathlib.Path) -> None:
    ended = start_with(platform, tmp_path, "log.level", '"info"')
    assert ended.returncode == 1
    assert str(platform.port) in ended.stderr or str(platform.metrics_port) in ended.stderr
    assert len([line for line in ended.stderr.splitlines() if not line.startswith("{")]) <= 1


def test_a_configuration_that_is_absent_is_one_line(tmp_path: pathlib.Path) -> None:
    for binary in ("samtal-server", "samtal-aggregator"):
        ended = subprocess.run([BINARIES / binary, "--config", tmp_path / "none.toml"], capture_output=True, text=True,
                               timeout=30)
        assert ended.returncode == 2
        assert len(ended.stderr.strip().splitlines()) == 1 and "none.toml" in ended.stderr


def test_a_data_directory_serves_one_platform(platform: Platform) -> None:
    command = [str(REPOSITORY / "script/server"), "--data", str(platform.data), "--no-demo", "--port", "14998",
               "--stats-port", "14996", "--metrics-port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1
    assert Client(platform.url).get("/readyz").status_code == 200


def test_the_command_line_tells_refusal_from_wrong_use(platform: Platform, organisation: str) -> None:
    absent = "018f0000-0000-7000-8000-000000000000"
    base = ["--given-name", "G", "--family-name", "F", "--email", "g@example.org", "--phone"]
    refused = platform.run_ctl("user", "invite", "--organisation", absent, *base, "+46701740605")
    assert refused.returncode == 1 and refused.stderr.strip()
    for phone in ("not a number", "+46", ""):
        assert platform.run_ctl("user", "invite", "--organisation", organisation, *base, phone).returncode in (1, 2)
    assert platform.run_ctl("organisation", "create", "--brand", "no-such-brand", "--name", "x").returncode == 1
    assert platform.run_ctl("user", "invite", "--organisation", organisation).returncode == 2
    assert platform.run_ctl("organisation", "create", "--no-such-option").returncode == 2


def test_B1_an_assigned_number_belongs_to_one_person(platform: Platform, organisation: str, anna: Person) -> None:
    with pytest.raises(CommandFailed) as refusal:
        people.invite(platform, organisation, phone=anna.phone)
    assert refusal.value.code == 1


def test_G3_the_log_is_json_lines(platform: Platform) -> None:
    for name in ("server.log", "aggregator.log"):
        lines = (platform.data / "log" / name).read_text().splitlines()
        assert lines
        for line in lines:
            assert isinstance(json.loads(line), dict)
