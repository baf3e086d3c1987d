"""A town with months of watch behind it, put straight into the day register: the pages only read."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.day_models import Correction, WatchDay
from tests.monitor.days.almanac import STOCKHOLM, at
from tests.monitor.town import Town

PARTLY = {"verdict": "partly", "reason": "not_reviewed", "unseen": 2}
MISSED = {
    "verdict": "not_watched",
    "how": "none",
    "reason": "reading_failed",
    "fetch": "failed",
    "failure_kind": "auth_expired",
    "first_complete_at": None,
}
OPEN = PARTLY | {"verdict": None}
LONG = "Socialförvaltningens öppna förskolas och familjecentrals slutna grupp för föräldrar och barn i Tibro kommun"
NASTY = 'Råd & <b>"fritid"</b>'
But = Mapping[tuple[str, date], Mapping[str, Any]]


def watched_town(db: Database, names: Mapping[str, str], began: date, now: datetime, but: But | None = None) -> Town:
    """Channels by id and name, `fb` among them, watched on every working day since `began`, except on those in `but`.

    The register is as if it had been kept a moment ago.
    """
    town, since = Town(db), {"watched_since": at(began, "07.00")}
    for id_, name in names.items():
        if id_ != "fb":
            town.channel(id_, name=name, **since)
        town.schedule(id_, last_complete_at=now)
    town.change(Channel, "fb", name=names["fb"], **since)
    days = list(working_days(db, began, now))
    with db.transaction() as session:
        session.add_all(watched_day(id_, day, now, (but or {}).get((id_, day), {})) for day in days for id_ in names)
    return town


def put_right(db: Database, channel: str, day: date, now: datetime) -> None:
    """The editor says afterwards that it was watched."""
    said = {"verdict": "watched", "how": "attested", "reason": "corrected", "note": "Sedd på annan väg."}
    with db.transaction() as session:
        session.add(Correction(channel_id=channel, day=day, by_id="redaktor", at=now, **said))


def working_days(db: Database, began: date, now: datetime) -> Iterator[date]:
    with db.snapshot() as session:
        calendar = calendar_of(organisation(session))
    days = (began + timedelta(number) for number in range((calendar.local_date(now) - began).days + 1))
    return filter(calendar.is_working_day, days)


def watched_day(channel: str, day: date, now: datetime, values: Mapping[str, Any]) -> WatchDay:
    """As the register has it: watched, but for `values`."""
    over = day < now.astimezone(STOCKHOLM).date()
    known = {
        "mode": "automatic",
        "planned_at": at(day, "00.01"),
        "kept_at": at(day, "23.59") if over else now,
        "concluded_at": at(day + timedelta(days=1), "00.01") if over else None,
        "verdict": "watched",
        "how": "automatic",
        "reason": "nothing_new",
        "fetch": "complete",
        "first_complete_at": at(day, "06.45"),
    }
    return WatchDay(channel_id=channel, day=day, **(known | values))
