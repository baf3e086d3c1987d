"""What is missing on the website, and the choice of language."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select

from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.register.models import Channel
from monitor.register.organisation import NotSetUp, organisation
from monitor.watch.hub import HubPost, hub_gaps
from monitor.web import cookies
from monitor.web.login.returning_rules import own_page
from monitor.web.middleware import COOKIE
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/hub")
def missing_on_the_web(
    request: Request,
    who: Annotated[Visitor, needs(Permission.READ_WATCH)],
    channel: Annotated[str | None, Query()] = None,
) -> HTMLResponse:
    """Own posts that lead to no page of the website, newest first; one channel's where asked for."""
    now, obstacle, gaps = datetime.now(UTC), "", list[HubPost]()
    seen = seen_on(who, Permission.READ_WATCH, channel)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        in_use = select(Channel.id, Channel.name).where(Channel.state != "retired").order_by(Channel.name)
        rows = [(id_, name) for id_, name in session.execute(in_use) if id_ in seen]
        try:
            gaps = [post for post in hub_gaps(session, now, channel or None) if post.channel in seen]
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
def choose(request: Request, name: str, back: Annotated[str, Query()] = "") -> RedirectResponse:
    """Remembers the language in a cookie, and goes back to the page where it was chosen."""
    answer = RedirectResponse(own_page(back), status_code=303)
    cookies.give(request, answer, COOKIE, "en" if name == "en" else "sv", 31_536_000)
    return answer


def seen_on(who: Visitor, permission: Permission, channel: str | None) -> frozenset[str]:
    """Ids of the channels that the page may show. 404 where it is asked for another one, as for none."""
    seen = who.channels_for(permission)
    if channel and channel not in seen:
        raise HTTPException(404)
    return seen
