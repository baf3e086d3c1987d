"""The auditor: looks every minute whether anything stands still, and tells an outside watcher that nothing does.

The outside watcher alarms when it hears nothing; so a dead daemon is noticed as well as a stuck one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx2
import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import Settings
from monitor.alerts.models import Notice
from monitor.db import Database
from monitor.register.models import Channel
from monitor.watch.models import Schedule

PATIENCE = timedelta(minutes=5)
TIMEOUT_SECONDS = 10
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Audit:
    """What stands still: channels that should have been read, notices that should have been sent. told: the outside
    watcher heard that all is well."""

    late_channels: int
    late_notices: int
    told: bool

    @property
    def well(self) -> bool:
        return not (self.late_channels or self.late_notices)


def audit(db: Database, now: datetime, settings: Settings) -> Audit:
    """Counts what has been due for more than five minutes, and pings KANALVAKT_HEARTBEAT_URL if nothing has.

    Notices that wait because no mail server is set are not late. A ping that fails is logged, never raised.
    """
    with db.snapshot() as session:
        channels = _late_channels(session, now - PATIENCE)
        notices = _late_notices(session, now - PATIENCE) if settings.smtp_url is not None else 0
    if channels or notices:
        log.error("standing_still", late_channels=channels, late_notices=notices, ping="withheld")
        return Audit(channels, notices, told=False)
    return Audit(0, 0, told=_ping(settings))


def _late_channels(session: Session, before: datetime) -> int:
    query = select(func.count()).select_from(Schedule).join(Channel, Channel.id == Schedule.channel_id)
    read = (Channel.state == "active", Channel.watch_mode == "automatic", Schedule.next_poll_at < before)
    return session.scalars(query.where(*read)).one()


def _late_notices(session: Session, before: datetime) -> int:
    waiting = (Notice.state.in_(("due", "sending")), Notice.due_at < before)
    return session.scalars(select(func.count()).select_from(Notice).where(*waiting)).one()


def _ping(settings: Settings) -> bool:
    if settings.heartbeat_url is None:
        return False
    try:
        httpx2.get(
            settings.heartbeat_url.get_secret_value(), timeout=TIMEOUT_SECONDS, follow_redirects=True
        ).raise_for_status()
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        log.warning("heartbeat_not_heard", error=type(error).__name__)  # the address itself is a secret
        return False
    return True
