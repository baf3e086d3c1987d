"""The platforms under their real host names, with TLS: a proxy on loopback that never leaves the machine.

A client that obeys HTTPS_PROXY and trusts the throw-away authority believes it speaks to the real platform. That is
also how a municipal network with a proxy and an authority of its own looks to it.
"""

import socket
import socketserver
import ssl
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOSTS = (
    "graph.facebook.com",
    "graph-video.facebook.com",
    "graph.instagram.com",
    "rupload.facebook.com",
    "www.instagram.com",
    "i.instagram.com",
    "youtube.googleapis.com",
    "www.googleapis.com",
    "blogg.example.org",
    "oauth2.googleapis.com",
)
HEAD_LIMIT = 16_384
LIFE = timedelta(days=30)


class Serving(Protocol):
    """What answers a connection that somebody else accepted."""

    def serve(self, connection: socket.socket, client: tuple[str, int]) -> None: ...


class Tunnel:
    """An HTTP proxy for CONNECT to the platforms' hosts; every other host is refused. Stop it before the emulator.

    hosts: others, where something else than the emulator serves what comes through.
    """

    def __init__(self, emulator: Serving, hosts: tuple[str, ...] = HOSTS) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kanalvakt-tunnel-")
        self.ca_file, leaf = _issue(hosts, Path(self._folder.name))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(leaf)
        self._server = _Proxy(emulator, tls, hosts)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="tunnel", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def proxy_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def environment(self) -> dict[str, str]:
        """What sends requests, httplib2 and everything on Python's ssl module through the tunnel."""
        trusts = ("REQUESTS_CA_BUNDLE", "HTTPLIB2_CA_CERTS", "SSL_CERT_FILE")
        proxies = ("HTTPS_PROXY", "https_proxy")
        loopback = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
        return dict.fromkeys(trusts, str(self.ca_file)) | dict.fromkeys(proxies, self.proxy_url) | loopback


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, emulator: Serving, tls: ssl.SSLContext, hosts: tuple[str, ...]) -> None:
        self.emulator, self.hosts = emulator, hosts
        self.tls = tls
        super().__init__(("127.0.0.1", 0), _Client)


class _Client(socketserver.BaseRequestHandler):
    """One CONNECT; what follows is handed to the emulator as if the client had come to it directly."""

    server: _Proxy
    request: socket.socket

    def handle(self) -> None:
        method, _, rest = self._head().partition(" ")
        host = rest.partition(":")[0]
        if method != "CONNECT" or host not in self.server.hosts:
            self.request.sendall(b"HTTP/1.1 403 Only the platforms\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            inner = self.server.tls.wrap_socket(self.request, server_side=True)
        except OSError:  # the client does not trust us, or has gone
            return
        with inner:
            self.server.emulator.serve(inner, self.client_address)

    def _head(self) -> str:
        """The request up to the empty line; the client is silent after it until it is answered."""
        head = b""
        while b"\r\n\r\n" not in head and len(head) < HEAD_LIMIT and (more := self.request.recv(4096)):
            head += more
        return head.decode("latin-1")


# -- the authority


def _issue(hosts: tuple[str, ...], folder: Path) -> tuple[Path, Path]:
    """Writes the authority's certificate, and the hosts' certificate with its key; returns both files (PEM)."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _authority(authority_key)
    leaf = _leaf(hosts, key, authority, authority_key)
    ca_file, leaf_file = folder / "ca.pem", folder / "platforms.pem"
    ca_file.write_bytes(_pem(authority))
    leaf_file.write_bytes(_key_pem(key) + _pem(leaf))
    return ca_file, leaf_file


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kanalvakt emulator, not for real use")])
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    unsigned = _unsigned(name, name, key)
    unsigned = unsigned.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    unsigned = unsigned.add_extension(usage, critical=True)
    unsigned = unsigned.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return unsigned.sign(key, hashes.SHA256())


def _leaf(
    hosts: tuple[str, ...],
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    unsigned = _unsigned(name, authority.subject, key)
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    unsigned = unsigned.add_extension(names, critical=False).add_extension(signer, critical=False)
    return unsigned.sign(authority_key, hashes.SHA256())


def _unsigned(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    """Valid since yesterday: clocks differ."""
    begin = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(begin).not_valid_after(begin + LIFE)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
