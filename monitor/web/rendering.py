"""Turns what the domain says into pages: templates, and times and numbers in the reader's language and zone."""

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.language import _, duration, language, moment
from monitor.alerts.wording import excerpt

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The template as a page, in the language in use."""
    shown = TEMPLATES.get_template(template).render(
        request=request, demo=request.app.state.settings.demo_mails is not None, language=language(), **values
    )
    return HTMLResponse(shown, status_code=status)


TEMPLATES.globals.update(_=_)
TEMPLATES.filters.update(moment=moment, duration=duration, excerpt=excerpt)
