"""The pages everybody sees: what waits for an answer, and the channels with their last complete reading."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from sqlalchemy import select

from monitor.inbox.unanswered import unanswered
from monitor.register.models import Channel
from monitor.register.organisation import NotSetUp, organisation
from monitor.watch.hub import HubPost, hub_gaps
from monitor.watch.overview import channels
from monitor.web.middleware import COOKIE
from monitor.web.rendering import page

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/")
def waiting(request: Request, channel: Annotated[str | None, Query()] = None) -> HTMLResponse:
    """What waits for somebody, most overdue first; one channel's where asked for."""
    now = datetime.now(UTC)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        zone = ZoneInfo(owner.timezone)
        rows = channels(session, now.astimezone(zone).date())
        everything = unanswered(session, now)
    waiting = [item for item in everything if channel in (None, "", item.channel)]
    return page(
        request,
        "waiting.html",
        organisation=owner,
        zone=zone,
        now=now,
        channels={row.id: row for row in rows},
        chosen=channel or "",
        waiting=waiting,
        overdue=sum(item.overdue for item in waiting),
        failing=[row for row in rows if row.state == "failing"],
    )


@router.get("/channels")
def all_channels(request: Request) -> HTMLResponse:
    """Each channel: who is responsible, its decision, and when it was last read completely."""
    now = datetime.now(UTC)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        zone = ZoneInfo(owner.timezone)
        rows = channels(session, now.astimezone(zone).date())
    return page(request, "channels.html", organisation=owner, zone=zone, now=now, channels=rows)


@router.get("/hub")
def missing_on_the_web(request: Request, channel: Annotated[str | None, Query()] = None) -> HTMLResponse:
    """Own posts that lead to no page of the website, newest first; one channel's where asked for."""
    now, obstacle, gaps = datetime.now(UTC), "", list[HubPost]()
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        in_use = select(Channel.id, Channel.name).where(Channel.state != "retired").order_by(Channel.name)
        rows = [(id_, name) for id_, name in session.execute(in_use)]
        try:
            gaps = hub_gaps(session, now, channel or None)
        except NotSetUp as error:
            obstacle = str(error)
    return page(
        request,
        "hub.html",
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        gaps=gaps,
        obstacle=obstacle,
        channels=rows,
        chosen=channel or "",
    )


@router.get("/language/{name}")
def choose(name: str, task: Annotated[str, Query(pattern=r"^[\w.-]*$")] = "") -> RedirectResponse:
    """Remembers the language in a cookie, the only one there is, and goes back to the start, or to one's task."""
    answer = RedirectResponse(f"/task/{task}" if task else "/", status_code=303)
    answer.set_cookie(COOKIE, "en" if name == "en" else "sv", max_age=31_536_000, httponly=True, samesite="lax")
    return answer


@router.get("/healthz")
def alive() -> PlainTextResponse:
    """The process answers; says nothing about the rest."""
    return PlainTextResponse("ok")
