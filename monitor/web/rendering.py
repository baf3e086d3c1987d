"""Turns what the domain says into pages: templates, and times and numbers in the reader's language and zone."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.language import _, dated, duration, language, moment
from monitor.alerts.wording import excerpt
from monitor.db.one_view import leave
from monitor.web import assets, navigation
from monitor.web.emergency import banner

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The template as a page, in the language in use."""
    leave()  # everything has been read
    known = {
        "request": request,
        "visitor": getattr(request.state, "visitor", None),
        "demo": request.app.state.settings.demo_mails is not None,
        "language": language(),
        "warnings": banner.shown(request.app.state),
    }
    shown = TEMPLATES.get_template(template).render(**(known | values))
    return HTMLResponse(shown, status_code=status)


TEMPLATES.globals["version"] = version("kanalvakt")  # strangers are not told
TEMPLATES.globals.update(_=_, static=assets.address, navigation=navigation, source_in_words=banner.source_in_words)
TEMPLATES.filters.update(moment=moment, dated=dated, duration=duration, excerpt=excerpt)
