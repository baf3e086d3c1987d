"""`kanalvakt decision`: the manager's written, time-limited decision that each channel rests on."""

import sys
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.cli.errors import WrongWords
from monitor.cli.finding import channel_named, day_named, person_named
from monitor.cli.output import local, say, show_facts, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.register.calendar import calendar_of
from monitor.register.deciding import CannotDecide, Changes, confirm, latest_of, make_decision
from monitor.register.deciding import renew as renew_decision
from monitor.register.decision_paper import decision_pdf, file_name
from monitor.register.decision_rules import Draft
from monitor.register.decision_status import Standing, standing_told, standings
from monitor.register.decision_words import LABELS, STATUSES, fingerprint, said
from monitor.register.models import Channel, Decision, DecisionReceipt, Person
from monitor.register.organisation import organisation

app = typer.Typer(help=N_("The manager's decisions that the channels rest on."), no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
ChannelId = Annotated[str, typer.Argument(metavar="CHANNEL", help=N_("The channel's id in the register."))]
By = Annotated[str, typer.Option("--by", metavar="PERSON", help=N_("The unit's manager, who decides: a person's id."))]
ConfirmedBy = Annotated[
    str, typer.Option("--by", metavar="PERSON", help=N_("The communicator who has received it: a person's id."))
]
Purpose = Annotated[str | None, typer.Option("--purpose", help=N_("What the presence in the channel is for."))]
Address = Annotated[str | None, typer.Option("--address", help=N_("The channel's web address; else the register's."))]
Audience = Annotated[str | None, typer.Option("--audience", help=N_("Whom the channel is mainly for."))]
Responsible = Annotated[
    str | None, typer.Option("--responsible", metavar="PERSON", help=N_("Who is responsible for the channel."))
]
Until = Annotated[
    str | None, typer.Option("--valid-until", metavar="D", help=N_("The last day that it holds, as 2027-12-31."))
]
On = Annotated[
    str | None, typer.Option("--decided-on", metavar="D", help=N_("The day of the decision; today otherwise."))
]
Authorised = Annotated[
    list[str] | None,
    typer.Option("--authorised", metavar="PERSON", help=N_("Who else may answer; give the option once for each.")),
]
Number = Annotated[int | None, typer.Option("--version", help=N_("Which version; the latest otherwise."))]
Output = Annotated[
    str | None, typer.Option("--output", metavar="FILE", help=N_("Where to write it; - for standard output."))
]
All = Annotated[bool, typer.Option("--all", help=N_("Every version, not only the one that speaks now."))]


@app.command("add", help=N_("Decide about a channel. Everything that stands against it is told at once."))
def add(
    channel: ChannelId,
    by: By,
    purpose: Purpose = None,
    audience: Audience = None,
    responsible: Responsible = None,
    valid_until: Until = None,
    address: Address = None,
    authorised: Authorised = None,
    decided_on: On = None,
) -> None:
    until, on = _day(valid_until), _day(decided_on)

    def make(session: Session, about: Channel, today: date, now: datetime) -> Decision:
        draft = Draft(
            purpose or "",
            about.address if address is None else address,
            audience or "",
            responsible or "",
            until,
            on or today,
            tuple(authorised or ()),
        )
        return make_decision(session, about, draft, by, now)

    _decide(channel, make)


@app.command("renew", help=N_("Decide again: what the latest version says, but for what is given."))
def renew(
    channel: ChannelId,
    by: By,
    valid_until: Until = None,
    purpose: Purpose = None,
    audience: Audience = None,
    responsible: Responsible = None,
    address: Address = None,
    authorised: Authorised = None,
    decided_on: On = None,
) -> None:
    until, on = _day(valid_until), _day(decided_on)
    given = {"purpose": purpose, "audience": audience, "responsible": responsible, "address": address, "decided_on": on}
    changes = Changes(**{key: value for key, value in given.items() if value is not None})  # type: ignore[typeddict-item]
    if authorised:
        changes["authorised"] = tuple(authorised)

    def make(session: Session, about: Channel, _today: date, now: datetime) -> Decision:
        return renew_decision(session, about, by, until, now, **changes)

    _decide(channel, make)


@app.command("list", help=N_("Where the decision about each channel stands; ends with 1 if one needs somebody."))
def list_(every: All = False, json: Json = False) -> int:
    with opened_database().snapshot() as session:
        today = calendar_of(organisation(session)).local_date(datetime.now(UTC))
        channels = session.scalars(select(Channel).where(Channel.state != "retired").order_by(Channel.id)).all()
        stand = standings(session, today)
        versions = select(Decision).order_by(Decision.channel_id, Decision.version)
        made = [said(each) for each in session.scalars(versions)] if every else []
    rows = [(channel, stand[channel.id]) for channel in channels]
    if every:
        _show_versions(made, json=json)
    elif json:
        show_json([standing_told(*row) for row in rows])
    else:
        columns = (_("Channel"), _("Version"), _("State"), _(LABELS["valid_until"]), _("Confirmed by the communicator"))
        show_table((*columns, _("Needs somebody")), [_row(*row) for row in rows])
    return 1 if any(standing.needs_somebody for _channel, standing in rows) else 0


@app.command("show", help=N_("A decision's whole text, and whether it has reached the communicator."))
def show(channel: ChannelId, version: Number = None, json: Json = False) -> None:
    with opened_database().snapshot() as session:
        zone = organisation(session).timezone
        decision = _version(session, channel_named(session, channel), version)
        receipt = session.get(DecisionReceipt, decision.id)
        text, mark = said(decision), fingerprint(decision)
        known = receipt or DecisionReceipt(decision_id=decision.id)
        facts = _facts(session, decision, known, zone)
    if json:
        told = {"sent_to": known.sent_to_id, "sent_at": known.sent_at}
        got = {"confirmed_by": known.confirmed_by_id, "confirmed_at": known.confirmed_at}
        show_json(text | told | got | {"sha256": mark})
        return
    show_facts([*facts, ("SHA-256", mark)])


@app.command("pdf", help=N_("A decision as a PDF."))
def pdf(channel: ChannelId, version: Number = None, output: Output = None) -> None:
    with opened_database().snapshot() as session:
        organisation(session)
        decision = _version(session, channel_named(session, channel), version)
        name, content = output or file_name(decision), decision_pdf(session, decision)
    if name == "-":
        sys.stdout.buffer.write(content)
        return
    Path(name).write_bytes(content)
    say(_("Written: {file}", file=name))


@app.command("confirm", help=N_("The communicator confirms that the decision has arrived."))
def confirm_(channel: ChannelId, by: ConfirmedBy, version: Number = None) -> None:
    with opened_database().transaction() as session:
        organisation(session)
        decision = _version(session, channel_named(session, channel), version)
        try:
            confirm(session, decision, person_named(session, by), datetime.now(UTC))
        except CannotDecide as refusal:
            raise WrongWords(str(refusal)) from None
        number = decision.version
    say(_("Confirmed: version {number} of the decision about {channel} has arrived.", number=number, channel=channel))


def _decide(channel: str, make: Callable[[Session, Channel, date, datetime], Decision]) -> None:
    """Makes a version in a transaction of its own, and says so. Raises WrongWords with every reason against it."""
    with opened_database().transaction() as session:
        now = datetime.now(UTC)
        today = calendar_of(organisation(session)).local_date(now)
        try:
            decision = make(session, channel_named(session, channel), today, now)
        except CannotDecide as refusal:
            raise WrongWords(str(refusal)) from None
        number, until = decision.version, decision.valid_until
    words = {"number": number, "channel": channel, "day": until}
    say(_("Version {number} of the decision about {channel} holds until {day}.", **words))
    say(_("It is sent to the communicator, who confirms that it has arrived."))


def _day(text: str | None) -> date | None:
    return day_named(text) if text is not None else None


def _version(session: Session, channel: Channel, version: int | None) -> Decision:
    """Raises WrongWords where there is none, or not that one."""
    latest = latest_of(session, channel.id)
    if latest is None:
        raise WrongWords(_("There is no decision about {channel}: make one with `decision add`.", channel=channel.id))
    if version is None:
        return latest
    found = session.scalar(select(Decision).where(Decision.channel_id == channel.id, Decision.version == version))
    if found is None:
        words = {"number": version, "channel": channel.id, "latest": latest.version}
        raise WrongWords(_("{channel} has no version {number} of its decision: the latest is {latest}.", **words))
    return found


def _show_versions(made: list[dict[str, object]], *, json: bool) -> None:
    if json:
        show_json(made)
        return
    keys = ("decided_on", "valid_until", "decided_by", "responsible", "authorised")
    columns = (_("Channel"), _("Version"), *(_(LABELS[key]) for key in keys))
    show_table(columns, [[each["channel"], each["version"], *(each[key] for key in keys)] for each in made])


def _facts(session: Session, decision: Decision, receipt: DecisionReceipt, zone: str) -> list[tuple[str, object]]:
    """The decision's text, and its way to the communicator. Where it was confirmed before it was mailed, as on
    paper, nobody knows when it was sent."""
    people: dict[str, list[str | None]] = {
        "responsible": [decision.responsible_id],
        "decided_by": [decision.decided_by_id],
        "authorised": [*decision.authorised],
        "communicated_to": [receipt.sent_to_id],
    }
    text = said(decision) | {key: _names(session, ids) for key, ids in people.items()}
    facts = [(_(LABELS.get(key, key.capitalize())), value) for key, value in text.items()]
    if receipt.sent_at or not receipt.confirmed_at:
        facts.append((_(LABELS["communicated_on"]), local(receipt.sent_at, zone)))
    facts.append((_("Confirmed"), local(receipt.confirmed_at, zone)))
    return [*facts, (_("Confirmed by the communicator"), _names(session, [receipt.confirmed_by_id]))]


def _names(session: Session, ids: Iterable[str | None]) -> list[str]:
    return [f"{session.get_one(Person, id_).name} ({id_})" for id_ in ids if id_ is not None]


def _row(channel: Channel, standing: Standing) -> tuple[object, ...]:
    state = _(STATUSES[standing.status])
    needs = standing.needs_somebody
    return channel.id, standing.version, state, standing.valid_until, standing.confirmed, needs
