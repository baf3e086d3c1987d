"""What was asked of the platforms: every request in order, with what the platform charged for it."""

import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from connectors.emulator.wire import Request

SECRET = frozenset(
    {
        "access_token",
        "appsecret_proof",
        "client_secret",
        "code",
        "code_verifier",
        "enc_password",
        "fb_dtsg",
        "input_token",
        "fb_exchange_token",
        "key",
        "lsd",
        "refresh_token",
        "upload_id",
    }
)
_INSIDE = re.compile(r"(access_token=|access_token\W{1,9})[^&\"\\]+")
REDACTED = "***"


@dataclass(frozen=True, slots=True)
class Entry:
    """One request. `status` None: no answer was sent. `fault`: what was done to it. `error`: our own traceback.

    `cost` is in the platform's unit (Graph: calls; YouTube: units; Instagram's web: requests); `at` is world time.
    """

    site: str
    method: str
    path: str
    parameters: dict[str, str]
    status: int | None
    cost: int
    fault: str | None
    at: datetime
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.at.isoformat()}


@dataclass
class Ledger:
    """All entries, oldest first. Written by the server with the world's lock held."""

    entries: list[Entry] = field(default_factory=list)

    def mark(self) -> int:
        """A place to count from, for `since`."""
        return len(self.entries)

    def since(self, mark: int) -> "Ledger":
        """A copy of what came after the mark."""
        return Ledger(self.entries[mark:])

    def clear(self) -> None:
        self.entries.clear()

    def of(self, site: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.site == site]

    def requests(self, site: str | None = None) -> int:
        return sum(site in (None, entry.site) for entry in self.entries)

    def cost(self, site: str | None = None) -> int:
        return sum(entry.cost for entry in self.entries if site in (None, entry.site))

    def sums(self) -> dict[str, dict[str, int]]:
        """Requests and cost by site."""
        sites = dict.fromkeys(entry.site for entry in self.entries)
        return {site: {"requests": self.requests(site), "cost": self.cost(site)} for site in sites}

    def errors(self) -> list[Entry]:
        """Requests on which the emulator itself failed; a test should find none."""
        return [entry for entry in self.entries if entry.error]


def parameters(request: Request) -> dict[str, str]:
    """The request's parameters for the ledger: tokens and passwords blotted out, also inside a batch."""
    named = {name: values[-1] for source in (request.form, request.query) for name, values in source.items()}
    return {name: REDACTED if name in SECRET else _without_tokens(text) for name, text in named.items()}


def _without_tokens(text: str) -> str:
    return _INSIDE.sub(rf"\1{REDACTED}", text) if "access_token" in text else text
