"""The declared mix of faults: what each request may meet, how often, and who has to wait for it.

All of it is chosen by one seed. Nothing here looks at the product: a platform's "wait" is noted as it is said.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from connectors.emulator.faults import Fault, Faults, Kind
from connectors.emulator.instagram_web.troubles import TROUBLES
from connectors.emulator.wire import Answer, Request, Site

PACIFIC = ZoneInfo("America/Los_Angeles")
Whose = Literal["nobody", "channel", "app"]
"""Whose calls have to wait after the answer: the channel's own, or those of all that share its app or project."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """chance: of each request to the site (any where empty), of channels of the platform (any where empty).

    minutes: how long the platform says to wait, (least, most); (0, 0) where it does not say. midnight: until midnight
    Pacific time.
    """

    name: str
    chance: float
    site: str = ""
    platform: str = ""
    kind: Kind = "status"
    status: int = 500
    body: str = ""
    headers: Mapping[str, str] | None = None
    whose: Whose = "nobody"
    minutes: tuple[int, int] = (0, 0)
    midnight: bool = False

    def fits(self, site: str, platform: str) -> bool:
        return self.site in ("", site) and self.platform in ("", platform)

    def fault(self, minutes: int) -> Fault:
        headers = dict(self.headers or {})
        if self.site == "graph" and minutes:
            use = {"call_count": 100, "total_cputime": 30, "total_time": 30, "estimated_time_to_regain_access": minutes}
            headers["X-Business-Use-Case-Usage"] = json.dumps({"1": [{"type": "pages", **use}]})
        elif minutes:
            headers["Retry-After"] = str(minutes * 60)
        return Fault(self.kind, status=self.status, body=self.body, headers=headers, cost=1)


def _graph(code: int, message: str = "…", **more: Any) -> str:
    return json.dumps(
        {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A", **more}}
    )


def _google(status: int, reason: str) -> str:
    return json.dumps({"error": {"code": status, "message": "…", "errors": [{"message": "…", "reason": reason}]}})


def _web(name: str, chance: float, **more: Any) -> Trouble:
    what = TROUBLES[name]
    return Trouble(name, chance, "instagram_web", status=what["status"], body=what["body"], **more)


REDUCE = "Please reduce the amount of data you're asking for, then retry your request"
MIX = (
    *(Trouble(kind, 0.006, kind=kind) for kind in ("reset", "close", "lose", "html", "empty", "truncate")),
    Trouble("80001", 0.003, "graph", "facebook", status=400, body=_graph(80001), whose="channel", minutes=(5, 45)),
    Trouble("80002", 0.003, "graph", "instagram", status=400, body=_graph(80002), whose="channel", minutes=(5, 45)),
    Trouble("4 (app)", 0.002, "graph", status=403, body=_graph(4), whose="app"),
    Trouble("1 reduce", 0.004, "graph", status=500, body=_graph(1, REDUCE)),
    Trouble("1 unknown", 0.002, "graph", status=500, body=_graph(1)),
    Trouble("2", 0.003, "graph", status=503, body=_graph(2, is_transient=True)),
    Trouble("500", 0.003, "graph", status=500),
    Trouble(
        "quotaExceeded", 0.001, "youtube", status=403, body=_google(403, "quotaExceeded"), whose="app", midnight=True
    ),
    Trouble("rateLimitExceeded", 0.003, "youtube", status=403, body=_google(403, "rateLimitExceeded"), whose="app"),
    Trouble("processingFailure", 0.002, "youtube", status=400, body=_google(400, "processingFailure")),
    Trouble("backendError", 0.003, "youtube", status=503, body=_google(503, "backendError")),
    _web("wait", 0.004, whose="channel"),
    _web("too_many_requests", 0.003, whose="channel", minutes=(5, 30)),
    _web("something_went_wrong", 0.003),
    _web("server_error", 0.003),
)
HOLLOWED = "no comments, though counted"
HOLLOW = 0.006
"""Chance of an answer that lists no comments although it counts them."""
OUTAGE = 0.01
"""Chance, after each round, that the channel's token is refused (Graph: 190/463) for some minutes."""
OUTAGE_MINUTES = (5, 240)


class MixedFaults(Faults):
    """Chooses for each request. `tell` hears of every answer that asks to wait: the trouble, and until when it says."""

    def __init__(self, seed: int, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.done: Counter[str] = Counter()
        self.platform = ""  # of the channel that is being read
        self.quiet = False
        self.tell: Callable[[Trouble, datetime | None], None] = lambda _trouble, _until: None
        self._chance = random.Random(seed)  # noqa: S311 - a toy world
        self._now = now

    def take(self, site: str, request: Request) -> Fault | None:
        drawn = self._chance.random()
        if self.quiet:
            return None
        of_site = "" if request.path == "/token" else site  # the token endpoint has none of the API's own troubles
        for trouble in (one for one in MIX if one.fits(of_site, self.platform)):
            drawn -= trouble.chance
            if drawn < 0:
                return self._strike(trouble)
        return None

    def hollow(self) -> bool:
        """Is this answer to be emptied?"""
        return not self.quiet and self._chance.random() < HOLLOW

    def _strike(self, trouble: Trouble) -> Fault:
        self.done[trouble.name] += 1
        minutes = self._chance.randint(*trouble.minutes)
        if trouble.whose != "nobody":
            self.tell(trouble, self._until(trouble, minutes))
        return trouble.fault(minutes)

    def _until(self, trouble: Trouble, minutes: int) -> datetime | None:
        if trouble.midnight:
            tomorrow = self._now().astimezone(PACIFIC).date() + timedelta(days=1)
            return datetime.combine(tomorrow, time(), PACIFIC).astimezone(UTC)
        return self._now() + timedelta(minutes=minutes) if minutes else None


class HollowSite:
    """A site whose lists of comments are now and then empty, though it goes on counting them."""

    def __init__(self, site: Site, faults: MixedFaults) -> None:
        self.name, self._site, self._faults = site.name, site, faults

    def owns(self, request: Request) -> bool:
        return self._site.owns(request)

    def answer(self, request: Request) -> Answer:
        answer = self._site.answer(request)
        if answer.status != 200 or b"omment" not in answer.body or not self._faults.hollow():
            return answer
        found = json.loads(answer.body)
        _empty(found, own=request.path.endswith(("/comments", "/commentThreads")))
        emptied = json.dumps(found).encode()
        self._faults.done[HOLLOWED] += emptied != json.dumps(json.loads(answer.body)).encode()
        return replace(answer, body=emptied)


def _empty(value: Any, *, own: bool) -> None:
    """Takes the comments out of an answer: those of its own list, and those nested in it."""
    if isinstance(value, list):
        for each in value:
            _empty(each, own=False)
    if not isinstance(value, dict):
        return
    if own:
        value.update({name: end for name, end in NOTHING.items() if name in value})
    for name, each in value.items():
        _empty(each, own=name in ("comments", "edge_media_to_parent_comment"))


NOTHING: dict[str, Any] = {
    "data": [],
    "items": [],
    "edges": [],
    "paging": {},
    "nextPageToken": "",
    "page_info": {"has_next_page": False, "end_cursor": None},
}
"""How the three platforms write that a list is empty and has no further page."""
