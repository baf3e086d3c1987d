"""Calls that should not have been made: between a platform's "wait" and the time it named, by all who had to wait."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.emulator.ledger import Entry


@dataclass
class Throttle:
    """An answer that asks to wait. index: of its request in the ledger. channels: all who share the budget it is about.

    told: until when, as the platform said; decided: what the reading made of it. The later one counts.
    """

    name: str
    index: int
    channels: frozenset[str]
    told: datetime | None
    decided: datetime | None = None

    @property
    def until(self) -> datetime | None:
        return max((moment for moment in (self.told, self.decided) if moment), default=None)


@dataclass
class Diary:
    """Which requests in the ledger were made for which channel, and who was told to wait."""

    channels: list[str] = field(default_factory=list)
    throttles: list[Throttle] = field(default_factory=list)

    def asked(self, channel: str, until: int) -> None:
        """Everything in the ledger up to there that was nobody's so far was this channel's."""
        self.channels += [channel] * (until - len(self.channels))

    def throttled(self, throttle: Throttle) -> None:
        self.throttles.append(throttle)

    def decided(self, since: int, retry_at: datetime) -> None:
        """What the reading whose requests began at `since` made of the last answer that asked it to wait."""
        if self.throttles and self.throttles[-1].index >= since:
            self.throttles[-1].decided = retry_at

    def waits(self, channel: str, now: datetime) -> bool:
        return any(channel in one.channels and one.until is not None and one.until > now for one in self.throttles)

    def calls_while_parked(self, entries: Sequence[Entry]) -> list[tuple[str, str]]:
        """(who had been told to wait, by what) of each request that should not have been made."""
        found: dict[int, tuple[str, str]] = {}
        for throttle in self.throttles:
            for index in _early(throttle, entries, self.channels):
                found[index] = (self.channels[index], throttle.name)
        return [found[index] for index in sorted(found)]


def _early(throttle: Throttle, entries: Sequence[Entry], channels: Sequence[str]) -> Collection[int]:
    """Requests after the answer and before its end; world time never goes back."""
    early = []
    for index in range(throttle.index + 1, min(len(entries), len(channels))):
        if throttle.until is None or entries[index].at >= throttle.until:
            break
        if channels[index] in throttle.channels:
            early.append(index)
    return early
