"""Turns what the domain says into pages: templates, and times and numbers in the reader's language and zone."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.language import _, language

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


def moment(value: datetime, zone: ZoneInfo) -> str:
    """'fre 20 nov. kl. 16.00' / 'Fri 20 Nov at 16:00', in the organisation's zone."""
    local = value.astimezone(zone)
    day = format_date(local, "EEE d MMM", locale=language())
    return _("{day} at {time}", day=day, time=format_time(local, _("HH:mm"), locale=language()))


def duration(length: timedelta) -> str:
    """'3 dagar' / '3 days': how long, in the largest unit that says something."""
    return str(format_timedelta(length, locale=language(), threshold=1.2))


TEMPLATES.globals.update(_=_)
TEMPLATES.filters.update(moment=moment, duration=duration)
