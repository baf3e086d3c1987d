"""`kanalvakt emergency send`, `status`, `hold` and `release`: they need neither the web pages nor a broker."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from config.settings import settings
from monitor.access.permission_rules import Permission
from monitor.cli.crisis_finding import moment_named
from monitor.cli.errors import WrongWords
from monitor.cli.finding import channel_named, staff_named
from monitor.cli.output import say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.emergency import holding
from monitor.emergency.approving import do_alone
from monitor.emergency.committing import deliveries_of
from monitor.emergency.delivering import deliver_all
from monitor.emergency.delivery_words import counted
from monitor.emergency.drafting import promise_anew
from monitor.emergency.faults import CannotSend
from monitor.emergency.hub import publish_soon
from monitor.emergency.incidents import going_on
from monitor.emergency.message_rules import State
from monitor.emergency.models import Delivery, Hold, Incident, Message
from monitor.emergency.places import channel_of
from monitor.emergency.rules import Fate, counts
from monitor.emergency.sending import committed
from monitor.emergency.standing import message_state
from monitor.emergency.stopping import note_release, note_stop
from monitor.emergency.sweeping import sweep
from monitor.register.faults import Refused
from monitor.register.organisation import organisation

HUB = "hub"
By = Annotated[str, typer.Option("--by", metavar="PERSON", help=N_("Who does it: the person's id in the register."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
MessageId = Annotated[int, typer.Argument(metavar="MESSAGE", help=N_("The message's number."))]
Place = Annotated[str, typer.Argument(metavar="PLACE", help=N_("A channel's id, or hub; left out: everything."))]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why, in words others understand later."))]
Minutes = Annotated[int, typer.Option("--minutes", min=1, max=1440, help=N_("The stop ends by itself after so long."))]

Exercise = Annotated[bool, typer.Option("--exercise", help=N_("In exercises, and not in what is live."))]
Promise = Annotated[
    str | None,
    typer.Option("--next-update", metavar="TIME", help=N_("A later one, where the promised time has passed.")),
]
Alone = Annotated[
    bool,
    typer.Option("--alone", help=N_("Nobody else can approve it: everybody is told. Say why with --reason.")),
]
MODE = {False: "actual", True: "exercise"}


def send(
    message: MessageId,
    by: By,
    next_update: Promise = None,
    alone: Alone = False,
    reason: Reason = "",
    json: Json = False,
) -> None:
    """Exit code 1: not everything is verified, and somebody has to look. Sent before, it goes on with what is left."""
    db, now = opened_database(), datetime.now(UTC)
    with db.transaction() as session:
        found = _message(session, message)
        actor = staff_named(session, by, Permission.WORK_IN_CRISIS)
        if found.committed_at is None:
            if next_update is not None:
                zone = ZoneInfo(organisation(session).timezone)
                promise_anew(session, found, actor, moment_named(next_update, zone), now)
            _commit(session, found, actor, now, reason if alone else None)
    deliver_all(db, message, settings())
    with db.snapshot() as session:
        found, made = session.get_one(Message, message), deliveries_of(session, message)
    if json:
        show_json(_message_json(found, made))
    else:
        _show(made)
    if any(each.state != Fate.VERIFIED for each in made if each.way != "best_effort"):
        raise typer.Exit(1)


def status(json: Json = False) -> None:
    """The crisis that goes on, or the last one."""
    with opened_database().snapshot() as session:
        organisation(session)
        latest = select(Incident).order_by(Incident.closed_at.is_(None).desc(), Incident.id.desc()).limit(1)
        incident = session.scalars(latest).one_or_none()
        sent = (Message.incident_id == incident.id, Message.committed_at.is_not(None)) if incident else ()
        messages = session.scalars(select(Message).where(*sent).order_by(Message.id)).all() if incident else []
        made = {message.id: deliveries_of(session, message.id) for message in messages}
        stopped = _holds(session)
    if json:
        show_json(_status(incident, messages, made) | {"holds": stopped})
        return
    if incident is None:
        say(_("There has been no crisis."))
        return
    say(f"{incident.title} ({incident.mode}, {incident.state})")
    for each in stopped:
        say(_("Stopped until {until}: {place}", until=each["until"], place=each["place"] or _("everything")))
    for message in messages:
        say(f"{message.identifier} {message.kind} {message.headline}")
        _show(made[message.id])


def hold(
    by: By,
    place: Place = "",
    reason: Reason = "",
    minutes: Minutes = 30,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """What the platforms already have cannot be stopped; what is armed and not sent is."""
    db, now = opened_database(), datetime.now(UTC)
    until = now + timedelta(minutes=minutes)
    with db.transaction() as session:
        actor = staff_named(session, by, Permission.WORK_IN_CRISIS)
        _check_place(session, place)
        holding.hold(session, place, actor, now, until, reason, MODE[exercise])
        for incident in going_on(session, MODE[exercise]):
            note_stop(session, incident, place, actor, now, reason)
    publish_soon(db, settings())
    if json:
        show_json({"place": place, "until": until, "reason": reason})
    else:
        say(_("Stopped until {until}: {place}", until=until.isoformat(), place=place or _("everything")))


def release(by: By, place: Place = "", exercise: Exercise = False, json: Json = False) -> None:
    """What was stopped goes on at once, here."""
    db, now = opened_database(), datetime.now(UTC)
    with db.transaction() as session:
        actor = staff_named(session, by, Permission.WORK_IN_CRISIS)
        _check_place(session, place)
        holding.release(session, place, actor, now, MODE[exercise])
        for incident in going_on(session, MODE[exercise]):
            note_release(session, incident, place, actor, now)
    went_on = sweep(db, now, settings())
    if json:
        show_json({"place": place, "went_on": went_on})
    else:
        say(_("{place} goes on. Deliveries that went on: {n}", place=place or _("everything"), n=went_on))


def _commit(session: Session, message: Message, by: str, now: datetime, alone: str | None) -> None:
    """alone: why nobody else can approve it. Raises WrongWords where it may not go out."""
    try:
        if alone is not None and message.state != State.APPROVED:
            do_alone(session, message, by, alone, now, settings())
        committed(session, message, by, now, settings())
    except (CannotSend, Refused) as why:
        raise WrongWords(str(why)) from None


def _message(session: Session, number: int) -> Message:
    found = session.get(Message, number)
    if found is None:
        raise WrongWords(_("There is no message {number}: see `kanalvakt emergency status`.", number=number))
    return found


def _check_place(session: Session, place: str) -> None:
    if place not in ("", HUB):
        channel_named(session, channel_of(place))


def _holds(session: Session) -> list[dict[str, Any]]:
    active = select(Hold).where(Hold.until > datetime.now(UTC), Hold.released_at.is_(None)).order_by(Hold.id)
    return [
        {"place": each.place, "mode": each.mode, "until": each.until, "reason": each.reason}
        for each in session.scalars(active)
    ]


def _show(made: Sequence[Delivery]) -> None:
    say(counted([Fate(each.state) for each in made if each.way != "best_effort"]))
    columns = [_("Channel"), _("State"), _("What it means"), _("Address")]
    show_table(columns, [(each.place, each.state, _(each.remedy) if each.remedy else None, each.url) for each in made])


# -- shapes that INTERFACE.md promises


def _status(incident: Incident | None, messages: Sequence[Message], made: dict[int, list[Delivery]]) -> dict[str, Any]:
    every = [Fate(one.state) for each in made.values() for one in each if one.way != "best_effort"]
    keys = ("id", "mode", "level", "state")
    return {
        "incident": {key: getattr(incident, key) for key in keys} if incident is not None else None,
        "messages": [_message_json(message, made[message.id]) for message in messages],
        "counts": {"total": len(every), **{str(fate): number for fate, number in counts(every).items()}},
    }


def _message_json(message: Message, made: Sequence[Delivery]) -> dict[str, Any]:
    deliveries = [{"channel": each.place, **{key: getattr(each, key) for key in DELIVERY}} for each in made]
    told = {"id": message.id, "identifier": message.identifier, "type": message.kind}
    told["state"] = message_state(message, datetime.now(UTC))
    return told | {"sent": message.sent, "deliveries": deliveries}


DELIVERY = (
    "state",
    "way",
    "remote_id",
    "url",
    "attempts",
    "reason",
    "remedy",
    "armed_at",
    "confirmed_at",
    "verified_at",
)
