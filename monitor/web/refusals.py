"""A line in the log for each request that was refused: who asked for which page, and never what was sent."""

import structlog
from fastapi import Request

from monitor.web.allowance import Allowance

log = structlog.get_logger(__name__)


def note_refusal(request: Request, why: str) -> None:
    """why: a word of ours. The page is named as it is written in the code (`/comment/{comment_id}`), for addresses may
    hold words that open something. Sixty lines at once and one a second after that: a flood fills no disk."""
    allowance: Allowance = request.app.state.refusals
    if not allowance.take():
        return
    who = getattr(request.state, "visitor", None)
    route = getattr(request.scope.get("route"), "path_format", None)
    log.warning(
        "request_refused",
        why=why,
        person=who.person_id if who is not None else None,
        method=request.method,
        page=request.scope.get("root_path", "") + route if route else None,
        address=request.client.host if request.client else None,
    )
