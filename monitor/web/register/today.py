"""/: what waits for whoever is signed in, today's watch, and what is wrong."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.alerts.lines import needs_none
from monitor.emergency.incidents import going_on
from monitor.inbox.flag_listing import LABELS
from monitor.inbox.flag_standing import flags_of
from monitor.inbox.obligations import Obligation
from monitor.inbox.reasons import STATES
from monitor.inbox.removals import secret_comments
from monitor.watch.day_view import VERDICTS
from monitor.web.register.decisions_due import decisions_due
from monitor.web.register.start import start_of
from monitor.web.register.watch_day import DONE
from monitor.web.rendering import page
from monitor.web.visiting import visitor

router = APIRouter(default_response_class=HTMLResponse)
MOST = 20
"""So many comments stand here; the inbox has all."""


@router.get("/")
def start(
    request: Request,
    who: Annotated[Visitor, Depends(visitor)],
    channel: Annotated[str | None, Query()] = None,
    done: Annotated[str, Query()] = "",
    about: Annotated[str, Query()] = "",
) -> Response:
    """Three figures; what waits, the most overdue first; each channel's watch; what is wrong. Links in older mails,
    to one channel's comments, lead on to the inbox."""
    if channel is not None:
        return RedirectResponse(f"/inbox?channel={quote(channel)}" if channel else "/inbox", status_code=303)
    with request.app.state.db.snapshot() as session:
        values, names = _shown(session, who, datetime.now(UTC))
    said = _(DONE[done], channel=names[about]) if done in DONE and about in names else ""
    return page(request, "register/today.html", **values, done=said, repairs=who.may(Permission.READ_REPAIRS))


def _shown(session: Session, who: Visitor, now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
    """What the page shows; and the names of the channels that the visitor may know of."""
    found = start_of(session, who, now)
    values = {
        "organisation": found.owner,
        "crises": going_on(session, "actual"),
        "reads_crises": who.may(Permission.READ_CRISIS),
        "zone": ZoneInfo(found.owner.timezone),
        "now": now,
        "reads": found.reads,
        "waiting": found.waiting,
        "overdue": found.overdue,
        "decisions": decisions_due(session, who, found.day),
        "theirs": len(found.theirs),
        "deputises": found.deputises,
        "off": found.off,
        "day": found.day,
        "rows": found.rows,
        "unwatched": found.unwatched,
        "verdicts": VERDICTS,
        "wrong": [(name, since) for _id, name, since in found.wrong],
    }
    return values | _listed(session, found.theirs[:MOST]), found.names


def _listed(session: Session, shown: Sequence[Obligation]) -> dict[str, Any]:
    """What the list of the visitor's own says of each."""
    ids = [item.comment_id for item in shown]
    flags = flags_of(session, ids)
    return {
        "shown": shown,
        "flags": flags,
        "secret": secret_comments(session, ids),
        "labels": LABELS,
        "states": STATES,
        "suggested": {item.comment_id for item in shown if needs_none(item, flags)},
    }
