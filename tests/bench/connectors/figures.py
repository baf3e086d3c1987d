"""What a fault run came to, and whether it kept its promises."""

from collections import Counter
from dataclasses import asdict, dataclass

from tests.bench.connectors.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a run.

    outcomes: how rounds ended ("parked": nothing was asked). errors: kinds of error of those that asked.
    early: requests that were made although somebody had said "wait": (channel, what was said).
    late: comments below young posts that complete rounds left out, by platform, unless an answer misled them.
    """

    rounds: int
    seed: int
    days: int
    comments: int
    requests: int
    faults: dict[str, int]
    outcomes: dict[str, int]
    errors: dict[str, int]
    late: dict[str, int]
    early: list[tuple[str, str]]
    verdict: Verdict

    @property
    def zeros(self) -> dict[str, int]:
        """What is promised to be 0."""
        found = self.verdict
        return {
            "channels that could not be read in the end": len(found.unread),
            "comments missing": len(found.missing),
            "stored twice": len(found.twice),
            "in a wrong state, or with an old text": len({*found.wrong, *found.stale, *found.extra}),
            "calls made while parked": len(self.early),
        }

    @property
    def wrong(self) -> dict[str, list[str]]:
        """What broke a promise, by name; nothing where all is well."""
        early = Counter(f"{channel} after {name}" for channel, name in self.early)
        found = asdict(self.verdict) | {"early": [f"{what}: {many}" for what, many in early.items()]}
        return {name: list(values) for name, values in found.items() if values}

    @property
    def holds(self) -> bool:
        return not any(self.zeros.values())
