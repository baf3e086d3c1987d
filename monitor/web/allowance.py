"""So much and no more, counted in this process alone."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Allowance:
    """So many requests at once, and so many a second after that; what comes beyond is not taken."""

    burst: float = 300
    per_second: float = 20
    left: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.left, self.at = self.burst, time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self.left, self.at = min(self.burst, self.left + (now - self.at) * self.per_second), now
        if self.left < 1:
            return False
        self.left -= 1
        return True
