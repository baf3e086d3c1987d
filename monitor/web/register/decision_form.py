"""/channels/ID/decision: the manager decides about a channel, for the first time or again.

The form asks for what the organisation's guideline demands, shows the decision as it would be, and only then makes it.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.register.calendar import calendar_of
from monitor.register.deciding import Against, CannotDecide, against, as_version, latest_of, make_decision
from monitor.register.decision_paper import contents
from monitor.register.decision_rules import Draft, latest_end
from monitor.register.decision_words import LABELS
from monitor.register.models import Channel, Decision, Person
from monitor.register.organisation import organisation
from monitor.web.register.asking import Form, Sent, channel_for, day_written
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/channels", default_response_class=HTMLResponse)
Manager = Annotated[Visitor, needs(Permission.DECIDE)]
SINGLE = ("purpose", "address", "audience", "responsible", "valid_until", "decided_on")


@dataclass(slots=True)
class Typed:
    """What stands in the form. faults: sentences by field, in the language in use."""

    purpose: str = ""
    address: str = ""
    audience: str = ""
    responsible: str = ""
    valid_until: str = ""
    decided_on: str = ""
    authorised: tuple[str, ...] = ()
    faults: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sent: Sent) -> "Typed":
        typed = cls(authorised=sent.every("authorised"))
        for name in SINGLE:
            setattr(typed, name, sent.text(name))
        return typed

    def blamed(self, found: list[Against]) -> None:
        """Puts each sentence at its field. What is no date is said to be none, rather than to be missing."""
        for key in ("valid_until", "decided_on"):
            written = getattr(self, key)
            if written and day_written(written) is None:
                self.faults[key] = _("{text} is no day: write it as 2026-06-18.", text=written)
        for key, sentence in found:
            self.faults.setdefault(key, sentence)


@router.get("/{channel_id}/decision")
def ask(request: Request, channel_id: str, who: Manager) -> HTMLResponse:
    """The form: empty, or with what the latest version says."""
    with request.app.state.db.snapshot() as session:
        channel = channel_for(session, who, channel_id, Permission.DECIDE)
        today = calendar_of(organisation(session)).local_date(datetime.now(UTC)).isoformat()
        latest = latest_of(session, channel.id)
        typed = Typed(address=channel.address, responsible=channel.responsible_id, decided_on=today)
        if latest is not None:
            typed.purpose, typed.audience = latest.purpose, latest.audience
            typed.responsible, typed.authorised = latest.responsible_id, tuple(latest.authorised)
        return _form(request, session, channel, typed)


@router.post("/{channel_id}/decision")
def press(request: Request, channel_id: str, who: Manager, sent: Form) -> Response:
    """Shows what the decision would say, or makes it: 303 to it. 422 with what stands against it at the field."""
    typed, step, now = Typed.of(sent), sent.text("step"), datetime.now(UTC)
    if step == "decide":
        try:
            return RedirectResponse(f"/decisions/{_decide(request, channel_id, who, typed, now)}?done=decided", 303)
        except CannotDecide as why:
            typed.blamed(list(why.against))
    with request.app.state.db.snapshot() as session:
        channel = channel_for(session, who, channel_id, Permission.DECIDE)
        if step == "change":
            return _form(request, session, channel, typed)
        draft = _draft(session, typed, now)
        typed.blamed(against(session, channel, draft, who.person_id, now))
        if typed.faults:
            return _form(request, session, channel, typed, status=422)
        return _preview(request, session, channel, typed, as_version(channel.id, 0, draft, who.person_id, now))


def _decide(request: Request, channel_id: str, who: Visitor, typed: Typed, now: datetime) -> int:
    """Makes the decision and gives its number. Raises CannotDecide."""
    with request.app.state.db.transaction() as session:
        channel = channel_for(session, who, channel_id, Permission.DECIDE)
        return make_decision(session, channel, _draft(session, typed, now), who.person_id, now).id


def _draft(session: Session, typed: Typed, now: datetime) -> Draft:
    """What was meant; today where no day of the decision was given, or none that is one."""
    today = calendar_of(organisation(session)).local_date(now)
    until, decided = day_written(typed.valid_until), day_written(typed.decided_on) or today
    return Draft(typed.purpose, typed.address, typed.audience, typed.responsible, until, decided, _others(typed))


def _others(typed: Typed) -> tuple[str, ...]:
    """Who is authorised besides the responsible person, who always is."""
    return tuple(each for each in typed.authorised if each != typed.responsible)


def _form(request: Request, session: Session, channel: Channel, typed: Typed, *, status: int = 200) -> HTMLResponse:
    owner = organisation(session)
    latest = latest_of(session, channel.id)
    people = _people(session)
    near = _near(session, channel) | set(typed.authorised)
    today = calendar_of(owner).local_date(datetime.now(UTC))
    return page(
        request,
        "register/decision_form.html",
        status=status,
        organisation=owner,
        channel=channel,
        typed=typed,
        labels=LABELS,
        again=latest,
        moved=latest is not None and latest.address != channel.address,
        people=people,
        near=[each for each in people if each[0] in near],
        far=[each for each in people if each[0] not in near],
        months=owner.longest_decision_months,
        latest_end=latest_end(today, owner.longest_decision_months),
    )


def _preview(request: Request, session: Session, channel: Channel, typed: Typed, decision: Decision) -> HTMLResponse:
    """The decision as it would be, with everything that was typed in hidden fields."""
    return page(
        request,
        "register/decision_preview.html",
        organisation=organisation(session),
        channel=channel,
        contents=contents(session, decision),
        hidden=[*((name, getattr(typed, name)) for name in SINGLE), *(("authorised", id_) for id_ in _others(typed))],
    )


def _people(session: Session) -> list[tuple[str, str]]:
    """Ids and names of everybody who can be named, by name; with the id where two have the same name."""
    found = session.execute(select(Person.id, Person.name).where(~Person.retired)).all()
    known = Counter(name for _id, name in found)
    return sorted(
        ((id_, f"{name} ({id_})" if known[name] > 1 else name) for id_, name in found),
        key=lambda each: each[1].casefold(),
    )


def _near(session: Session, channel: Channel) -> set[str]:
    """Ids of the people who have to do with the channels of its unit."""
    query = select(Channel.responsible_id, Channel.deputy_id).where(Channel.unit_id == channel.unit_id)
    return {id_ for pair in session.execute(query) for id_ in pair if id_}
