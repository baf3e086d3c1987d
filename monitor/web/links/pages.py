"""/task/…: what a link in a mail lets its holder do, without logging in. Looking changes nothing; the button does.

Whoever holds the link is taken for the person that it was sent to. Of what residents wrote no more is shown than the
mail itself may quote.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from config.language import _, language, use_language
from monitor.alerts.tasks import FINISH, HANDLE
from monitor.inbox.marking import CannotMark
from monitor.register.links import Link, LinkExpired, LinkInvalid, digest, opened
from monitor.register.models import Channel, Organisation, Person
from monitor.register.organisation import organisation
from monitor.web import cookies
from monitor.web.links.forms import HIGHEST_COUNT, LONGEST_NOTE, Form, form
from monitor.web.links.holding import Holder, LookAgain, Refused
from monitor.web.links.kinds import KINDS, REFUSALS
from monitor.web.middleware import COOKIE
from monitor.web.refusals import note_refusal
from monitor.web.rendering import page

router = APIRouter(prefix="/task", default_response_class=HTMLResponse)


@router.get("/{word}")
def show(request: Request, word: str) -> Response:
    """What it is about, and one button; or by whom it was done."""
    try:
        with request.app.state.db.snapshot() as session, _held(request, session, word) as holder:
            return _page(request, holder, Form())
    except Refused as why:
        return _refusal(request, why)


@router.post("/{word}")
async def press(request: Request, word: str) -> Response:
    """Does it, and leads to the page that says so. 422 with what is wrong at the field; 409 when it would not count."""
    return await run_in_threadpool(_press, request, word, await form(request))


@router.get("/{word}/decision.pdf")
def decision(request: Request, word: str) -> Response:
    """The decision that the link is about, on paper."""
    try:
        with request.app.state.db.snapshot() as session, _held(request, session, word) as holder:
            paper = KINDS[holder.purpose].paper
            if paper is None:
                raise _not_ours()
            name, content = paper(holder)
    except Refused as why:
        return _refusal(request, why)
    shown = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}"}
    return Response(content, headers=shown, media_type="application/pdf")


def _press(request: Request, word: str, sent: Form) -> Response:
    try:
        with request.app.state.db.transaction() as session, _held(request, session, word) as holder:
            filled = sent.filled()
            if sent.faults:
                return _page(request, holder, sent, status=422)
            KINDS[holder.purpose].act(holder, filled)
    except REFUSALS as why:
        return _would_not_count(request, word, sent, why)
    except Refused as why:
        return _refusal(request, why)
    return RedirectResponse(request.url.path, status_code=303)


def _would_not_count(request: Request, word: str, sent: Form, why: Exception) -> Response:
    again = isinstance(why, (LookAgain, CannotMark))
    with request.app.state.db.snapshot() as session, _held(request, session, word) as holder:
        return _page(request, holder, sent, status=409, refusal=str(why), again=again)


@contextmanager
def _held(request: Request, session: Session, word: str) -> Iterator[Holder]:
    """Who holds the link, in the language chosen on this device, else in the person's own. Raises Refused."""
    owner, now = organisation(session), datetime.now(UTC)
    link = _link(word, now)
    person = session.get(Person, link.person)
    chosen = cookies.held(request, COOKIE)
    with use_language(language() if chosen or person is None else person.language or owner.language):
        yield _holder(session, owner, link, digest(word), now)


def _link(word: str, now: datetime) -> Link:
    try:
        link = opened(word, now)
    except LinkExpired as why:
        text = _("Use the link in a newer mail, run `{command}`, or ask the communicator.", command="kanalvakt attest")
        if why.purpose in {HANDLE, FINISH}:
            text = _("Use the link in a newer mail, or ask the communicator.")
        raise Refused(410, _("The link is too old"), text) from None
    except LinkInvalid:
        raise _not_ours() from None
    if link.purpose not in KINDS:
        raise _not_ours()
    return link


def _not_ours() -> Refused:
    text = _("Perhaps it was cut off: copy the whole link from the mail. If that does not help, ask the communicator.")
    return Refused(404, _("The link does not work"), text)


def _holder(session: Session, owner: Organisation, link: Link, link_digest: str, now: datetime) -> Holder:
    channel_id, _slash, rest = link.subject.partition("/")
    person, channel = session.get(Person, link.person), session.get(Channel, channel_id)
    if person is None or person.retired:
        text = _("The link was made for somebody who is no longer in the register. Ask the communicator.")
        raise Refused(403, _("The link is no longer yours to use"), text)
    if channel is None or channel.state == "retired":
        text = _("It has been taken out of use, so you need not do anything.")
        raise Refused(410, _("The channel is no longer watched"), text)
    return Holder(session, owner, person, channel, link.purpose, rest, link_digest, now)


def _page(
    request: Request,
    holder: Holder,
    sent: Form,
    *,
    status: int = 200,
    refusal: str | None = None,
    again: bool = False,
) -> Response:
    task = KINDS[holder.purpose].view(holder)
    limits = {"longest_note": LONGEST_NOTE, "highest_count": HIGHEST_COUNT}
    whose = {"organisation": holder.owner, "person": holder.person, "channel": holder.channel}
    said = {"task": task, "form": sent, "refusal": refusal or task.closed, "again": again}
    return page(request, "task.html", status=status, **whose, **said, **limits)


def _refusal(request: Request, why: Refused) -> Response:
    if why.status == 403:
        note_refusal(request, "link")
    with use_language(why.language):
        return page(request, "message.html", status=why.status, title=why.title, text=why.text)
