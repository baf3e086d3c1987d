"""/crisis/readiness: is everything in order that a crisis would need? /crisis/kit: what has to lie on paper, because
computers may be what has failed."""

from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.alerts.wording import base_url
from monitor.emergency.own_templates import offered
from monitor.emergency.readiness import checks_of, latest
from monitor.emergency.readiness_rules import CHECKS, STALE
from monitor.emergency.staff import told_of_everything
from monitor.register.duties import ROLES
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/crisis", default_response_class=HTMLResponse)
Reader = Annotated[Visitor, needs(Permission.READ_CRISIS)]
NIGHTS = 14


@router.get("/readiness")
def readiness(request: Request, who: Reader) -> HTMLResponse:  # noqa: ARG001 - the permission is the dependency's
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        rows = latest(session, NIGHTS)
    found = checks_of(rows[0]) if rows else []
    return page(
        request,
        "emergency/readiness.html",
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        rows=rows,
        old=bool(rows) and datetime.now(UTC) - rows[0].at > STALE,
        wrong=[one for one in found if not one.ok],
        well=[one for one in found if one.ok],
        names=CHECKS,
    )


@router.get("/kit")
def kit(request: Request, who: Reader) -> HTMLResponse:  # noqa: ARG001 - the permission is the dependency's
    with request.app.state.db.snapshot() as session:
        shown = _kit(session)
    settings = request.app.state.settings
    return page(
        request,
        "emergency/kit.html",
        now=datetime.now(UTC),
        roles=ROLES,
        here=base_url(settings),
        hub=settings.emergency.hub_url,
        **shown,
    )


def _kit(session: Session) -> dict[str, Any]:
    owner = organisation(session)
    channels = select(Channel).where(Channel.state != "retired").order_by(Channel.platform, Channel.name)
    return {
        "organisation": owner,
        "zone": ZoneInfo(owner.timezone),
        "people": told_of_everything(session),
        "channels": list(session.scalars(channels)),
        "wordings": [(name, list(each)) for name, each in groupby(offered(session), key=lambda one: one.name)],
    }
