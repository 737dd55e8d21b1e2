"""The processing register: contradictions are refused by name, and what is derived from it is derived the same way twice."""
from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGISTER = ROOT / "config/processing.toml"


def derive(register: pathlib.Path, out: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, ROOT / "tools/register", register, out], capture_output=True, text=True, check=False)


def test_A2_the_register_holds_together(tmp_path: pathlib.Path) -> None:
    done = derive(REGISTER, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_derived_is_derived_the_same_way_twice(tmp_path: pathlib.Path) -> None:
    derive(REGISTER, tmp_path / "a")
    derive(REGISTER, tmp_path / "b")
    for path in (tmp_path / "a").rglob("*.?pp"):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


@pytest.mark.parametrize("old, new, problem", [
    ('basis = "consent"\nlaw = "GDPR 6.1 b; LEK 9:2"\nchoice = "opt_in"', 'basis = "consent"\nlaw = "x"\nchoice = "none"',
     "purposes.call_history.choice: consent is the basis exactly when the choice is opt_in"),
    ('recipients = ["operator"]\ndelete = ["members"]', 'recipients = ["somebody"]\ndelete = ["members"]',
     "purposes.chat_messaging.recipients: unknown recipient"),
    ('callers = ["machine"]', 'callers = ["stranger"]', "purposes.call_setup.callers: unknown caller"),
    ('subject = "owner_id"', 'subject = "somebody"', "tables.calls: its subject is no field of it"),
    ('duration = "P90D"', 'duration = "soon"', "purposes.call_history.retention: needs an ISO 8601 duration"),
    ('codes = ["support-case",', 'codes = ["Support case",', "purposes.support_case.codes: must be lower-case words"),
    ('service_class = "closed_group"', 'service_clas = "closed_group"', "service_clas: unknown key"),
    ('fields = { sender_id = "relation", text = "content",', 'fields = { sender_id = "relation", mood = "content", text = "content",',
     "tables.messages.mood: no purpose may touch it"),
])
def test_a_register_that_contradicts_itself_is_refused(tmp_path: pathlib.Path, old: str, new: str, problem: str) -> None:
    text = REGISTER.read_text()
    assert old in text
    broken = tmp_path / "processing.toml"
    broken.write_text(text.replace(old, new, 1))
    done = derive(broken, tmp_path / "out")
    assert done.returncode == 1
    assert problem in done.stderr
    assert not (tmp_path / "out").exists()
