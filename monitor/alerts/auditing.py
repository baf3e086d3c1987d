"""The auditor: looks every minute whether anything stands still, and tells an outside watcher that nothing does.

The outside watcher alarms when it hears nothing; so a dead daemon is noticed as well as a stuck one.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

import structlog

from config.settings import Settings
from monitor.alerts.standing_still import Still, standing_still
from monitor.db import Database

TIMEOUT_SECONDS = 10
MOST_NAMES = 20
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Audit:
    """still: what stands still. told: the outside watcher heard that nothing does."""

    still: Still
    told: bool

    @property
    def well(self) -> bool:
        return not self.still


def audit(db: Database, now: datetime, settings: Settings) -> Audit:
    """Looks for what stands still, logs its names, and pings KANALVAKT_HEARTBEAT_URL if it is nothing at all.

    Notices that wait because no mail server is set are not late. A ping that fails is logged, never raised.
    """
    with db.snapshot() as session:
        still = standing_still(session, now, settings)
    if still:
        found = {kind: names for kind, names in asdict(still).items() if names}
        counts = {f"late_{kind}": len(names) for kind, names in found.items()}
        names = {kind: list(names[:MOST_NAMES]) for kind, names in found.items()}
        log.error("standing_still", **counts, **names, ping="withheld")
        return Audit(still, told=False)
    return Audit(still, told=_ping(settings))


def _ping(settings: Settings) -> bool:
    if settings.heartbeat_url is None:
        return False
    import httpx2  # here, as it takes two megabytes of every process, and most have no use for it

    try:
        httpx2.get(
            settings.heartbeat_url.get_secret_value(), timeout=TIMEOUT_SECONDS, follow_redirects=True
        ).raise_for_status()
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        log.warning("heartbeat_not_heard", error=type(error).__name__)  # the address itself is a secret
        return False
    return True
