"""How mails are worded and laid out: the reader's language and times, the same content as plain text and as HTML."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from mjml import mjml2html

from config.language import _, language
from config.settings import Settings

EXCERPT = 80  # characters: a mail is a copy, and need not be another record of what residents wrote


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(("mjml",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals.update(_=_)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: subject, language, and the same content as plain text and as HTML."""

    subject: str
    language: str
    text: str = field(repr=False)
    html: str = field(repr=False)


def letter(template: str, subject: str, **values: Any) -> Letter:
    """The templates `template`.txt and `template`.mjml, filled in, in the language in use."""
    values |= {"subject": subject, "language": language()}
    text = TEMPLATES.get_template(f"{template}.txt").render(values)
    # No web fonts: opening a mail must not tell another company about it
    html = mjml2html(TEMPLATES.get_template(f"{template}.mjml").render(values), disable_comments=True, fonts={})
    return Letter(subject, language(), text, html)


def excerpt(text: str) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"


def signed(subject: str, organisation: str) -> str:
    """A subject that says who sends it."""
    return f"{subject} – Kanalvakt, {' '.join(organisation.split())}"


def base_url(settings: Settings) -> str:
    """Where people reach the web pages, without a slash at the end."""
    return (settings.web.public_url or f"http://{settings.web.host}:{settings.web.port}").rstrip("/")
