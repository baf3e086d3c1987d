import os
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests

from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.tunnel import HOSTS, Tunnel
from connectors.emulator.wire import Answer, Request


class Everywhere:
    """Owns every platform's host and tells where it was reached."""

    name = "everywhere"

    def owns(self, request: Request) -> bool:
        return request.host in HOSTS

    def answer(self, request: Request) -> Answer:
        return Answer.json({"origin": request.origin})


@pytest.fixture
def tunnel(emulator: Emulator) -> Iterator[Tunnel]:
    emulator.sites.insert(0, Everywhere())
    with Tunnel(emulator) as running:
        yield running


@pytest.fixture
def through(tunnel: Tunnel, monkeypatch: pytest.MonkeyPatch) -> Iterator[requests.Session]:
    """A client that knows nothing of the emulator but its environment."""
    for name, value in tunnel.environment().items():
        monkeypatch.setenv(name, value)
    with requests.Session() as session:
        yield session


@pytest.mark.parametrize("host", HOSTS)
def test_every_platform_is_reached_by_its_real_name_with_trusted_tls(through: requests.Session, host: str) -> None:
    assert through.get(f"https://{host}/me").json() == {"origin": f"https://{host}"}


def test_googles_transport_obeys_the_same_environment(tunnel: Tunnel) -> None:
    """In a process of its own: httplib2 reads its authorities when it is imported."""
    script = "import httplib2; print(httplib2.Http(timeout=5).request('https://youtube.googleapis.com/x')[1].decode())"
    environment = os.environ | tunnel.environment()
    seen = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == '{"origin":"https://youtube.googleapis.com"}'


def test_no_other_host_is_let_through(through: requests.Session) -> None:
    with pytest.raises(requests.exceptions.ProxyError, match="403"):
        through.get("https://example.org/")


def test_only_connect_is_understood(tunnel: Tunnel) -> None:
    port = int(tunnel.proxy_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET http://graph.facebook.com/ HTTP/1.1\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 403 ")


def test_a_client_that_does_not_trust_the_authority_is_protected(
    tunnel: Tunnel, through: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(requests.exceptions.SSLError):
        through.get("https://graph.facebook.com/me")


def test_faults_reach_the_client_through_tls(emulator: Emulator, through: requests.Session) -> None:
    emulator.faults.add(Fault("reset"))
    with pytest.raises(requests.ConnectionError):
        through.get("https://graph.facebook.com/me")
    emulator.faults.add(Fault("truncate"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        through.get("https://graph.facebook.com/me")
    assert through.get("https://graph.facebook.com/me").status_code == 200


def test_a_client_that_vanishes_disturbs_nobody(
    tunnel: Tunnel, through: requests.Session, capfd: pytest.CaptureFixture[str]
) -> None:
    port = int(tunnel.proxy_url.rpartition(":")[2])
    trusting = ssl.create_default_context(cafile=str(tunnel.ca_file))
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"CONNECT graph.facebook.com:443 HTTP/1.1\r\n\r\n")
        client.recv(100)
        with trusting.wrap_socket(client, server_hostname="graph.facebook.com") as inner:
            inner.sendall(b"GET /me HTTP/1.1\r\nHost: graph.facebook.com\r\n")
            inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert through.get("https://graph.facebook.com/me").status_code == 200
    assert "Traceback" not in capfd.readouterr().err


def test_the_certificates_are_gone_after_the_end(emulator: Emulator) -> None:
    tunnel = Tunnel(emulator)
    assert tunnel.ca_file.exists()
    tunnel.stop()
    assert not tunnel.ca_file.exists()
