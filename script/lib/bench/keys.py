"""Rotating the key-encryption key of half a million people, while two servers serve and new people come to both."""

import ctypes
import ctypes.util
import os
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

from bench.measure import Measure
from bench.pgbench import Superuser
from bench.platform import Person, Platform, SecondServer

SUBJECTS = int(os.environ.get("SAMTAL_BENCH_SUBJECTS", "500000"))


def measure(platform: Platform) -> Iterator[Measure]:
    """Seconds from the start of `samtalctl keys rotate` to the end of the old key."""
    store = Superuser(platform, "keystore")
    [person] = platform.people(1)
    _insert_subjects(platform, store)
    with SecondServer(platform) as second:
        visitors = [_Visitor(platform, person, None), _Visitor(platform, person, second)]
        newcomers = [_Newcomers(platform, None), _Newcomers(platform, second)]
        for each in (*visitors, *newcomers):
            each.start()
        began = time.monotonic()
        report = platform.control("keys", "rotate")
        took = time.monotonic() - began
        served = [each.end() for each in (*visitors, *newcomers)]
        joined = sum(len(each.people) for each in newcomers)
        _check(store, report, joined)
        # Each on the server that has not seen them yet.
        for each, url in zip(newcomers, (second.url, platform.url), strict=True):
            for newcomer in each.people:
                platform.request("GET", "/v1/me/profile", token=newcomer.token, url=url)
    if not all(served):
        raise SystemExit(f"somebody was not served at all during the rotation; the figure means nothing: {served}")
    yield Measure("key_rotation", round(took, 1), "s")
    yield Measure("key_rotation_joined_meanwhile", joined, "people")


def _check(store: Superuser, report: dict[str, Any], joined: int) -> None:
    """Nobody's key is left in the old epoch, and nobody's is gone."""
    left, kept = (int(store.ask("samtal_keys", f"SELECT count(*) FROM subject_keys WHERE epoch {which} {report['epoch']}"))
                  for which in ("<>", "="))
    if left or report["rewrapped"] < SUBJECTS or kept < SUBJECTS + joined:
        raise SystemExit(f"of {SUBJECTS} and {joined} keys {left} are left behind and {kept} are there: {report}")


class _Visitor(threading.Thread):
    """Reads their profile over and over."""

    def __init__(self, platform: Platform, person: Person | None, server: SecondServer | None) -> None:
        super().__init__(daemon=True)
        self.platform, self.person, self.server = platform, person, server
        self.stopping, self.served, self.failure = False, 0, ""

    def run(self) -> None:
        try:
            while not self.stopping:
                self.visit()
                self.served += 1
        except (OSError, SystemExit) as failure:
            self.failure = repr(failure)

    def visit(self) -> None:
        assert self.person is not None
        url = "" if self.server is None else self.server.url
        self.platform.request("GET", "/v1/me/profile", token=self.person.token, url=url)

    def end(self) -> int:
        """How often they were served; nobody may have been refused."""
        self.stopping = True
        self.join()
        if self.failure:
            raise SystemExit(f"somebody was not served during the rotation: {self.failure}")
        return self.served


class _Newcomers(_Visitor):
    """Are invited, activate and log in, one after the other."""

    def __init__(self, platform: Platform, server: SecondServer | None) -> None:
        super().__init__(platform, None, server)
        self.people: list[Person] = []

    def visit(self) -> None:
        self.people += self.platform.people(1, server=self.server)


def _insert_subjects(platform: Platform, store: Superuser) -> None:
    """Keys that open, as the server would have wrapped them, in bulk."""
    [kek_file] = (platform.data / "keys").glob("kek-*.key")
    epoch, kek = int(kek_file.stem.removeprefix("kek-")), kek_file.read_bytes()
    lines = (f"{subject}\t{epoch}\t\\\\x{_wrapped(kek, subject.bytes).hex()}\n"
             for subject in map(_user_id, range(SUBJECTS)))
    store.ask("samtal_keys", "COPY subject_keys FROM STDIN;\n" + "".join(lines) + "\\.\nVACUUM ANALYZE subject_keys;\n")


def _user_id(number: int) -> uuid.UUID:
    """UUIDv7, as the server makes them: somebody new each second of the days before."""
    milliseconds = int(time.time() * 1000) - (SUBJECTS - number) * 1000
    rest = os.urandom(10)
    return uuid.UUID(bytes=milliseconds.to_bytes(6, "big") + bytes([0x70 | rest[0] & 0x0F, rest[1], 0x80 | rest[2] & 0x3F]) + rest[3:])


_sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")


def _wrapped(kek: bytes, subject: bytes) -> bytes:
    """XChaCha20-Poly1305 with the person's id as associated data, the nonce in front; see src/storage/key_wrapping.cpp."""
    nonce, key, sealed = os.urandom(24), os.urandom(32), ctypes.create_string_buffer(48)
    _sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed, None, key, ctypes.c_ulonglong(32), subject, ctypes.c_ulonglong(16), None, nonce, kek)
    return nonce + sealed.raw
