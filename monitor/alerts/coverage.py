"""Which of the last working days a channel was not watched on, or only partly."""

from collections import defaultdict
from datetime import date, datetime

from sqlalchemy.orm import Session

from monitor.alerts.rules import WORKING_DAYS_BACK
from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import shown_days


def missed(session: Session, now: datetime, owner: Organisation) -> dict[str, list[date]]:
    """Those of the last working days, oldest first, by channel; channels that were watched on all are left out.

    Today is one of them from closing time on. What was attested or corrected afterwards is not.
    """
    calendar = calendar_of(owner)
    today = calendar.local_date(now)
    found: defaultdict[str, list[date]] = defaultdict(list)
    for shown in shown_days(session, calendar.working_days_before(today, WORKING_DAYS_BACK), today):
        if shown.verdict not in {Verdict.WATCHED, None}:
            found[shown.channel_id].append(shown.day)
    return dict(found)
