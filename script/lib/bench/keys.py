"""Rotating the key-encryption key of half a million people, while the server serves and new people come."""

import ctypes
import ctypes.util
import os
import threading
import time
import uuid
from collections.abc import Iterator

from bench.measure import Measure
from bench.pgbench import Superuser
from bench.platform import Person, Platform

SUBJECTS = 500_000


def measure(platform: Platform) -> Iterator[Measure]:
    """Seconds from the start of `samtalctl keys rotate` to the end of the old key."""
    store = Superuser(platform, "keystore")
    [person] = platform.people(1)
    _insert_subjects(platform, store)
    visitors = [_Visitor(platform, person), _Newcomers(platform)]
    for visitor in visitors:
        visitor.start()
    began = time.monotonic()
    report = platform.control("keys", "rotate")
    took = time.monotonic() - began
    served = sum(visitor.end() for visitor in visitors)
    lost = store.ask("samtal_keys", f"SELECT count(*) FROM subject_keys WHERE epoch <> {report['epoch']}")
    if lost.strip() != "0" or report["rewrapped"] < SUBJECTS or not served:
        raise SystemExit(f"the rotation left {lost.strip()} keys behind; the figure means nothing: {report}")
    yield Measure("key_rotation", round(took, 1), "s")


class _Visitor(threading.Thread):
    """Reads their profile over and over."""

    def __init__(self, platform: Platform, person: Person | None) -> None:
        super().__init__(daemon=True)
        self.platform, self.person = platform, person
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
        self.platform.request("GET", "/v1/me/profile", token=self.person.token)

    def end(self) -> int:
        """How often they were served; nobody may have been refused."""
        self.stopping = True
        self.join()
        if self.failure:
            raise SystemExit(f"somebody was not served during the rotation: {self.failure}")
        return self.served


class _Newcomers(_Visitor):
    """Are invited, activate and log in, one after the other."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform, None)

    def visit(self) -> None:
        self.platform.people(1)


def _insert_subjects(platform: Platform, store: Superuser) -> None:
    """Keys that open, as the server would have wrapped them, in bulk."""
    [kek_file] = (platform.data / "keys").glob("kek-*.key")
    epoch, kek = int(kek_file.stem.removeprefix("kek-")), kek_file.read_bytes()
    lines = (f"{subject}\t{epoch}\t\\\\x{_wrapped(kek, subject.bytes).hex()}\n"
             for subject in (uuid.UUID(bytes=os.urandom(16)) for _ in range(SUBJECTS)))
    store.ask("samtal_keys", "COPY subject_keys FROM STDIN;\n" + "".join(lines) + "\\.\nVACUUM ANALYZE subject_keys;\n")


_sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")


def _wrapped(kek: bytes, subject: bytes) -> bytes:
    """XChaCha20-Poly1305 with the person's id as associated data, the nonce in front; see src/storage/key_wrapping.cpp."""
    nonce, key, sealed = os.urandom(24), os.urandom(32), ctypes.create_string_buffer(48)
    _sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed, None, key, ctypes.c_ulonglong(32), subject, ctypes.c_ulonglong(16), None, nonce, kek)
    return nonce + sealed.raw
