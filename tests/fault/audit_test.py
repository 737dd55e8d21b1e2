"""kill -9 in the middle of everything: the audit log is whole, goes on where it stood, and lost no leaf of an acked act."""
from __future__ import annotations

import json
import pathlib

from support import people
from support.database import Cluster
from support.platform import Platform, eventually


def test_I5_the_audit_log_goes_on_after_a_loss_of_power(platform: Platform, tmp_path: pathlib.Path, cycles: int) -> None:
    org = people.organisation(platform)
    admin = people.person(platform, org, role="admin")
    looks = 0
    for cycle in range(cycles):
        kept = tmp_path / f"kept{cycle}"
        kept.write_text(json.dumps(platform.ctl("audit", "checkpoint")))
        for _ in range(5):
            platform.ctl("user", "show", admin.user_id, "--as", admin.username, "--purpose-code", "account-help")
            looks += 1
        platform.kill9_all()
        platform.start()
        platform.ctl("user", "show", admin.user_id, "--as", admin.username, "--purpose-code", "account-help")
        looks += 1
        waiting = "SELECT count(*) FROM audit_leaves WHERE position IS NULL"
        eventually(lambda: Cluster(platform).ask("samtal", waiting) == [["0"]], 20, "a sequencer took over")
        for checkpoint in tmp_path.iterdir():
            assert platform.ctl("audit", "verify", "--against", str(checkpoint))["intact"]
    found = Cluster(platform).ask("samtal", "SELECT count(*) FROM audit_leaves WHERE act = 'staff.read'")
    assert found == [[str(looks)]]


def test_I5_a_database_restored_to_before_a_checkpoint_is_found(platform: Platform, tmp_path: pathlib.Path) -> None:
    people.organisation(platform)
    kept = tmp_path / "kept"
    kept.write_text(json.dumps(platform.ctl("audit", "checkpoint")))
    size = int(json.loads(kept.read_text())["size"])
    # What an older backup would bring: the log up to some checkpoint before. The server then signs on top of it, honestly.
    Cluster(platform).ask("samtal", f"""DELETE FROM audit_checkpoints WHERE size >= {size};
        DELETE FROM audit_leaves WHERE position >= (SELECT max(size) FROM audit_checkpoints)""")
    for _ in range(3):
        people.organisation(platform)
    assert int(platform.ctl("audit", "checkpoint")["size"]) > size
    assert platform.ctl("audit", "verify")["intact"]
    done = platform.run_ctl("audit", "verify", "--against", str(kept))
    assert done.returncode == 1 and "tampered" in done.stderr
