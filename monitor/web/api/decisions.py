"""/decisions and /channels/…/decisions: where each decision stands, each one's whole text, deciding, and that it has
arrived."""

from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.register.calendar import calendar_of
from monitor.register.deciding import CannotDecide, against, as_version, confirm, make_decision, replaced
from monitor.register.decision_paper import decision_pdf, file_name
from monitor.register.decision_rules import Draft
from monitor.register.decision_status import standing_told, standings
from monitor.register.decision_words import fingerprint, said
from monitor.register.models import Channel, Decision, DecisionReceipt, Person
from monitor.register.organisation import organisation
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.once import Once, once
from monitor.web.api.problems import CONFLICT, DOCUMENTED, Refused, Wrong, refusing
from monitor.web.api.shapes import (
    CLEAN,
    FILLED,
    USUAL,
    After,
    Day,
    In,
    Limit,
    Line,
    Moment,
    Name,
    NameInPath,
    Number,
    Out,
    Page,
    paged,
)
from monitor.web.register.asking import channel_for
from monitor.web.register.decisions import decision_for, newest_decisions

router = APIRouter(tags=["decisions"], responses=DOCUMENTED)
Reader = Annotated[Caller, scoped(Permission.READ_REGISTER)]
Manager = Annotated[Caller, scoped(Permission.DECIDE)]
Communicator = Annotated[Caller, scoped(Permission.CONFIRM_DECISION)]
MOST_NAMED = 100
Said = Annotated[str, StringConstraints(**FILLED, max_length=20_000), CLEAN]


class StandingOut(Out):
    """As `kanalvakt decision list --json`. status: valid, expired, missing, not_needed. latest: number of the decision
    that was made last. needs_somebody: it has to be made, renewed or confirmed."""

    channel: str
    channel_name: str
    status: str
    version: int | None
    decided_on: date | None
    valid_until: date | None
    days_left: int | None
    confirmed: bool
    unconfirmed: bool
    moved: bool
    needs_somebody: bool
    latest: int | None


class DecisionText(Out):
    """The whole text; people by id."""

    channel: str
    version: int
    purpose: str
    address: str
    audience: str
    responsible: str
    decided_by: str
    decided_on: date
    valid_until: date
    authorised: list[str]


class DecisionOut(DecisionText):
    """id: its number. sha256: of the text. replaced: another one has been made since."""

    id: int
    made_at: Moment
    sent_to: str | None
    sent_at: Moment | None
    confirmed_by: str | None
    confirmed_at: Moment | None
    replaced: bool
    sha256: str


class DecisionIn(In):
    """What is decided. authorised: who answers besides the responsible person. decided_on: today where it is left out.
    address: the channel's where it is left out."""

    purpose: Said
    audience: Said
    responsible: Name
    authorised: Annotated[list[Name], Field(max_length=MOST_NAMED, default_factory=list)]
    valid_until: Day
    decided_on: Day | None = None
    address: Line | None = None


@router.get("/decisions")
def all_decisions(known: Reader, after: After = None, limit: Limit = USUAL) -> Page[StandingOut]:
    """Where the decision about each channel in use stands today, by the channel's id."""
    with known.db.snapshot() as session:
        today = calendar_of(organisation(session)).local_date(datetime.now(UTC))
        stand, newest = standings(session, today), newest_decisions(session)
        seen = known.who.channels_for(Permission.READ_REGISTER)
        chosen = session.scalars(select(Channel).where(Channel.state != "retired"))
        page, further = paged([each for each in chosen if each.id in seen], lambda each: each.id, after, limit)
        told = [
            standing_told(each, stand[each.id]) | {"latest": newest[each.id].id if each.id in newest else None}
            for each in page
        ]
    return Page(items=[StandingOut.model_validate(each) for each in told], next=further)


@router.get("/decisions/{number}")
def one(known: Reader, number: Number) -> DecisionOut:
    """A decision's whole text, and what became of telling the communicator."""
    with known.db.snapshot() as session:
        return _told(session, decision_for(session, known.who, number))


@router.get(
    "/decisions/{number}/decision.pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}}
)
def on_paper(known: Reader, number: Number) -> Response:
    """The decision as a document to archive (PDF/A)."""
    with known.db.snapshot() as session:
        decision = decision_for(session, known.who, number)
        name, content = file_name(decision), decision_pdf(session, decision)
    shown = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, headers=shown, media_type="application/pdf")


@router.post("/decisions/{number}/confirmation", response_model=DecisionOut, responses=CONFLICT)
def arrived(known: Communicator, number: Number, asked: Once) -> Response:
    """The communicator says that it has arrived. 409 where that counts no more."""

    def act(session: Session) -> DecisionOut:
        decision = decision_for(session, known.who, number, Permission.CONFIRM_DECISION)
        with refusing(CannotDecide, status=409):
            confirm(session, decision, session.get_one(Person, known.who.person_id), asked.now)
        session.flush()
        return _told(session, decision)

    return once(known, asked, act)


@router.get("/channels/{channel_id}/decisions")
def of_channel(known: Reader, channel_id: NameInPath, after: After = None, limit: Limit = USUAL) -> Page[DecisionOut]:
    """Every version of the decision about a channel, the first one first."""
    with known.db.snapshot() as session:
        channel_for(session, known.who, channel_id, Permission.READ_REGISTER)
        versions = session.scalars(select(Decision).where(Decision.channel_id == channel_id))
        page, further = paged(versions, lambda each: each.version, after, limit)
        return Page(items=[_told(session, each) for each in page], next=further)


@router.post("/channels/{channel_id}/decisions", status_code=201, response_model=DecisionOut)
def decide(known: Manager, channel_id: NameInPath, sent: DecisionIn, asked: Once) -> Response:
    """Makes the next version, by you as the unit's manager. 422 with everything that stands against it."""

    def act(session: Session) -> DecisionOut:
        channel = channel_for(session, known.who, channel_id, Permission.DECIDE)
        draft = _draft(session, channel, sent, asked.now)
        try:
            made = make_decision(session, channel, draft, known.who.person_id, asked.now)
        except CannotDecide as why:
            raise _refused(why) from None
        return _told(session, made)

    return once(known, asked, act, 201)


@router.post("/channels/{channel_id}/decisions/preview")
def preview(known: Manager, channel_id: NameInPath, sent: DecisionIn) -> DecisionText:
    """The decision as it would be, and nothing done; version 0. 422 with everything that stands against it."""
    now = datetime.now(UTC)
    with known.db.snapshot() as session:
        channel = channel_for(session, known.who, channel_id, Permission.DECIDE)
        draft = _draft(session, channel, sent, now)
        if found := against(session, channel, draft, known.who.person_id, now):
            raise _refused(CannotDecide(found))
        return DecisionText.model_validate(said(as_version(channel.id, 0, draft, known.who.person_id, now)))


def _draft(session: Session, channel: Channel, sent: DecisionIn, now: datetime) -> Draft:
    today = calendar_of(organisation(session)).local_date(now)
    others = tuple(each for each in dict.fromkeys(sent.authorised) if each != sent.responsible)
    address = channel.address if sent.address is None else sent.address
    until, decided = sent.valid_until, sent.decided_on or today
    return Draft(sent.purpose, address.strip(), sent.audience, sent.responsible, until, decided, others)


def _refused(why: CannotDecide) -> Refused:
    wrong = [Wrong(at=f"/{key}" if key else "", detail=sentence) for key, sentence in why.against]
    return Refused(422, str(why), wrong)


def _told(session: Session, decision: Decision) -> DecisionOut:
    receipt = session.get(DecisionReceipt, decision.id)
    return DecisionOut.model_validate(
        said(decision)
        | {
            "id": decision.id,
            "made_at": decision.created_at,
            "sent_to": receipt.sent_to_id if receipt else None,
            "sent_at": receipt.sent_at if receipt else None,
            "confirmed_by": receipt.confirmed_by_id if receipt else None,
            "confirmed_at": receipt.confirmed_at if receipt else None,
            "replaced": replaced(session, decision),
            "sha256": fingerprint(decision),
        }
    )
