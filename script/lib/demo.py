"""Makes the demo organisation: three people with random passphrases and a switch, all through the public entries.

Progress is kept in a file, so that a start which was interrupted goes on where it stopped instead of making a second
organisation. The finished logins lie in DIR/demo-logins, readable by their owner only.
"""

import json
import os
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ORGANISATION = "Advoco Demo"
# Telephone numbers that the Swedish numbering authority keeps free for fiction.
PEOPLE = [
    ("Anna", "Andersson", "anna.andersson", "+46701740605"),
    ("Bo", "Berg", "bo.berg", "+46701740606"),
    ("Cecilia", "Carlsson", "cecilia.carlsson", "+46701740607"),
]


def passphrase() -> str:
    """Four words that can be said and typed: about 79 bits."""
    syllables = [c + v for c in "bdfghjklmnprstv" for v in "aeiou"]
    return "-".join("".join(secrets.choice(syllables) for _ in range(3)) for _ in range(4))


class Demo:
    """The demo of one data directory, on a server that is ready."""

    def __init__(self, data: Path, url: str, samtalctl: list[str]) -> None:
        self.url = url
        self.samtalctl = samtalctl
        self.finished = data / "demo-logins"
        self.progress = data / "demo-logins.progress"
        self.state: dict[str, Any] = json.loads(self.progress.read_text()) if self.progress.exists() else {}

    def make(self) -> None:
        if "organisation_id" not in self.state:
            made = self.control("organisation", "create", "--brand", "advoco", "--name", ORGANISATION)
            self.remember(organisation_id=made["organisation_id"])
        for given_name, family_name, username, phone in PEOPLE:
            self.make_person(given_name, family_name, username, phone)
        if "switch" not in self.state:
            self.remember(switch=self.control(
                "switch", "create", "--organisation", self.state["organisation_id"], "--name", "Demo switch"))
        self.write_logins()

    def make_person(self, given_name: str, family_name: str, username: str, phone: str) -> None:
        person = self.state.get(username)
        if person is None:
            invited = self.control(
                "user", "invite", "--organisation", self.state["organisation_id"], "--given-name", given_name,
                "--family-name", family_name, "--email", f"{username}@demo.example", "--phone", phone)
            person = {"user_id": invited["user_id"], "code": invited["activation_code"], "password": passphrase()}
            self.remember(**{username: person})
        if "code" not in person:
            return
        try:
            self.activate(username, person)
        except urllib.error.HTTPError as problem:
            # Activated just before the earlier start was interrupted: the passphrase was on disk before.
            if problem.code != 404 or not self.can_log_in(username, person["password"]):
                raise
        del person["code"]
        self.remember(**{username: person})

    def activate(self, username: str, person: dict[str, str]) -> None:
        notice = self.request("GET", "/v1/notice?language=sv")
        self.request("POST", "/v1/activation", {
            "activation_code": person["code"], "username": username, "password": person["password"],
            "acknowledged_notice": notice["version"], "consents": {"call_history": True}})

    def can_log_in(self, username: str, password: str) -> bool:
        try:
            self.request("POST", "/v1/login", {"username": username, "password": password})
        except urllib.error.HTTPError:
            return False
        return True

    def write_logins(self) -> None:
        switch = self.state["switch"]
        lines = [f"{username:8} {self.state[username]['password']}" for _, _, username, _ in PEOPLE]
        lines.append(f"switch   {switch['switch_id']} {switch['token']}")
        write_private(self.finished, "\n".join(lines) + "\n")
        self.progress.unlink()

    def remember(self, **facts: Any) -> None:
        self.state.update(facts)
        write_private(self.progress, json.dumps(self.state))

    def control(self, *arguments: str) -> dict[str, Any]:
        """Runs samtalctl and returns what it printed."""
        done = subprocess.run([*self.samtalctl, "--json", *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"samtalctl {' '.join(arguments[:2])} failed: {done.stderr.strip() or done.stdout.strip()}")
        return json.loads(done.stdout)

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(self.url + path, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through the machine's proxy
        with opener.open(request, timeout=30) as answer:
            return json.load(answer)


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others."""
    temporary = path.with_name(path.name + ".new")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)


def main() -> None:
    data, url, *samtalctl = sys.argv[1:]
    try:
        Demo(Path(data), url, samtalctl).make()
    except urllib.error.HTTPError as problem:
        raise SystemExit(f"{problem.url} answered {problem.code}: {problem.read(300).decode(errors='replace')}") from None
    except OSError as problem:
        raise SystemExit(f"{problem}") from None


if __name__ == "__main__":
    main()
