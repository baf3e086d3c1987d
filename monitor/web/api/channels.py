"""/channels: every channel, all that is known of one, and what a person decides about its reading."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import StringConstraints
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.register.calendar import calendar_of
from monitor.register.charging import CannotCharge, charge
from monitor.register.faults import Refused
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.register.terms import terms_of
from monitor.watch import pausing
from monitor.watch.checking import check_now
from monitor.watch.overview import channels as overviews
from monitor.watch.overview import for_programs
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.channel_shapes import ChannelDetails, ChannelOut, CheckOut, details
from monitor.web.api.once import Asked, Once, once
from monitor.web.api.problems import CONFLICT, DOCUMENTED, refusing
from monitor.web.api.shapes import CLEAN, FILLED, USUAL, After, In, Limit, Name, NameInPath, Page, paged
from monitor.web.register.asking import channel_for
from monitor.web.register.channels import LONGEST

router = APIRouter(prefix="/channels", tags=["channels"], responses=DOCUMENTED)
Reader = Annotated[Caller, scoped(Permission.READ_REGISTER)]
Editor = Annotated[Caller, scoped(Permission.EDIT_REGISTER)]


class Why(In):
    """reason: in words that others understand later."""

    reason: Annotated[str, StringConstraints(**FILLED, max_length=LONGEST), CLEAN]


@router.get("")
def all_channels(known: Reader, after: After = None, limit: Limit = USUAL) -> Page[ChannelOut]:
    """Every channel that you may see, retired ones too, by id: who is responsible, its decision, its latest reading."""
    with known.db.snapshot() as session:
        owner = organisation(session)
        seen = known.who.channels_for(Permission.READ_REGISTER)
        rows = overviews(session, calendar_of(owner).local_date(datetime.now(UTC)))
        page, further = paged([row for row in rows if row.id in seen], lambda row: row.id, after, limit)
        terms = [terms_of(owner, session.get_one(Channel, row.id)) for row in page]
        told = [for_programs(row, each) for row, each in zip(page, terms, strict=True)]
    return Page(items=[ChannelOut.model_validate(each) for each in told], next=further)


@router.get("/{channel_id}")
def one(known: Reader, channel_id: NameInPath) -> ChannelDetails:
    """All that is known of a channel, but its secrets; `kept` only for those who keep the register."""
    with known.db.snapshot() as session:
        return details(session, known, channel_for(session, known.who, channel_id, Permission.READ_REGISTER))


@router.post("/{channel_id}/check")
def check(known: Editor, channel_id: NameInPath) -> CheckOut:
    """Asks the platform whether the channel can be read, with a call or two. Asked twice, it is asked twice."""
    with known.db.snapshot() as session:
        channel = channel_for(session, known.who, channel_id, Permission.EDIT_REGISTER)
    return CheckOut.model_validate(check_now(known.db, channel, known.settings))


class Charge(In):
    """Ids of people. deputy: null only where the channel has no comments."""

    responsible: Name
    deputy: Name | None = None


@router.put("/{channel_id}/people", response_model=ChannelDetails)
def put_in_charge(known: Editor, channel_id: NameInPath, sent: Charge, asked: Once) -> Response:
    """Who takes care of it from now on. If it is in the register file, change it there too."""

    def act(session: Session) -> ChannelDetails:
        channel = channel_for(session, known.who, channel_id, Permission.EDIT_REGISTER)
        with refusing(CannotCharge):
            charge(session, channel, sent.responsible, sent.deputy, known.who.person_id, asked.now)
        return details(session, known, channel)

    return once(known, asked, act)


@router.post("/{channel_id}/pause", response_model=ChannelDetails, responses=CONFLICT)
def pause(known: Editor, channel_id: NameInPath, sent: Why, asked: Once) -> Response:
    """No machine reads it until it is resumed. It still has to be watched, by people."""
    return _done(known, channel_id, asked, partial(_because, pausing.pause, sent.reason))


@router.post("/{channel_id}/resume", response_model=ChannelDetails, responses=CONFLICT)
def resume(known: Editor, channel_id: NameInPath, asked: Once) -> Response:
    """It is read again, at once."""
    return _done(known, channel_id, asked, pausing.resume)


@router.post("/{channel_id}/retire", response_model=ChannelDetails, responses=CONFLICT)
def retire(known: Editor, channel_id: NameInPath, sent: Why, asked: Once) -> Response:
    """Its watch ends for good; its history is kept. If it is still in the register file, take it away there too."""
    return _done(known, channel_id, asked, partial(_because, pausing.retire, sent.reason))


Change = Callable[[Session, Channel, str, datetime], None]


def _because(
    change: Callable[[Session, Channel, str, str, datetime], None],
    reason: str,
    session: Session,
    channel: Channel,
    actor: str,
    now: datetime,
) -> None:
    change(session, channel, reason, actor, now)


def _done(known: Caller, channel_id: str, asked: Asked, change: Change) -> Response:
    def act(session: Session) -> ChannelDetails:
        channel = channel_for(session, known.who, channel_id, Permission.EDIT_REGISTER)
        with refusing(Refused, status=409):
            change(session, channel, known.who.person_id, asked.now)
        session.flush()
        return details(session, known, channel)

    return once(known, asked, act)
