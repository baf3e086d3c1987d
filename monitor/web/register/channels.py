"""/channels: every channel at a glance, and all that is known of one; who takes care of it; pausing and resuming its
reading."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from connectors import PLATFORMS
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.register.account_text import POINTS, missing
from monitor.register.calendar import calendar_of
from monitor.register.charging import DEPUTY, RESPONSIBLE, CannotCharge, charge
from monitor.register.deciding import latest_of
from monitor.register.faults import Refused
from monitor.register.models import Channel, StoredSecret
from monitor.register.organisation import organisation
from monitor.register.people import everybody, named
from monitor.register.term_words import in_words
from monitor.register.terms import terms_of
from monitor.watch import pausing
from monitor.watch.checking import check_now, read_soon
from monitor.watch.day_view import FAILURES, UNKNOWN, reason_in_words, shown_days, verdict_in_words
from monitor.watch.models import PollRun
from monitor.watch.overview import channels as overviews
from monitor.watch.overview import healths
from monitor.watch.today import why_so_far
from monitor.web.register.asking import Form, channel_for
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/channels", default_response_class=HTMLResponse)
Reader = Annotated[Visitor, needs(Permission.READ_REGISTER)]
Editor = Annotated[Visitor, needs(Permission.EDIT_REGISTER)]
Mender = Annotated[Visitor, needs(Permission.READ_REPAIRS)]
READINGS = 10
LONGEST = 500  # characters of a reason
STATES = {
    "ok": N_("Read"),
    "waiting": N_("Not read yet"),
    "failing": N_("Cannot be read"),
    "paused": N_("Paused"),
    "retired": N_("Retired"),
    "manual": N_("Watched by people"),
}
OUTCOMES = {
    "running": N_("Going on"),
    "complete": N_("Complete"),
    "partial": N_("In part"),
    "failed": N_("Failed"),
    "lost": N_("Broke off"),
    "thread": N_("One thread only"),
}
DONE = {
    "paused": N_("The channel is not read any more. It still has to be watched: go through it every working day."),
    "people": N_("Saved. They are told from now on. Change the register file too, before it is imported again."),
    "resumed": N_("The channel is read again, at once."),
    "works": N_("The platform was asked: the channel can be read."),
    "fails": N_("The platform was asked, and the channel cannot be read. Below it says why."),
    "read": N_("The channel is read as soon as its turn comes, within a minute or so."),
}


@router.get("")
def all_channels(request: Request, who: Reader) -> HTMLResponse:
    """Each channel: who is responsible, its decision, and when it was last read completely."""
    now = datetime.now(UTC)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        seen = who.channels_for(Permission.READ_REGISTER)
        rows = [row for row in overviews(session, calendar_of(owner).local_date(now)) if row.id in seen]
    zone = ZoneInfo(owner.timezone)
    return page(request, "register/channels.html", organisation=owner, zone=zone, channels=rows, states=STATES)


@router.get("/{channel_id}")
def one(request: Request, channel_id: str, who: Reader, done: Annotated[str, Query()] = "") -> HTMLResponse:
    """Everything about one channel, but its secrets."""
    with request.app.state.db.snapshot() as session:
        channel = channel_for(session, who, channel_id, Permission.READ_REGISTER)
        return _page(request, session, who, channel, done=done)


@router.post("/{channel_id}/pause")
def pause(request: Request, channel_id: str, who: Editor, sent: Form) -> Response:
    """Stops the reading; 422 without a reason, 409 where there is nothing to pause."""
    reason, fault, refusal = sent.text("reason"), "", ""
    if not reason:
        fault = _("The reason is empty: say why, so that others understand it later.")
    elif len(reason) > LONGEST:
        fault = _("The reason has {count} characters. Shorten it to at most {most}.", count=len(reason), most=LONGEST)
    else:
        try:
            with request.app.state.db.transaction() as session:
                channel = channel_for(session, who, channel_id, Permission.EDIT_REGISTER)
                pausing.pause(session, channel, reason, who.person_id, datetime.now(UTC))
            return RedirectResponse(f"/channels/{channel_id}?done=paused", status_code=303)
        except Refused as why:
            refusal = str(why)
    return _again(request, who, channel_id, fault=fault, refusal=refusal, reason=reason)


@router.post("/{channel_id}/resume")
def resume(request: Request, channel_id: str, who: Editor) -> Response:
    """Lets it be read again; 409 where it is not paused."""
    try:
        with request.app.state.db.transaction() as session:
            channel = channel_for(session, who, channel_id, Permission.EDIT_REGISTER)
            pausing.resume(session, channel, who.person_id, datetime.now(UTC))
    except Refused as why:
        return _again(request, who, channel_id, refusal=str(why))
    return RedirectResponse(f"/channels/{channel_id}?done=resumed", status_code=303)


@router.post("/{channel_id}/check")
def check(request: Request, channel_id: str, who: Mender) -> Response:
    """Asks the platform about the channel's credential now, with a call or two."""
    state = request.app.state
    with state.db.snapshot() as session:
        channel = channel_for(session, who, channel_id, Permission.READ_REPAIRS)
    done = "works" if check_now(state.db, channel, state.settings).ok else "fails"
    return RedirectResponse(f"/channels/{channel_id}?done={done}", status_code=303)


@router.post("/{channel_id}/read")
def read(request: Request, channel_id: str, who: Mender) -> Response:
    """Makes it due, unless it is being read."""
    with request.app.state.db.transaction() as session:
        read_soon(session, channel_for(session, who, channel_id, Permission.READ_REPAIRS).id, datetime.now(UTC))
    return RedirectResponse(f"/channels/{channel_id}?done=read", status_code=303)


@router.post("/{channel_id}/people")
def put_in_charge(request: Request, channel_id: str, who: Editor, sent: Form) -> Response:
    """Who takes care of it from now on. 422 with what is wrong at the field."""
    typed = {name: sent.text(name) for name in (RESPONSIBLE, DEPUTY)}
    try:
        with request.app.state.db.transaction() as session:
            channel = channel_for(session, who, channel_id, Permission.EDIT_REGISTER)
            charge(session, channel, typed[RESPONSIBLE], typed[DEPUTY] or None, who.person_id, datetime.now(UTC))
    except CannotCharge as why:
        return _again(request, who, channel_id, faults={why.field: str(why)}, typed=typed)
    return RedirectResponse(f"/channels/{channel_id}?done=people", status_code=303)


def _again(request: Request, who: Visitor, channel_id: str, **shown: Any) -> HTMLResponse:
    """The channel's page with what is wrong."""
    with request.app.state.db.snapshot() as session:
        channel = channel_for(session, who, channel_id, Permission.EDIT_REGISTER)
        return _page(request, session, who, channel, **shown)


def _page(
    request: Request,
    session: Session,
    who: Visitor,
    channel: Channel,
    *,
    done: str = "",
    fault: str = "",
    refusal: str = "",
    reason: str = "",
    faults: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:
    return page(
        request,
        "register/channel.html",
        status=422 if fault or faults else 409 if refusal else 200,
        **_known(session, channel),
        **_open(session, who, channel),
        done=_(DONE[done]) if done in DONE else "",
        done_kind="bad" if done == "fails" else "good",
        fault=fault,
        refusal=refusal,
        reason=reason,
        longest=LONGEST,
        faults=faults or {},
        typed=typed or {RESPONSIBLE: channel.responsible_id, DEPUTY: channel.deputy_id or ""},
    )


def _known(session: Session, channel: Channel) -> dict[str, object]:
    """What everybody may know who may see the channel."""
    owner = organisation(session)
    today = calendar_of(owner).local_date(datetime.now(UTC))
    return {
        "organisation": owner,
        "zone": ZoneInfo(owner.timezone),
        "channel": channel,
        "row": next(each for each in overviews(session, today) if each.id == channel.id),
        "states": STATES,
        "day": _day(session, channel, today),
        "today": today,
        "decision": latest_of(session, channel.id),
        "terms": in_words(terms_of(owner, channel)) if channel.has_comments else [],
        "health": healths(session).get(channel.id),
        "readings": _readings(session, channel),
    }


def _open(session: Session, who: Visitor, channel: Channel) -> dict[str, object]:
    """What the visitor may do there, and what is only for those who keep the register."""
    edits = who.may(Permission.EDIT_REGISTER, channel.id)
    pausable = channel.watch_mode == "automatic" and channel.platform in PLATFORMS and channel.has_comments
    return {
        "decides": channel.state != "retired" and who.may(Permission.DECIDE, channel.id),
        "pauses": edits and pausable and channel.state == "active",
        "resumes": edits and channel.state == "paused",
        "mends": pausable and channel.state == "active" and who.may(Permission.READ_REPAIRS, channel.id),
        "kept": _kept(session, channel) if edits else {},
        "chargeable": _chargeable(session) if edits and channel.state != "retired" else [],
    }


def _chargeable(session: Session) -> list[tuple[str, str]]:
    """Who may take care of a channel: ids and names."""
    return sorted(((each.id, each.name) for each in everybody(session)), key=lambda each: each[1].casefold())


def _day(session: Session, channel: Channel, today: date) -> tuple[str, str] | None:
    """How today's watch stands, and why; None where it need not be watched today."""
    shown = next(iter(shown_days(session, today, today, [channel.id])), None)
    if shown is None:
        return None
    return verdict_in_words(shown.verdict), reason_in_words(shown) if shown.concluded_at else why_so_far(shown)


def latest_readings(session: Session, channel: Channel) -> list[PollRun]:
    query = select(PollRun).where(PollRun.channel_id == channel.id)
    newest = query.order_by(PollRun.started_at.desc(), PollRun.id.desc())
    return list(session.scalars(newest.limit(READINGS)))


def _readings(session: Session, channel: Channel) -> list[tuple[PollRun, str, str]]:
    """The latest readings, each with what it came to and why."""
    return [
        (run, _(OUTCOMES[run.outcome]), _(FAILURES.get(run.error_kind, UNKNOWN)) if run.error_kind else "")
        for run in latest_readings(session, channel)
    ]


def _kept(session: Session, channel: Channel) -> Mapping[str, str]:
    """What only those who keep the register need, by label. Of secrets the names, and where they lie."""
    names = named(session)
    stored = session.scalars(select(StoredSecret.name).where(StoredSecret.channel_id == channel.id)).all()
    lacking = missing(channel.account_text, has_comments=channel.has_comments)
    checked = str(channel.account_text_checked_on or "–")
    return {
        _("Id in the register"): channel.id,
        _("Id on the platform"): channel.external_id or "–",
        _("Where the secrets lie"): ", ".join(f"{key} = {value}" for key, value in channel.credential.items()) or "–",
        _("Stored secrets"): ", ".join(stored) or "–",
        _("Administrators of the account"): ", ".join(names.get(id_, id_) for id_ in channel.administrators) or "–",
        _("Missing in the account's presentation"): ", ".join(_(POINTS[each]) for each in lacking) or "–",
        _("Presentation looked at"): checked,
    }
