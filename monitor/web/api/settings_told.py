"""/settings, /flag-rules: what the register file has set for the organisation, and the words that flag comments."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from fastapi.exceptions import HTTPException
from pydantic import Field, StringConstraints
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.inbox.flag_listing import (
    MOST,
    NotAccepted,
    add_word,
    remove_rule,
    rules_in_use,
    said,
    seed,
    set_rush,
)
from monitor.inbox.flag_phrases import LONGEST
from monitor.inbox.flag_rules import Kind
from monitor.inbox.models import FlagRule
from monitor.inbox.rush_rules import Rush
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.register.terms import told
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.channel_shapes import TermsOut
from monitor.web.api.once import Once, once
from monitor.web.api.problems import CONFLICT, DOCUMENTED, Refused, Wrong, refusing
from monitor.web.api.shapes import (
    CLEAN,
    FILLED,
    USUAL,
    After,
    In,
    Limit,
    Moment,
    Name,
    NameInQuery,
    Number,
    Out,
    Page,
    paged,
)

router = APIRouter(tags=["settings"], responses=DOCUMENTED)
Editor = Annotated[Caller, scoped(Permission.EDIT_SETTINGS)]


class SettingsOut(Out):
    """What the register file has set, and only it changes. terms: where a channel says nothing else."""

    name: str
    timezone: str
    language: str
    website: str | None
    service_hours: dict[str, str]
    closed_days: list[str]
    terms: TermsOut
    reminder_minutes: list[int]
    longest_decision_months: int
    excerpts: bool
    on_call: str | None
    phone: str | None
    email: str | None
    rules_url: str | None
    privacy_url: str | None
    policy_url: str | None


class FlagRuleOut(Out):
    """As `kanalvakt flags list --json`. kind: breach, report, danger, or rush, which has comments and minutes in place
    of a word. channel: where it counts on one only."""

    id: int
    kind: str
    added_at: Moment
    retired: bool
    word: str | None = None
    language: str | None = None
    channel: str | None = None
    comments: int | None = None
    minutes: int | None = None


class WordIn(In):
    """A word or phrase: vattenläck*, *hot, or farlig*? in questions only."""

    kind: Literal["breach", "report", "danger"]
    word: Annotated[str, StringConstraints(**FILLED, max_length=LONGEST), CLEAN]
    language: Literal["sv", "en"] = "sv"
    channel: Name | None = None


class RushIn(In):
    """So many comments by others within so many minutes are unusual."""

    comments: Annotated[int, Field(strict=True, ge=2, le=MOST)]
    minutes: Annotated[int, Field(strict=True, ge=1, le=MOST)]
    channel: Name | None = None


@router.get("/settings")
def own(known: Editor) -> SettingsOut:
    """The organisation's own values."""
    with known.db.snapshot() as session:
        owner = organisation(session)
    told_ = {key: getattr(owner, key) for key in SettingsOut.model_fields if key != "terms"}
    return SettingsOut.model_validate(told_ | {"terms": told(owner.answer_within, owner.escalation)})


@router.get("/flag-rules")
def rules(
    known: Editor, kind: Kind | None = None, channel: NameInQuery = None, after: After = None, limit: Limit = USUAL
) -> Page[FlagRuleOut]:
    """The rules in use, by number; those of one kind or channel where asked for."""
    with known.db.snapshot() as session:
        found = rules_in_use(session)
    chosen = [rule for rule in found if kind in (None, rule.kind) and channel in (None, "", rule.channel_id)]
    page, further = paged(chosen, lambda rule: rule.id, after, limit)
    return Page(items=[_told(rule) for rule in page], next=further)


@router.post("/flag-words", status_code=201, response_model=FlagRuleOut)
def add(known: Editor, sent: WordIn, asked: Once) -> Response:
    """A word that flags comments from now on, and those of the last day."""

    def act(session: Session) -> FlagRuleOut:
        seed(session, asked.now)
        where = _channel(session, sent.channel)
        with refusing(NotAccepted, at="word"):
            made = Kind(sent.kind), sent.word, sent.language, where, known.who.person_id, asked.now
            return _told(add_word(session, *made))

    return once(known, asked, act, 201)


@router.put("/flag-rush", response_model=FlagRuleOut)
def rush(known: Editor, sent: RushIn, asked: Once) -> Response:
    """What a rush is from now on, in place of what it was."""

    def act(session: Session) -> FlagRuleOut:
        seed(session, asked.now)
        where = _channel(session, sent.channel)
        with refusing(NotAccepted, at="comments"):
            made = Rush(sent.comments, sent.minutes), where, known.who.person_id, asked.now
            return _told(set_rush(session, *made))

    return once(known, asked, act)


@router.delete("/flag-rules/{number}", status_code=204, responses=CONFLICT)
def remove(known: Editor, number: Number, asked: Once) -> Response:
    """It flags nothing more; what it has flagged stays. 409 where it is out of use already."""

    def act(session: Session) -> None:
        rule = session.get(FlagRule, number)
        if rule is None:
            raise HTTPException(404)
        with refusing(NotAccepted, status=409):
            remove_rule(session, rule, known.who.person_id, asked.now)

    return once(known, asked, act)


def _channel(session: Session, id_: str | None) -> str | None:
    """None: all channels. Raises Refused for one that there is not."""
    if id_ is not None and session.get(Channel, id_) is None:
        detail = _("There is no channel {name}.", name=id_)
        raise Refused(422, detail, [Wrong(at="/channel", detail=detail)])
    return id_


def _told(rule: FlagRule) -> FlagRuleOut:
    return FlagRuleOut.model_validate({"id": rule.id, "added_at": rule.added_at, "retired": rule.retired} | said(rule))
