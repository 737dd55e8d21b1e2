"""The key store's roles can do what they are for, and nothing else; what it keeps of the erased names nobody."""
from __future__ import annotations

import pytest

from support.database import Cluster
from support.platform import Platform

DENIED = "permission denied"


@pytest.fixture(scope="module")
def keys(platform: Platform) -> Cluster:
    return Cluster(platform, "postgres-keys")


@pytest.mark.parametrize("attempt", [
    "UPDATE subject_keys SET wrapped = ''", "UPDATE subject_keys SET epoch = 1", "TRUNCATE subject_keys",
    "INSERT INTO key_epochs (epoch) VALUES (999)", "UPDATE key_epochs SET closed_at = now()", "DELETE FROM key_epochs",
    "SELECT 1 FROM key_epochs FOR UPDATE", "DELETE FROM tombstones", "UPDATE tombstones SET erased_on = '2020-01-01'",
    "INSERT INTO tombstones (subject_hash, tombstone_id, erased_on, generation) VALUES ('', gen_random_uuid(), now(), 0)",
    "DELETE FROM erasure_generation", "UPDATE nodes SET node_id = gen_random_uuid()",
    "UPDATE statistics_epoch_keys SET wrapped = ''", "DROP TABLE nodes", "CREATE TABLE mine ()",
    "SET ROLE samtal_keys_owner", "SET ROLE samtal_keys_rotator"])
def test_I5_a_server_cannot_do_more_in_the_key_store_than_it_needs(keys: Cluster, attempt: str) -> None:
    answer = keys.ask_as("samtal_keystore", "samtal_keys", attempt + ";")
    assert DENIED in answer.problems or "must be owner" in answer.problems, answer.problems


@pytest.mark.parametrize("attempt", [
    "DELETE FROM subject_keys", "INSERT INTO subject_keys VALUES (gen_random_uuid(), 1, '')",
    "UPDATE subject_keys SET subject_id = gen_random_uuid()", "SELECT subject_hash FROM tombstones",
    "SELECT node_id FROM nodes", "DELETE FROM key_epochs", "UPDATE key_epochs SET epoch = 5", "CREATE TABLE mine ()",
    "DELETE FROM statistics_epoch_keys"])
def test_I5_a_rotation_cannot_do_more_than_rotate(keys: Cluster, attempt: str) -> None:
    answer = keys.ask_as("samtal_keys_migrator", "samtal_keys", f"SET ROLE samtal_keys_rotator; {attempt};")
    assert DENIED in answer.problems, answer.problems


def test_I5_nobody_logs_in_as_the_rotator_or_the_owner(keys: Cluster) -> None:
    rows = keys.ask("postgres", "SELECT rolname FROM pg_roles WHERE rolname LIKE 'samtal%' AND rolcanlogin ORDER BY 1")
    assert rows == [["samtal_keys_migrator"], ["samtal_keystore"]]
