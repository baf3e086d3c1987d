"""Which of the last working days a channel was not watched on, or only partly; and how far back anybody is told."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor import Calendar
from monitor.alerts.rules import WORKING_DAYS_BACK
from monitor.watch.day_models import WatchDay
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import ShownDay, shown_days


def first_kept(session: Session, calendar: Calendar) -> date | None:
    """When the register of days was first kept: what lies before is history, and nobody is told of it. None: never."""
    began = session.scalar(select(func.min(WatchDay.planned_at)))
    return calendar.local_date(began) if began is not None else None


def missed(session: Session, today: date, calendar: Calendar, channel_ids: Sequence[str]) -> dict[str, list[ShownDay]]:
    """Those of the last working days before today, oldest first, by channel; without channels watched on all of them.

    What was attested or corrected afterwards is not one of them.
    """
    first = max(calendar.working_days_before(today, WORKING_DAYS_BACK), first_kept(session, calendar) or today)
    found: defaultdict[str, list[ShownDay]] = defaultdict(list)
    for shown in shown_days(session, first, today - timedelta(days=1), channel_ids):
        if shown.verdict not in {Verdict.WATCHED, None}:
            found[shown.channel_id].append(shown)
    return dict(found)
