"""What somebody has written in a crisis is never lost because they are signed out, or the database is away: the answer
is a page with all of it, to be sent again."""

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse

from monitor.watch.shown import storable
from monitor.web.form_body import fields
from monitor.web.rendering import page

PLACE = "/crisis"
LARGEST = 1_000_000  # bytes, as in monitor.web.emergency.forms
MOST_FIELDS = 2500
SHORTEST = 17
"""Characters of what is shown besides being kept: shorter values are buttons', lists' and times."""


async def kept(
    request: Request, status: int, title: str, text: str, link: tuple[str, str] | None
) -> HTMLResponse | None:
    """The page; None where nothing was sent, or not in a crisis. It holds what came with this very request, and nothing
    of ours. link: address and words of what helps, to be opened beside it."""
    path = request.url.path
    if request.method != "POST" or not (path == PLACE or path.startswith(f"{PLACE}/")):
        return None
    try:
        found = await fields(request, LARGEST, MOST_FIELDS)
    except HTTPException:
        return None
    values = [(name, storable(each)) for name, several in found.items() for each in several]
    if not values:
        return None
    written = [each for _name, each in values if len(each) >= SHORTEST]
    told = {"title": title, "text": text, "link": link, "action": path, "values": values, "written": written}
    return page(request, "kept.html", status=status, **told)
