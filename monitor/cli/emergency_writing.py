"""`kanalvakt emergency`: writing, approving and taking back the messages of an incident."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from config.language import N_, _, moment
from config.settings import settings
from monitor.access.permission_rules import Permission
from monitor.cli.crisis_finding import incident_named, message_named, moment_named, template_named
from monitor.cli.emergency import app
from monitor.cli.emergency_options import (
    By,
    Doing,
    Final,
    Happened,
    Headline,
    Json,
    Keep,
    LearnMore,
    Meaning,
    Number,
    Promise,
    Template,
    ToDo,
    Which,
    Words,
)
from monitor.cli.errors import WrongWords
from monitor.cli.finding import staff_named
from monitor.cli.output import remark, say, show_json
from monitor.cli.setup import opened_database
from monitor.emergency import sending
from monitor.emergency.approving import approve as approve_message
from monitor.emergency.approving import review as review_message
from monitor.emergency.beginning import beside, follow, from_template
from monitor.emergency.composing import channels_of, texts, versions, what_is_wrong
from monitor.emergency.delivering import deliver_all
from monitor.emergency.drafting import Own, Written, begin, edit, submit
from monitor.emergency.drafting import discard as discard_message
from monitor.emergency.faults import CannotSend
from monitor.emergency.message_rules import AT_ONCE, BEFORE, PARTS, Kind, State
from monitor.emergency.message_words import KINDS, STATES, fault_in_words
from monitor.emergency.models import Incident, Message
from monitor.emergency.places import NO_ENCODER, alike, lacks_encoder, places
from monitor.emergency.standing import message_state
from monitor.register.organisation import organisation

SAID = ("headline", *PARTS)
BESIDE = N_(
    "“{headline}” (message {number}) holds already: residents read both. If this is about the same, make it an update "
    "with `kanalvakt emergency follow {own}`."
)
Answers = dict[str, str | None]
Maker = Callable[[Session, str, datetime], Message]
Act = Callable[[Session, Message, str, datetime], None]


@app.command(help=N_("Write a message, and ask for approval of it."))
def draft(
    by: By,
    template: Template = "",
    headline: Headline = None,
    happened: Happened = None,
    meaning: Meaning = None,
    doing: Doing = None,
    to_do: ToDo = None,
    learn_more: LearnMore = None,
    next_update: Promise = None,
    final: Final = False,
    incident: Which = None,
    keep: Keep = False,
    json: Json = False,
) -> int:
    answers = dict(zip(SAID, (headline, happened, meaning, doing, to_do, learn_more), strict=True))

    def make(session: Session, who: str, now: datetime) -> Message:
        about = incident_named(session, incident)
        if template:
            return from_template(session, about, who, now, template_named(session, template))
        return begin(session, about, who, now)

    return _written(by, make, answers, next_update, final=final, keep=keep, json=json)


@app.command(help=N_("Write an update of a message that was sent, and ask for approval of it."))
def update(
    number: Number,
    by: By,
    headline: Headline = None,
    happened: Happened = None,
    meaning: Meaning = None,
    doing: Doing = None,
    to_do: ToDo = None,
    learn_more: LearnMore = None,
    next_update: Promise = None,
    final: Final = False,
    keep: Keep = False,
    json: Json = False,
) -> int:
    answers = dict(zip(SAID, (headline, happened, meaning, doing, to_do, learn_more), strict=True))

    def make(session: Session, who: str, now: datetime) -> Message:
        earlier = message_named(session, number)
        about = session.get_one(Incident, earlier.incident_id)
        return begin(session, about, who, now, kind=Kind.UPDATE, earlier=earlier)

    return _written(by, make, answers, next_update, final=final, keep=keep, json=json)


@app.command(help=N_("A message as it will go out, or has gone out, and what has to be mended first."))
def preview(number: Number, json: Json = False) -> int:
    with opened_database().snapshot() as session:
        message = message_named(session, number)
        return _show(session, message, json=json)


@app.command(help=N_("Change a message that has not been sent, and ask for approval of it."))
def change(
    number: Number,
    by: By,
    headline: Headline = None,
    happened: Happened = None,
    meaning: Meaning = None,
    doing: Doing = None,
    to_do: ToDo = None,
    learn_more: LearnMore = None,
    next_update: Promise = None,
    final: Final = False,
    keep: Keep = False,
    json: Json = False,
) -> int:
    answers = dict(zip(SAID, (headline, happened, meaning, doing, to_do, learn_more), strict=True))

    def make(session: Session, _who: str, _now: datetime) -> Message:
        return message_named(session, number)

    return _written(by, make, answers, next_update, final=final, keep=keep, json=json)


@app.command(help=N_("Ask for approval of a draft as it stands."))
def ask(number: Number, by: By, json: Json = False) -> int:
    def act(session: Session, message: Message, who: str, now: datetime) -> None:
        submit(session, message, who, message.revision, now, settings())

    return _do(number, by, Permission.WORK_IN_CRISIS, act, json=json)


@app.command("follow", help=N_("Make a message that has not been sent an update of the one that holds."))
def follow_(number: Number, by: By, json: Json = False) -> int:
    return _do(number, by, Permission.WORK_IN_CRISIS, follow, json=json)


@app.command(help=N_("Approve somebody else's message, as it stands now."))
def approve(number: Number, by: By, json: Json = False) -> int:
    def act(session: Session, message: Message, who: str, now: datetime) -> None:
        approve_message(session, message, who, message.revision, now)

    return _do(number, by, Permission.APPROVE_CRISIS, act, json=json)


@app.command(help=N_("Say that you have gone through what one person sent alone."))
def review(number: Number, by: By, words: Words, json: Json = False) -> int:
    def act(session: Session, message: Message, who: str, now: datetime) -> None:
        review_message(session, message, who, words, now)

    return _do(number, by, Permission.APPROVE_CRISIS, act, json=json)


@app.command(help=N_("Discard a message that has not been sent."))
def discard(number: Number, by: By, json: Json = False) -> int:
    return _do(number, by, Permission.WORK_IN_CRISIS, discard_message, json=json)


@app.command(help=N_("Say at once, everywhere, that a message is not right. Nobody has to approve it."))
def correct(
    number: Number,
    by: By,
    headline: Headline = None,
    happened: Happened = None,
    meaning: Meaning = None,
    doing: Doing = None,
    to_do: ToDo = None,
    learn_more: LearnMore = None,
    next_update: Promise = None,
    json: Json = False,
) -> int:
    """In words that hold for any, or in those given; then somebody else reviews it afterwards."""
    answers = dict(zip(SAID, (headline, happened, meaning, doing, to_do, learn_more), strict=True))
    return _take_back(number, Kind.CORRECTION, by, answers, next_update, json=json)


@app.command(help=N_("Withdraw a message at once, everywhere. Nobody has to approve it."))
def cancel(number: Number, by: By, json: Json = False) -> int:
    return _take_back(number, Kind.CANCEL, by, {}, None, json=json)


def _do(number: int, by: str, permission: Permission, act: Act, *, json: bool) -> int:
    with opened_database().transaction() as session:
        message = message_named(session, number)
        act(session, message, staff_named(session, by, permission), datetime.now(UTC))
        return _show(session, message, json=json)


def _written(
    by: str, make: Maker, answers: Answers, next_update: str | None, *, final: bool, keep: bool, json: bool
) -> int:
    """0: it waits for approval, or is kept as a draft as asked; 1: something has to be mended first."""
    chosen = settings()
    with opened_database().transaction() as session:
        now = datetime.now(UTC)
        who = staff_named(session, by, Permission.WORK_IN_CRISIS)
        message = make(session, who, now)
        _write(session, message, who, answers, next_update, now, final=final)
        faults = what_is_wrong(session, message, now, chosen)
        if not keep and not faults and message.kind not in AT_ONCE:
            submit(session, message, who, message.revision, now, chosen)
        shown = _show(session, message, json=json)
    return shown if not keep else 0


def _write(
    session: Session,
    message: Message,
    who: str,
    answers: Answers,
    next_update: str | None,
    now: datetime,
    *,
    final: bool = False,
) -> None:
    """What is not said stays as it is."""
    zone = ZoneInfo(organisation(session).timezone)
    said = {name: getattr(message, name) for name in SAID}
    said |= {name: text for name, text in answers.items() if text is not None}
    promise = moment_named(next_update, zone) if next_update else message.next_update_at
    own = {each.place: Own(each.text, each.left_out) for each in versions(session, message.id)}
    words = (said.pop("headline"), said, message.card_text, message.language)
    written = Written(*words, final=final, next_update_at=promise, places=own)
    edit(session, message, who, message.revision, written, now)


def _take_back(number: int, kind: Kind, by: str, answers: Answers, next_update: str | None, *, json: bool) -> int:
    db, chosen, now = opened_database(), settings(), datetime.now(UTC)
    try:
        with db.transaction() as session:
            who = staff_named(session, by, Permission.WORK_IN_CRISIS)
            earlier = message_named(session, number)
            if any(text is not None for text in answers.values()):
                made = _in_own_words(session, earlier, kind, who, now)
                _write(session, made, who, answers, next_update, now)
                sending.committed(session, made, who, now, chosen)
            else:
                made = sending.taken_back(session, earlier.id, kind, who, now, chosen)
    except CannotSend as why:
        raise WrongWords(str(why)) from None
    deliver_all(db, made.id, chosen)
    with db.snapshot() as session:
        return _show(session, session.get_one(Message, made.id), json=json)


def _in_own_words(session: Session, earlier: Message, kind: Kind, who: str, now: datetime) -> Message:
    """Raises WrongWords for what has been followed: called twice, the second call must not say it once more."""
    session.refresh(earlier, with_for_update=True)
    if earlier.committed_at is not None and earlier.state != State.COMMITTED:
        raise WrongWords(_("Message {number} has been followed by another already: take that one.", number=earlier.id))
    return begin(session, session.get_one(Incident, earlier.incident_id), who, now, kind=kind, earlier=earlier)


def _show(session: Session, message: Message, *, json: bool) -> int:
    """1 where something has to be mended before it can go out."""
    now, channels = datetime.now(UTC), channels_of(session)
    zone = ZoneInfo(organisation(session).timezone)
    said = texts(session, message, channels, settings())
    faults = what_is_wrong(session, message, now, settings()) if message.state in BEFORE else []
    if (other := beside(session, message, now)) is not None:
        told_of = {"number": other.id, "headline": other.headline, "own": message.id}
        remark(_(BESIDE, **told_of))
    told = [{"field": each.at, "what": each.what, "text": fault_in_words(each)} for each in faults]
    if json:
        names = ("id", "incident_id", "kind", "headline", "revision", "next_update_at", "final", "identifier")
        shown = {name: getattr(message, name) for name in names} | {"state": message_state(message, now)}
        show_json(shown | {"texts": said, "faults": told})
        return 1 if faults else 0
    promise = moment(message.next_update_at, zone) if message.next_update_at else "–"
    kind, state = _(KINDS[Kind(message.kind)]), _(STATES[message_state(message, now)])
    say(_("{kind} {number}: {state}. Next update: {when}", kind=kind, number=message.id, state=state, when=promise))
    for text, where in alike(places(channels, settings()), said):
        say(f"\n-- {', '.join(each.name for each in where)} ({len(text)})\n{text}")
    if lacks_encoder(channels, settings()):
        say(f"\n{_(NO_ENCODER)}")
    for each in told:
        say(f"! {each['field']}: {each['text']}")
    return 1 if faults else 0
