"""How mails are worded and laid out: the reader's language and times, the same content as plain text and as HTML."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from mjml import mjml2html

from config.language import _, language
from config.settings import Settings
from monitor.alerts.masking_rules import masked, shortened

EXCERPT = 80  # characters: a mail is a copy, and need not be another record of what residents wrote


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(("mjml",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals.update(_=_)
UNFIT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Control signs, which XML does not take: one of them in a resident's text must not keep a mail from being written."""
COMMAND = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail. media_type: "application/pdf"."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says: subject, language, the same content as plain text and as HTML, and what goes with it.

    page_url: where it can be read in Kanalvakt, for routes on which there is no room for more than the subject.
    """

    subject: str
    language: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    page_url: str
    attachments: tuple[Attachment, ...] = ()


def letter(template: str, subject: str, **values: Any) -> Letter:
    """The templates `template`.txt and `template`.mjml, filled in, in the language in use."""
    values |= {"subject": subject, "language": language()}
    text, mjml = (
        UNFIT.sub("", TEMPLATES.get_template(f"{template}.{kind}").render(values)) for kind in ("txt", "mjml")
    )
    # No web fonts: opening a mail must not tell another company about it
    html = mjml2html(mjml, disable_comments=True, fonts={})
    return Letter(subject, language(), text, html, values["page_url"])


def marked_up(text: str) -> str:
    """As HTML, with what stands between backticks as code: it is typed as it stands."""
    return COMMAND.sub(r"<code>\1</code>", escape(text))


def excerpt(text: str) -> str:
    """The beginning of a text on one line, without personal identity numbers."""
    return shortened(masked(" ".join(text.split())), EXCERPT)


def web_address(text: str | None) -> str | None:
    """The text if a mail may link to it."""
    return text if text is not None and text.startswith(("https://", "http://")) else None


def clock(value: datetime, zone: ZoneInfo) -> str:
    """'16.00' / '16:00'."""
    return str(format_time(value.astimezone(zone), _("HH:mm"), locale=language()))


def days_between(first: date, last: date) -> str:
    """'3–17 nov.', and for a single day 'tis 3 nov.'"""
    if first == last:
        return str(format_date(first, "EEE d MMM", locale=language()))
    span = format_interval(first, last, "MMMd" if first.year == last.year else "yMMMd", locale=language())
    return str(span).replace("\u2009", "")  # thin spaces, which not every mail program knows


def days_in_words(days: Sequence[date]) -> str:
    """'mån 16 nov., tis 17 nov.'"""
    return ", ".join(format_date(day, "EEE d MMM", locale=language()) for day in days)


def signed(subject: str, organisation: str) -> str:
    """A subject that says who sends it."""
    return f"{subject} – Kanalvakt, {' '.join(organisation.split())}"


def days_left(days: int) -> str:
    """How long something still lasts, in words."""
    if days == 0:
        return _("This is the last day.")
    return _("1 day is left.") if days == 1 else _("{count} days are left.", count=days)


def base_url(settings: Settings) -> str:
    """Where people reach the web pages, without a slash at the end."""
    return (settings.web.public_url or f"http://{settings.web.host}:{settings.web.port}").rstrip("/")


def comment_url(settings: Settings, comment_id: int) -> str:
    """Where one comment is in Kanalvakt."""
    return f"{base_url(settings)}/comment/{comment_id}"


def inbox_url(settings: Settings, channel_id: str) -> str:
    """Where what waits on a channel is."""
    return f"{base_url(settings)}/inbox?channel={quote(channel_id, safe='')}"


def channel_url(settings: Settings, channel_id: str) -> str:
    """Where all that is known of a channel is."""
    return f"{base_url(settings)}/channels/{quote(channel_id, safe='')}"


TEMPLATES.filters.update(marked_up=marked_up)
