"""What can go wrong between a client and a platform, done to chosen requests or at random."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from connectors.emulator.wire import Answer, Request

Kind = Literal["status", "html", "empty", "truncate", "latency", "lose", "fail", "hang", "reset", "close"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WORKED: frozenset[Kind] = frozenset({"truncate", "latency", "lose", "fail"})
"""The kinds where the platform does its work (and charges for it) before things go wrong."""
BREAKS: tuple[Kind, ...] = ("html", "empty", "truncate", "lose", "reset", "close")
"""The kinds that are quick and belong to no platform: the random mix."""
BAD_GATEWAY = b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass
class Fault:
    """A rule: which requests, from when, how often, and what happens to them.

    site, method: exactly, or any where empty. path: a regular expression found in the path. parameters: regular
    expressions found in these parameters. after: so many matching requests pass first. times: None is for ever.

    status    answers `status`, `headers`, `body` in the platform's place      html      an HTML 502 of some gateway
    empty     200 without a body                                               truncate  the body is cut in the middle
    latency   the right answer, `seconds` late                                 lose      done, then a reset: no answer
    hang      silence for `seconds`, then closed                               reset     TCP reset before anything
    close     closed without an answer                                         fail      done, and answered as `status`

    cost: what the platform charges when it does not do the work (a throttled call counts, a lost one does not).
    """

    kind: Kind
    site: str = ""
    path: str = ""
    method: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    after: int = 0
    times: int | None = 1
    status: int = 500
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    cost: int = 0
    seen: int = field(default=0, init=False)
    done: int = field(default=0, init=False)

    def matches(self, site: str, request: Request) -> bool:
        return (
            self.site in ("", site)
            and self.method in ("", request.method)
            and re.search(self.path, request.path) is not None
            and all(re.search(wanted, request.get(name)) for name, wanted in self.parameters.items())
        )

    def due(self) -> bool:
        """Counts a matching request; is it this one's turn?"""
        self.seen += 1
        return self.seen > self.after and (self.times is None or self.done < self.times)

    def answer(self) -> Answer | None:
        """What is sent in the platform's place; None where nothing is sent."""
        if self.kind in ("status", "fail"):
            headers = {"Content-Type": "application/json; charset=UTF-8", **self.headers}
            return Answer(self.status, self.body.encode(), headers, self.cost)
        if self.kind == "html":
            return Answer(502, BAD_GATEWAY, {"Content-Type": "text/html; charset=UTF-8"}, self.cost)
        return Answer(200, b"", {}, self.cost) if self.kind == "empty" else None


class Faults:
    """The rules in force; the first one whose turn it is gets the request. Used with the world's lock held."""

    def __init__(self, *rules: Fault) -> None:
        self.rules = list(rules)

    def add(self, fault: Fault) -> Fault:
        self.rules.append(fault)
        return fault

    def clear(self) -> None:
        self.rules.clear()

    def take(self, site: str, request: Request) -> Fault | None:
        """The fault for this request, if any. Every matching rule counts the request; one strikes."""
        due = [rule for rule in self.rules if rule.matches(site, request) and rule.due()]
        if not due:
            return None
        due[0].done += 1
        return due[0]

    @classmethod
    def random(cls, seed: int, probability: float, *more: Fault) -> "Faults":
        """Each request fails with this probability, in a way that the seed chooses among BREAKS and `more`.

        `clear` ends it. `more` are for the platforms' own error answers; their site, path and counts are respected.
        """
        return _RandomFaults(seed, probability, more)


class _RandomFaults(Faults):
    def __init__(self, seed: int, probability: float, more: tuple[Fault, ...]) -> None:
        super().__init__(*more)
        self._random = random.Random(seed)  # noqa: S311 - chooses faults of a toy world
        self._probability = probability
        self._breaks = [Fault(kind, times=None) for kind in BREAKS]

    def clear(self) -> None:
        super().clear()
        self._breaks.clear()

    def take(self, site: str, request: Request) -> Fault | None:
        if self._random.random() >= self._probability:
            return None
        possible = [rule for rule in [*self.rules, *self._breaks] if rule.matches(site, request) and rule.due()]
        if not possible:
            return None
        chosen = self._random.choice(possible)
        chosen.done += 1
        return chosen
