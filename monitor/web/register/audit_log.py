"""/audit: the log in words, by period, person and subject; and the proof that nobody has altered it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.audit.models import AuditEntry
from monitor.audit.reading import Found, entries
from monitor.audit.verifying import Head, verify
from monitor.db.numbered import LARGEST
from monitor.records.acts import act_in_words
from monitor.records.auditing import agreement
from monitor.records.log_words import ACTORS, BROKEN, actor_in_words, changes_in_words, difference_in_words
from monitor.records.subject_words import Names, kind_in_words, names_in, subject_in_words
from monitor.register.calendar import OfficeCalendar, calendar_of
from monitor.register.organisation import organisation
from monitor.web.register.asking import day_written
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/audit", default_response_class=HTMLResponse)
MOST = 50
"""Entries on a page."""


@dataclass(slots=True)
class Wanted:
    """The filter as it was written. faults: sentences by field."""

    first: str = ""
    last: str = ""
    actor: str = ""
    kind: str = ""
    subject: str = ""
    faults: dict[str, str] = field(default_factory=dict)

    def query(self, below: int | None = None) -> str:
        """The same in an address."""
        keys = ("first", "last", "actor", "kind", "subject")
        known = [(key, getattr(self, key)) for key in keys if getattr(self, key)]
        return urlencode([*known, *([("below", below)] if below is not None else [])])

    def span(self, calendar: OfficeCalendar) -> tuple[datetime | None, datetime | None]:
        """From when, and before when; what is no day is said to be none."""
        days = {name: day_written(getattr(self, name)) for name in ("first", "last")}
        for name, day in days.items():
            if getattr(self, name) and day is None:
                self.faults[name] = _("{text} is no day: write it as 2026-06-18.", text=getattr(self, name))
        first, last = days["first"], days["last"]
        if first and last and last < first:
            self.faults["last"] = _("{last} is before {first}: the earlier day comes first.", first=first, last=last)
        since = calendar.midnight(first) if first else None
        return since, calendar.midnight(last + timedelta(days=1)) if last else None


@router.get("", dependencies=[needs(Permission.READ_AUDIT)])
def log(
    request: Request,
    first: str = "",
    last: str = "",
    actor: str = "",
    kind: str = "",
    subject: str = "",
    below: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
) -> HTMLResponse:
    """The newest entries of those asked for; the older ones on the pages after it. 422 for a day that is none."""
    wanted = Wanted(first.strip(), last.strip(), actor.strip(), kind.strip(), subject.strip())
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        found = _found(session, wanted, calendar_of(owner), below)
        names = names_in(session)
        kinds = session.scalars(select(AuditEntry.subject_kind).distinct()).all()
    zone = ZoneInfo(owner.timezone)
    return page(
        request,
        "register/audit.html",
        status=422 if wanted.faults else 200,
        organisation=owner,
        zone=zone,
        wanted=wanted,
        **_listed(found, wanted, zone, names),
        **_choices(names, kinds),
        newest=f"/audit?{wanted.query()}" if below is not None else None,
    )


def _listed(found: Found, wanted: Wanted, zone: ZoneInfo, names: Names) -> dict[str, object]:
    """The entries of a page, those of them that cannot be read, and where the older ones are."""
    numbers = sorted([*(entry.id for entry in found.entries), *found.unreadable], reverse=True)
    more = numbers[MOST - 1] if len(numbers) > MOST else None
    return {
        "rows": [_row(entry, zone, names) for entry in found.entries if more is None or entry.id >= more],
        "unreadable": [number for number in found.unreadable if more is None or number >= more],
        "older": f"/audit?{wanted.query(more)}" if more is not None else None,
    }


def _choices(names: Names, kinds: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """What the filter offers."""
    people = sorted(names.people.items(), key=lambda each: each[1].casefold())
    about = sorted(((each, kind_in_words(each)) for each in kinds), key=lambda each: each[1])
    return {
        "actors": [("", _("Everybody")), *((id_, _(words)) for id_, words in ACTORS.items()), *people],
        "kinds": [("", _("Everything")), *about],
    }


@router.get("/verification", dependencies=[needs(Permission.READ_AUDIT)])
def verification(request: Request, noted: str = "") -> HTMLResponse:
    """Walks the whole log and holds the facts against it. 422 for a noted entry that is none."""
    fault = ""
    try:
        head = str(Head.of(noted)) if noted.strip() else None
    except ValueError:
        head, fault = None, _("{word} is no noted entry: copy it whole, a number, a colon and 64 signs.", word=noted)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        found, facts = (None, None) if fault else (verify(session, head), agreement(session))
    return page(
        request,
        "register/verification.html",
        status=422 if fault else 200,
        organisation=owner,
        found=found,
        facts=facts,
        noted=noted,
        fault=fault,
        broken=_(BROKEN, number=found.broken) if found and found.broken is not None else "",
        differing=[difference_in_words(each) for each in facts.differing] if facts else [],
    )


def _found(session: Session, wanted: Wanted, calendar: OfficeCalendar, below: int | None) -> Found:
    """One more than a page shows, to know whether there are older ones; none for a filter with a fault."""
    since, before = wanted.span(calendar)
    if wanted.faults:
        return Found([], [])
    asked = {"subject_kind": wanted.kind, "subject": wanted.subject, "actor": wanted.actor}
    chosen = {name: text for name, text in asked.items() if text}
    return entries(session, **chosen, since=since, before=before, below=below, most=MOST + 1)


def _row(entry: AuditEntry, zone: ZoneInfo, names: Names) -> dict[str, object]:
    return {
        "number": entry.id,
        "at": entry.at,
        "who": names.people.get(entry.actor) or actor_in_words(entry.actor),
        "what": act_in_words(entry.act),
        "kind": kind_in_words(entry.subject_kind),
        "subject": subject_in_words(entry.subject_kind, entry.subject, names),
        "changes": changes_in_words(entry, zone, names),
    }
