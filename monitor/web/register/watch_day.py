"""/watch/CHANNEL/DAY: one channel's day, and what a person says of it: gone through, what is new seen, put right."""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.inbox.unanswered import unanswered
from monitor.records.month import Month
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Person
from monitor.register.organisation import organisation
from monitor.watch.attesting import CannotAttest, attest
from monitor.watch.correcting import CannotCorrect, correct
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import VERDICTS, ShownDay, reason_in_words, shown_days, verdict_in_words
from monitor.watch.reviewing import CannotReview, review
from monitor.watch.today import why_so_far
from monitor.web.register.asking import Form, Sent, channel_for, day_written
from monitor.web.register.to_do import Act, act_open, newest_of
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/watch", default_response_class=HTMLResponse)
LONGEST = 1000  # characters of a note or a reason
DONE = {
    "attested": N_("You have attested that you have gone through {channel}."),
    "reviewed": N_("You have gone through what is new on {channel}."),
    "corrected": N_("The day has been put right."),
}
BACK = ("/", "/watch")
"""Where a press may lead back to."""
Reader = Annotated[Visitor, needs(Permission.READ_WATCH)]
Attester = Annotated[Visitor, needs(Permission.ATTEST)]
Corrector = Annotated[Visitor, needs(Permission.CORRECT_WATCH)]
Faults = dict[str, str]


@router.get("/{channel_id}/{written}")
def day_page(
    request: Request, channel_id: str, written: str, who: Reader, done: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """How the day stands and why, who said what of it, and what the visitor can say."""
    with request.app.state.db.snapshot() as session:
        channel = channel_for(session, who, channel_id, Permission.READ_WATCH)
        return _page(request, session, who, channel, _day(written), done=done)


@router.post("/{channel_id}/review")
def look_through(request: Request, channel_id: str, who: Attester, sent: Form) -> Response:
    """Everything that was fetched until the page was opened has been gone through. 409 where more has come since."""
    now = datetime.now(UTC)
    try:
        with request.app.state.db.transaction() as session:
            channel = channel_for(session, who, channel_id, Permission.ATTEST)
            check_newest(session, channel, _number(sent.text("newest")), now)
            review(session, channel, who.person_id, now)
    except CannotReview as why:
        return _refused(request, who, channel_id, None, str(why))
    return _back(request, sent, channel_id, None, "reviewed")


@router.post("/{channel_id}/{written}/attest")
def gone_through(request: Request, channel_id: str, written: str, who: Attester, sent: Form) -> Response:
    """ "I have gone through the channel", on that day. 409 with the reason where it would not count."""
    day, note = _day(written), sent.text("note")
    if len(note) > LONGEST:
        return _refused(request, who, channel_id, day, "", {"note": _too_long(note)}, {"note": note})
    try:
        with request.app.state.db.transaction() as session:
            channel = channel_for(session, who, channel_id, Permission.ATTEST)
            attest(session, channel, day, who.person_id, datetime.now(UTC), note)
    except CannotAttest as why:
        return _refused(request, who, channel_id, day, str(why), typed={"note": note})
    return _back(request, sent, channel_id, day, "attested")


@router.post("/{channel_id}/{written}/correct")
def put_right(request: Request, channel_id: str, written: str, who: Corrector, sent: Form) -> Response:
    """What the day came to after all, and why. 422 with what is missing at the field."""
    day, typed = _day(written), {"verdict": sent.text("verdict"), "reason": sent.text("reason")}
    faults = _correction_faults(typed)
    if faults:
        return _refused(request, who, channel_id, day, "", faults, typed)
    try:
        with request.app.state.db.transaction() as session:
            channel = channel_for(session, who, channel_id, Permission.CORRECT_WATCH)
            said = Verdict(typed["verdict"]), typed["reason"], who.person_id, datetime.now(UTC)
            correct(session, channel, day, *said)
    except CannotCorrect as why:
        return _refused(request, who, channel_id, day, str(why), typed=typed)
    return _back(request, sent, channel_id, day, "corrected")


def check_newest(session: Session, channel: Channel, newest: int, now: datetime) -> None:
    """Raises CannotReview: what came after the page was opened, nobody has gone through."""
    if newest_of(unanswered(session, now, channel_id=channel.id)) > newest:
        raise CannotReview(_("More has come since you opened the page. Read it too, and press the button again."))


def _correction_faults(typed: dict[str, str]) -> Faults:
    faults = {}
    if typed["verdict"] not in set(Verdict):
        faults["verdict"] = _("Choose what the day came to.")
    if not typed["reason"]:
        faults["reason"] = _("Say why the day is corrected: the reason stays with it.")
    elif len(typed["reason"]) > LONGEST:
        faults["reason"] = _too_long(typed["reason"])
    return faults


def _too_long(text: str) -> str:
    return _("The note has {count} characters. Shorten it to at most {most}.", count=len(text), most=LONGEST)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _day(written: str) -> date:
    """404 for what is no day."""
    found = day_written(written)
    if found is None:
        raise HTTPException(404)
    return found


def _back(request: Request, sent: Sent, channel_id: str, day: date | None, done: str) -> RedirectResponse:
    """To where the button stood, which says that it is done."""
    if (where := sent.text("back")) in BACK:
        return RedirectResponse(f"{where}?done={done}&about={channel_id}", status_code=303)
    return RedirectResponse(f"/watch/{channel_id}/{day or _today(request)}?done={done}", status_code=303)


def _today(request: Request) -> date:
    with request.app.state.db.snapshot() as session:
        return calendar_of(organisation(session)).local_date(datetime.now(UTC))


def _refused(
    request: Request,
    who: Visitor,
    channel_id: str,
    day: date | None,
    refusal: str,
    faults: Faults | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    """The day's page with what is wrong, and what was typed."""
    with request.app.state.db.snapshot() as session:
        channel = channel_for(session, who, channel_id, Permission.READ_WATCH)
        today = calendar_of(organisation(session)).local_date(datetime.now(UTC))
        return _page(request, session, who, channel, day or today, refusal=refusal, faults=faults, typed=typed)


def _page(
    request: Request,
    session: Session,
    who: Visitor,
    channel: Channel,
    day: date,
    *,
    done: str = "",
    refusal: str = "",
    faults: Faults | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    """404 where the channel was not to be watched that day, unless something was refused: then that is said."""
    shown = next(iter(shown_days(session, day, day, [channel.id])), None)
    if shown is None and not refusal:
        raise HTTPException(404)
    return page(
        request,
        "register/watch_day.html",
        status=422 if faults else 409 if refusal else 200,
        channel=channel,
        day=day,
        shown=shown,
        **_open(session, who, channel, shown, day),
        done=_(DONE[done], channel=channel.name) if done in DONE else "",
        refusal=refusal,
        faults=faults or {},
        typed={"note": "", "verdict": "", "reason": ""} | (typed or {}),
        longest=LONGEST,
    )


def _open(session: Session, who: Visitor, channel: Channel, shown: ShownDay | None, day: date) -> dict[str, object]:
    """What the visitor can say of the day, and what has been said."""
    now, owner = datetime.now(UTC), organisation(session)
    today = calendar_of(owner).local_date(now)
    act = act_open(session, who, channel, shown, today, now) if shown else None
    waiting = unanswered(session, now, channel_id=channel.id) if act is Act.REVIEW else []
    concluded = shown is not None and shown.concluded_at is not None
    return {
        "organisation": owner,
        "zone": ZoneInfo(owner.timezone),
        "month": Month.of(day),
        "verdicts": [(verdict.value, _(words)) for verdict, words in VERDICTS.items()],
        "is_today": day == today,
        "act": act,
        "newest": newest_of(waiting),
        "corrects": concluded and who.may(Permission.CORRECT_WATCH, channel.id),
        "said": _said(session, shown) if shown else {},
    }


def _said(session: Session, shown: ShownDay) -> dict[str, str]:
    """The day in words, with the names of those who said something of it."""
    ids = [shown.reviewed_by_id, shown.attested_by_id, shown.correction.by_id if shown.correction else None]
    known = dict(
        session.execute(select(Person.id, Person.name).where(Person.id.in_([id_ for id_ in ids if id_]))).all()
    )
    reviewer, attester, corrector = (known.get(id_ or "", "") for id_ in ids)
    return {
        "verdict": verdict_in_words(shown.verdict),
        "why": reason_in_words(shown) if shown.concluded_at else why_so_far(shown),
        "reviewer": reviewer,
        "attester": attester,
        "corrector": corrector,
    }
