"""A request, an answer, and what a platform is to the server: something that turns one into the other."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True)
class Request:
    """One HTTP request. `host` without port, lower case; header names lower case.

    `origin` is scheme://host:port for links back: https for a platform's own host name (the client believes it speaks
    to the real one), plain http on loopback.
    """

    method: str
    host: str
    path: str
    query: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    origin: str = ""

    @classmethod
    def parse(cls, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> "Request":
        address = urlsplit(target)
        lower = {name.lower(): value for name, value in headers.items()}
        host = lower.get("host", "")
        query = parse_qs(address.query, keep_blank_values=True)
        name = (host if host.endswith("]") else host.rsplit(":", 1)[0]).lower()
        scheme = "http" if name in LOOPBACK else "https"
        return cls(method, name, address.path, query, lower, body, f"{scheme}://{host}")

    @property
    def on_loopback(self) -> bool:
        """Does the client speak to a bare loopback address, not to a platform's host name?"""
        return self.host in LOOPBACK

    @cached_property
    def form(self) -> Mapping[str, list[str]]:
        """The fields of an urlencoded body; nothing for a body that says it is something else."""
        kind = self.headers.get("content-type", "application/x-www-form-urlencoded")
        if not kind.startswith("application/x-www-form-urlencoded"):
            return {}
        return parse_qs(self.body.decode(errors="replace"), keep_blank_values=True)

    def get(self, name: str, default: str = "") -> str:
        """A parameter, from the address or else the form; the last one where it is repeated."""
        return (self.query.get(name) or self.form.get(name) or [default])[-1]


@dataclass(slots=True)
class Answer:
    """One HTTP answer. `cost`: what the platform charges for the request, in its own unit.

    cookies: one Set-Cookie line each.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cost: int = 1
    cookies: tuple[str, ...] = ()

    @classmethod
    def json(cls, value: Any, status: int = 200, cost: int = 1, **headers: str) -> "Answer":
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        names = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(status, body, {"Content-Type": "application/json; charset=UTF-8", **names}, cost)


class Site(Protocol):
    """A platform as the server sees it. Holds the world; called with the world's lock held, one request at a time."""

    name: str

    def owns(self, request: Request) -> bool:
        """Is this request for me? By host name, or by path where the client speaks to a loopback address."""
        ...

    def answer(self, request: Request) -> Answer: ...
