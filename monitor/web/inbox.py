"""The inbox: what waits, or everything there is, by channel, unit, state, period and what was said."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor import NEEDS_SOMEBODY, State
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.inbox.flag_listing import LABELS
from monitor.inbox.listing import Asked, listed, units
from monitor.inbox.obligations import every_channel
from monitor.inbox.reasons import STATES
from monitor.register.calendar import calendar_of
from monitor.register.organisation import organisation
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(default_response_class=HTMLResponse)

Midnight = Callable[[date], datetime]
EVERYTHING = "all"
LONGEST = 200
NO_DAY = N_("Write the day as 2026-06-15.")
TURNED = N_("The last day lies before the first.")
WORDS: dict[str, Any] = {"labels": LABELS, "names": STATES}


class Typed(BaseModel):
    """The filters as they stand in the address. state: of State, EVERYTHING, or nothing: what waits."""

    channel: str = ""
    unit: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    q: str = Field(default="", repr=False)
    mine: str = ""
    flagged: str = ""
    overdue: str = ""

    def address(self, after: str | None = None) -> str:
        """Of the inbox with these filters; `after`: a further page."""
        said = {name: value for name, value in self if value}
        query = urlencode(said | ({"after": after} if after else {}))
        return f"/inbox?{query}" if query else "/inbox"


@router.get("/inbox")
def inbox(
    request: Request,
    who: Annotated[Visitor, needs(Permission.READ_INBOX)],
    filters: Annotated[Typed, Query()],
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> HTMLResponse:
    """A page of the inbox. 404 for a channel that the visitor may not see; 422 where a day cannot be understood."""
    seen, now = who.channels_for(Permission.READ_INBOX), datetime.now(UTC)
    if filters.channel and filters.channel not in seen:
        raise HTTPException(404)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        zone, faults = ZoneInfo(owner.timezone), _faults(filters)
        found = listed(session, _asked(filters, who.person_id, seen, faults, calendar_of(owner).midnight), now, after)
        choices = _choices(session, seen, filters)
    return page(
        request,
        "inbox.html",
        status=422 if faults else 200,
        organisation=owner,
        zone=zone,
        now=now,
        typed=filters,
        faults={id_: _(sentence) for id_, sentence in faults.items()},
        found=found,
        after=after,
        needing=NEEDS_SOMEBODY,
        **WORDS | choices,
    )


def _asked(filters: Typed, person: str, seen: frozenset[str], faults: dict[str, str], midnight: Midnight) -> Asked:
    since, until = (None if faults else _day(word) for word in (filters.since, filters.until))
    return Asked(
        seen,
        channel=filters.channel or None,
        unit=filters.unit or None,
        mine=person if filters.mine else None,
        state=State(filters.state) if filters.state in set(State) else None,
        everything=filters.state == EVERYTHING,
        flagged=bool(filters.flagged),
        overdue=bool(filters.overdue),
        since=midnight(since) if since else None,
        until=midnight(until + timedelta(days=1)) if until else None,
        text=filters.q[:LONGEST],
    )


def _faults(filters: Typed) -> dict[str, str]:
    """What is wrong with the period, by the field."""
    faults = {
        name: NO_DAY for name in ("since", "until") if getattr(filters, name) and not _day(getattr(filters, name))
    }
    since, until = _day(filters.since), _day(filters.until)
    return faults or ({"until": TURNED} if since and until and until < since else {})


def _day(word: str) -> date | None:
    try:
        day = date.fromisoformat(word.strip())
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= date(2200, 1, 1) else None


def _choices(session: Session, seen: frozenset[str], filters: Typed) -> dict[str, list[tuple[str, str]]]:
    """What the fields offer: only channels and units of which the visitor sees something."""
    channels = [channel for channel, _schedule in every_channel(session) if channel.id in seen]
    there = {channel.unit_id for channel in channels}
    shown = sorted((each.name, each.id) for each in channels if each.state != "retired" or each.id == filters.channel)
    states = [("", _("What waits for somebody")), (EVERYTHING, _("Everything, newest first"))]
    return {
        "channels": [
            ("", _("All channels")),
            *((id_, name) for name, id_ in shown),
        ],
        "units": [("", _("All units")), *((each.id, each.name) for each in units(session) if each.id in there)],
        "states": states + [(state.value, _("Only: {state}", state=_(words))) for state, words in STATES.items()],
    }
