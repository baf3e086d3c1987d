"""Writing a message: from nothing, from a template, or from what was said before; and asking for approval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from config.language import N_, _, use_language
from config.settings import Settings
from monitor.audit import audited
from monitor.emergency import message_rules as rules
from monitor.emergency.composing import what_is_wrong
from monitor.emergency.incidents import GOING_ON
from monitor.emergency.message_rules import AT_ONCE, PARTS, Fault, Kind, Obstacle, Standing, State, What
from monitor.emergency.message_words import KINDS, OBSTACLES, fault_in_words
from monitor.emergency.models import Incident, Message, Version
from monitor.emergency.noting import noted
from monitor.emergency.wording import Wording
from monitor.register.faults import Refused

ROUND = timedelta(minutes=5)
TURNS = "kanalvakt_turns"
"""Where a session keeps the messages that are in its turn."""
TAKES_BACK = {
    Kind.CORRECTION: N_("What we wrote earlier is not right. Correct information follows."),
    Kind.CANCEL: N_("We withdraw what we wrote earlier. It no longer holds."),
}
"""What is said at once, before anybody has found better words."""
CONCERNED = N_("It concerned: {headline}")


class Faulty(Refused):
    """The message cannot go on. faults: everything that has to be mended; the text says all of it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(" ".join(fault_in_words(each) for each in faults))


@dataclass(frozen=True, slots=True)
class Own:
    """A place's own text; empty: what is made of the answers. left_out: nothing goes there."""

    text: str = ""
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody writes in a message; fields as in Message. short: the text that fits everywhere, and the card's.
    places: where a place has its own words, or is left out."""

    headline: str
    parts: Mapping[str, str]
    short: str = ""
    language: str = "sv"
    final: bool = False
    next_update_at: datetime | None = None
    places: Mapping[str, Own] = field(default_factory=dict)


def begin(
    session: Session,
    incident: Incident,
    by: str,
    now: datetime,
    *,
    kind: Kind = Kind.ALERT,
    wording: Wording | None = None,
    earlier: Message | None = None,
) -> Message:
    """A draft, with the words of `wording` or of the earlier message that it follows. Raises Refused in an incident
    that is closed, where nothing but a correction or a withdrawal can be said."""
    if incident.state not in GOING_ON and kind not in AT_ONCE:
        raise Refused(_("The incident is closed already."))
    if earlier is not None and earlier.committed_at is None:
        raise Refused(_("What has not been sent cannot be followed. Change it instead."))
    message = Message(incident_id=incident.id, kind=kind, author_id=by, made_at=now, next_update_at=promised(now))
    if earlier is not None:
        _follow(message, earlier)
    if wording is not None:
        fill(message, wording)
    message.expires = rules.expires(message.next_update_at, now)
    session.add(message)
    session.flush()
    told = {"incident": incident.id, "kind": kind}
    audited(session, by, "message.drafted", ("message", str(message.id)), now, after=told)
    return message


def edit(session: Session, message: Message, by: str, revision: int, written: Written, now: datetime) -> None:
    """What it says from now on. Whoever has approved it has to read it again. revision: the one that was changed.

    Raises Refused for what has been sent, and where somebody else has changed it meanwhile. Raises Faulty for a promise
    that is too far away.
    """
    take_turn(session, message)
    hinder(rules.why_not_edit(standing(message)))
    if revision != message.revision:
        raise Refused(_("Somebody else has changed the message meanwhile. Read it, and write your change once more."))
    far = None if written.final else rules.promise_fault(written.next_update_at, now)
    if far is not None and far.what is What.PROMISE_FAR:
        raise Faulty([far])
    _fill(message, written.headline, written.parts)
    message.card_text, message.language, message.final = written.short.strip(), written.language, written.final
    if not message.card_text and message.kind in AT_ONCE and message.earlier_id is not None:
        _never_repeat(message, session.get_one(Message, message.earlier_id))
    message.alt_text = ""  # of the card that is drawn anew
    message.next_update_at = None if written.final else written.next_update_at
    message.expires = rules.expires(message.next_update_at, now)
    message.revision, message.edited_by_id, message.state = message.revision + 1, by, State.DRAFT
    message.submitted_at = message.submitted_by_id = message.approved_at = message.approved_by_id = None
    message.break_glass = ""
    _keep_places(session, message, written.places)
    session.flush()
    change = {"after": {"revision": message.revision}}
    audited(session, by, "message.changed", ("message", str(message.id)), now, **change)


def discard(session: Session, message: Message, by: str, now: datetime) -> None:
    """It is not to be sent. It stays to be read. Raises Refused for what has been sent."""
    take_turn(session, message)
    hinder(rules.why_not_edit(standing(message)))
    message.state = State.DISCARDED
    noted(session, message.incident_id, "message", by, now, N_("Discarded: {headline}"), headline=message.headline)
    audited(session, by, "message.discarded", ("message", str(message.id)), now)


def submit(session: Session, message: Message, by: str, revision: int, now: datetime, settings: Settings) -> None:
    """Asks somebody else for approval. Raises Faulty with everything that has to be mended first."""
    take_turn(session, message)
    if revision != message.revision:
        hinder(Obstacle.CHANGED)
    faults = what_is_wrong(session, message, now, settings)
    if rules.why_not_submit(standing(message), faults) is Obstacle.FAULTY:
        raise Faulty(faults)
    hinder(rules.why_not_submit(standing(message), faults))
    message.state, message.submitted_at, message.submitted_by_id = State.SUBMITTED, now, by
    message.approved_at = message.approved_by_id = None
    sentence = N_("Approval was asked for: {headline}")
    noted(session, message.incident_id, "message", by, now, sentence, headline=message.headline)
    told = {"revision": message.revision}
    audited(session, by, "message.submitted", ("message", str(message.id)), now, after=told)


def in_turn(session: Session, message_id: int) -> Message:
    """The message. Who does something to it, or to what it follows, at the same time waits, or has done it: what they
    say is read anew. Without this, what one approves could be what another one has just written. Before anything is
    audited: else the two could wait for each other. Raises NoResultFound."""
    message = session.get_one(Message, message_id, with_for_update=True, populate_existing=True)
    if message.earlier_id is not None:
        session.get_one(Message, message.earlier_id, with_for_update=True, populate_existing=True)
    session.info.setdefault(TURNS, set[int]()).add(message_id)
    return message


def take_turn(session: Session, message: Message) -> None:
    """As `in_turn`; once in a transaction is enough."""
    if message.id not in session.info.get(TURNS, ()):
        in_turn(session, message.id)


def promise_anew(session: Session, message: Message, by: str, promise: datetime | None, now: datetime) -> None:
    """A later time for the next update, where the promised one has passed before the message went out: by whoever sends
    it, without another approval. What takes something back waits for nobody to choose. Raises Faulty."""
    if not is_late(message, now):
        return
    if promise is None and message.kind in AT_ONCE:
        promise = promised(now)
    if wrong := rules.promise_fault(promise or message.next_update_at, now):
        raise Faulty([wrong])
    change = {"before": {"next_update_at": message.next_update_at}, "after": {"next_update_at": promise}}
    message.next_update_at, message.expires = promise, rules.expires(promise, now)
    audited(session, by, "message.promised", ("message", str(message.id)), now, **change)


def is_late(message: Message, now: datetime) -> bool:
    """Has the promised update's time passed before anybody has chosen to send it?"""
    return not message.final and message.next_update_at is not None and message.next_update_at <= now


def standing(message: Message) -> Standing:
    return Standing(
        Kind(message.kind),
        State(message.state),
        message.author_id,
        message.edited_by_id,
        message.submitted_by_id,
        message.submitted_at,
        message.revision,
        message.break_glass,
    )


def hinder(obstacle: Obstacle | None) -> None:
    """Raises Refused, in the language in use, where there is one."""
    if obstacle is not None:
        raise Refused(_(OBSTACLES[obstacle]))


def promised(now: datetime) -> datetime:
    """When residents hear more if nobody says otherwise: in an hour, on a round minute."""
    return datetime.fromtimestamp(-(-(now + rules.PROMISE).timestamp() // ROUND.total_seconds()) * 300, UTC)


def fill(message: Message, wording: Wording) -> None:
    """A template's words, in place of what it says."""
    _fill(message, wording.headline, wording.parts)
    message.language = wording.language
    message.category, message.urgency = wording.cap["category"], wording.cap["urgency"]
    message.severity, message.certainty = wording.cap["severity"], wording.cap["certainty"]


def _fill(message: Message, headline: str, parts: Mapping[str, str]) -> None:
    message.headline = " ".join(headline.split())
    for name in PARTS:
        setattr(message, name, parts.get(name, "").strip())


def _follow(message: Message, earlier: Message) -> None:
    """The earlier one's words; of a correction or a withdrawal those that can be sent as they are."""
    message.earlier_id, message.language = earlier.id, earlier.language
    parts = {name: getattr(earlier, name) for name in PARTS}
    message.category, message.urgency = earlier.category, earlier.urgency
    message.severity, message.certainty = earlier.severity, earlier.certainty
    sentence = TAKES_BACK.get(Kind(message.kind))
    if sentence is None:
        _fill(message, earlier.headline, parts)
        return
    with use_language(earlier.language):
        _fill(message, earlier.headline, {"happened": _(sentence), "learn_more": earlier.learn_more})
    _never_repeat(message, earlier)
    if message.kind == Kind.CANCEL:
        message.final, message.next_update_at = True, None


def _never_repeat(message: Message, earlier: Message) -> None:
    """Where the headline is still the one that is taken back, neither the picture nor the short text begin with it."""
    if message.headline == earlier.headline:
        with use_language(message.language):
            sentence = _(TAKES_BACK[Kind(message.kind)])
            message.card_text = f"{sentence}\n{_(CONCERNED, headline=earlier.headline)}"


def _keep_places(session: Session, message: Message, places: Mapping[str, Own]) -> None:
    session.execute(delete(Version).where(Version.message_id == message.id))
    for place, own in places.items():
        if own.text.strip() or own.left_out:
            session.add(Version(message_id=message.id, place=place, text=own.text.strip(), left_out=own.left_out))


def kind_in_words(message: Message) -> str:
    """In the language in use."""
    return _(KINDS[Kind(message.kind)])
