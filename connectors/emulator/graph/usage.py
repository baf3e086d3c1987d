"""Graph's rate limits: every call, every id of an `ids=` and every operation of a batch counts."""

import json
import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.emulator.graph.habits import Habits
from connectors.emulator.graph.refusals import throttled
from connectors.emulator.graph.tokens import Viewer
from connectors.emulator.world import Account

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST_BLOCK, LONGER = timedelta(minutes=15), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Budget:
    """Whose calls are counted together. kind: pages or instagram (business: by account), app or user (platform)."""

    kind: str
    owner: str

    @property
    def is_business(self) -> bool:
        return self.kind in ("pages", "instagram")

    @property
    def window(self) -> timedelta:
        return DAY if self.is_business else HOUR

    @classmethod
    def of(cls, viewer: Viewer, account: Account | None) -> "Budget":
        """Business use cases for a page's or system user's token, and for everything on Instagram."""
        account = account or viewer.token.account
        if account and account.platform == "instagram":
            return cls("instagram", account.id)
        if account and viewer.is_page:
            return cls("pages", account.id)
        return cls("app", "app") if viewer.token.kind == "app" else cls("user", viewer.token.value)


@dataclass
class Usage:
    """What was called when, and who has to wait until when."""

    habits: Habits
    calls: dict[Budget, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    blocked: dict[Budget, datetime] = field(default_factory=dict)

    def count(self, budget: Budget, calls: int, now: datetime, *, on_page: bool = False) -> None:
        """Counts calls. Raises Refusal while blocked, and each such call makes the block longer.

        When a block has passed, the count starts anew.
        """
        past = self.calls[budget]
        if budget in self.blocked and self.blocked[budget] <= now:
            past.clear()
            del self.blocked[budget]
        past.extend([now] * calls)
        while past and past[0] <= now - budget.window:
            past.popleft()
        if budget in self.blocked:
            self.blocked[budget] += LONGER
        elif self.percent(budget) >= 100:
            self.blocked[budget] = now + FIRST_BLOCK
        else:
            return
        codes = {"pages": 80001, "instagram": 80002, "app": 4, "user": 32 if on_page else 17}
        raise throttled(codes[budget.kind])

    def percent(self, budget: Budget) -> int:
        limit = self.habits.calls_a_day if budget.is_business else self.habits.calls_an_hour
        return len(self.calls[budget]) * 100 // limit

    def headers(self, budget: Budget, now: datetime) -> dict[str, str]:
        """X-App-Usage or X-Business-Use-Case-Usage. Time shares follow the calls; the wait is in whole minutes."""
        share = self.percent(budget)
        use = {"call_count": share, "total_cputime": share // 2, "total_time": share // 2}
        if not budget.is_business:
            return {"X-App-Usage": json.dumps(use)}
        left = self.blocked.get(budget, now) - now
        regain = math.ceil(max(left.total_seconds(), 0) / 60)
        told = {"type": budget.kind, **use, "estimated_time_to_regain_access": regain}
        return {"X-Business-Use-Case-Usage": json.dumps({budget.owner: [told]})}
