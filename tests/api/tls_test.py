"""I5: TLS by configuration."""
from __future__ import annotations

import pathlib
import socket
import ssl
import subprocess
import warnings
from collections.abc import Iterator

import pytest
import requests

from support.people import Person
from support.platform import Platform
from support.single import SingleServer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, pathlib.Path]:
    directory = tmp_path_factory.mktemp("tls")
    chain, key = directory / "chain.pem", directory / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", key, "-out", chain], check=True, capture_output=True)
    return chain, key


@pytest.fixture(scope="module")
def server(platform: Platform, certificate: tuple[pathlib.Path, pathlib.Path],
           tmp_path_factory: pytest.TempPathFactory) -> Iterator[SingleServer]:
    chain, key = certificate
    single = SingleServer(platform, tmp_path_factory.mktemp("tls-server"),
                          {"tls.certificate_file": f'"{chain}"', "tls.key_file": f'"{key}"'})
    try:
        yield single.wait(lambda: get(single, "/readyz", chain).status_code == 200)
    finally:
        assert single.stop() == 0


def get(server: SingleServer, path: str, chain: pathlib.Path, token: str | None = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(f"https://127.0.0.1:{server.port}{path}", verify=str(chain), headers=headers, timeout=10)


def speaks(server: SingleServer, version: ssl.TLSVersion) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain:
        try:
            with context.wrap_socket(plain) as secured:
                return secured.version() is not None
        except (ssl.SSLError, ConnectionError):
            return False


def test_I5_tls_serves_and_asks_for_more_of_it(server: SingleServer, certificate: tuple[pathlib.Path, pathlib.Path],
                                               anna: Person) -> None:
    answer = get(server, "/v1/me", certificate[0], anna.client.token)
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_I5_only_tls_1_2_and_1_3_are_spoken(server: SingleServer) -> None:
    assert speaks(server, ssl.TLSVersion.TLSv1_2) and speaks(server, ssl.TLSVersion.TLSv1_3)
    assert not speaks(server, ssl.TLSVersion.TLSv1_1) and not speaks(server, ssl.TLSVersion.TLSv1)


def test_I5_the_tls_port_speaks_nothing_else(server: SingleServer) -> None:
    with pytest.raises(requests.RequestException):
        requests.get(f"http://127.0.0.1:{server.port}/healthz", timeout=10)


def test_I5_weak_ciphers_are_refused(server: SingleServer) -> None:
    for suite in ("AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-SHA", "DHE-RSA-AES128-GCM-SHA256"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(suite + ":@SECLEVEL=0")
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(plain)
