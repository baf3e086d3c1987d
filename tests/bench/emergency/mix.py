"""What happens to a broadcast, and how often: one of these each time, chosen by the seed."""

import json
from dataclasses import dataclass
from random import Random

from connectors.emulator.faults import Fault
from monitor.emergency.rules import Fate
from tests.bench.emergency.scene import PLATFORMS, TIMEOUT

LAGS = (0, 0, 0, 5, 15)
"""Seconds until the platforms' lists show a post, one of these each time."""
LOOK_ALIKES = 0.3
"""Share of the broadcasts beside which another operator posts nearly the same on each channel."""
CALLS = {"facebook": "/feed$", "instagram": "/media_publish$", "youtube": "/commentThreads$"}
"""The call that makes it public."""


def _graph(code: int, **more: object) -> str:
    return json.dumps({"error": {"code": code, "type": "OAuthException", "message": "x", **more}})


def _youtube(code: int, reason: str) -> str:
    return json.dumps({"error": {"code": code, "message": "x", "errors": [{"reason": reason, "message": "x"}]}})


YOUTUBE = {400: _youtube(400, "processingFailure"), 401: _youtube(401, "authError")}
"""What YouTube says in the place of Graph's answer with that status."""
ANSWERS: dict[str, Fault] = {
    "done, then a reset": Fault("lose"),
    "done, then an answer cut short": Fault("truncate"),
    "done, then silence past the timeout": Fault("latency", seconds=TIMEOUT * 1.5),
    "not done, reset": Fault("reset"),
    "not done, closed": Fault("close"),
    "not done, 502 as HTML": Fault("html"),
    "not done, 500": Fault("status", status=500),
    "not done, silence past the timeout": Fault("hang", seconds=TIMEOUT * 1.5),
    "429, Retry-After 20": Fault("status", status=429, headers={"Retry-After": "20"}),
    "a 400 that passes": Fault("status", status=400, body=_graph(2, is_transient=True)),
    "401 in mid-broadcast": Fault("status", status=401, body=_graph(190, error_subcode=463), times=None),
}
SHARES: dict[str, float] = {
    "done, then a reset": 0.05,
    "done, then an answer cut short": 0.03,
    "done, then silence past the timeout": 0.02,
    "not done, reset": 0.03,
    "not done, closed": 0.02,
    "not done, 502 as HTML": 0.02,
    "not done, 500": 0.03,
    "not done, silence past the timeout": 0.01,
    "429, Retry-After 20": 0.02,
    "a 400 that passes": 0.01,
    "401 in mid-broadcast": 0.02,
    "Instagram's container IN_PROGRESS for 60 s": 0.01,
    "Instagram's container ERROR": 0.01,
    "Instagram's container EXPIRED": 0.01,
    "reading back fails three times": 0.02,
    "worker killed (SIGKILL)": 0.14,
    "worker paused (SIGSTOP), awake after its lease": 0.04,
    "three workers at once": 0.03,
    "pressed twice at once": 0.03,
    "stopped between arming and sending": 0.03,
    "crisis page not seen for 3 s": 0.02,
    "crisis page never seen": 0.01,
    "all database connections cut": 0.02,
}
GOES_WELL = "nothing"


@dataclass(frozen=True)
class Point:
    """A boundary between two statements, on a channel. state: around its commit; None: around the publishing call."""

    name: str
    state: Fate | None
    after: bool


POINTS = (
    Point("before ARMED is committed", Fate.ARMED, after=False),
    Point("after ARMED is committed", Fate.ARMED, after=True),
    Point("before the publishing call", None, after=False),
    Point("after the publishing call", None, after=True),
    Point("before its result is committed", Fate.CONFIRMED, after=False),
    Point("after its result is committed", Fate.CONFIRMED, after=True),
    Point("before what was read back is committed", Fate.VERIFIED, after=False),
)
PAUSES = (POINTS[1], POINTS[3], POINTS[5])
"""Outside transactions. Not before the publishing call: who sleeps between the last look at the clock and the request
itself sends late, and no client can help it."""


def chosen(chance: Random) -> str:
    names = [*SHARES, GOES_WELL]
    return chance.choices(names, [*SHARES.values(), 1 - sum(SHARES.values())])[0]


def fault_of(name: str, place: str) -> Fault:
    """The rule for the emulator: of an answer to the call that publishes there."""
    made = ANSWERS[name]
    body = YOUTUBE.get(made.status, made.body) if place == "youtube" else made.body
    how = {"status": made.status, "body": body, "headers": made.headers, "seconds": made.seconds}
    return Fault(made.kind, method="POST", path=CALLS[place], times=made.times, **how)  # type: ignore[arg-type]


def place_of(chance: Random) -> str:
    return chance.choice(PLATFORMS)
