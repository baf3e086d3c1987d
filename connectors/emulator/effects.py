"""What was done through the platforms' APIs, for tests to count: never how often it was asked for."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that the organisation did through a platform's API. target: what it was done to; made: the reply, or
    what was published (target: the account; of a comment on a video of one's own: that video).

    kind: publish, reply, edit, hide, unhide, delete, hold, release, reject, describe (a channel's own text).
    """

    kind: str
    target: str
    at: datetime
    made: str | None = None
