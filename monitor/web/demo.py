"""The demo's mailbox: the mails that the demo's own SMTP server received, readable in the browser."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse

from monitor.register.organisation import organisation
from monitor.web.rendering import page
from monitor.web.visiting import visitor_or_none

router = APIRouter(prefix="/demo", default_response_class=HTMLResponse, dependencies=[Depends(visitor_or_none)])
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"  # mails carry their styles inline


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as received. `name`: its file. attachments: names of the files that came with it."""

    name: str
    subject: str
    to: str
    sent_at: datetime
    text: str
    html: str
    attachments: tuple[str, ...]


@router.get("/mails")
def mailbox(request: Request) -> HTMLResponse:
    """All mails, newest first."""
    mails = sorted((read(path) for path in _folder(request).glob("*.eml")), key=lambda mail: mail.sent_at, reverse=True)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
    return page(request, "mails.html", organisation=owner, mails=mails)


@router.get("/mails/{name}")
def mail(request: Request, name: str) -> HTMLResponse:
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
    return page(request, "mail.html", organisation=owner, mail=_find(request, name))


@router.get("/mails/{name}/html")
def body(request: Request, name: str) -> HTMLResponse:
    """The mail's HTML alone, to be framed without any rights."""
    return HTMLResponse(_find(request, name).html, headers={"Content-Security-Policy": MAIL_POLICY})


def read(path: Path) -> Mail:
    """One .eml file."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return Mail(
        name=path.stem,
        subject=str(message["Subject"]),
        to=str(message["To"]),
        sent_at=parsedate_to_datetime(str(message["Date"])),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _folder(request: Request) -> Path:
    folder: Path = request.app.state.settings.demo_mails
    return folder


def _find(request: Request, name: str) -> Mail:
    for path in _folder(request).glob("*.eml"):
        if path.stem == name:
            return read(path)
    raise HTTPException(404)
