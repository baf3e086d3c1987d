"""`kanalvakt channel`: what is watched, how it goes, and whether each channel can really be read."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from config.settings import settings
from monitor.cli import connecting, pausing
from monitor.cli.coverage import coverage_
from monitor.cli.finding import channel_named
from monitor.cli.output import local, remark, say, show_facts, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.register.calendar import calendar_of
from monitor.register.decision_words import LABELS
from monitor.register.models import Channel, Organisation
from monitor.register.organisation import organisation
from monitor.register.rows import decisions_of
from monitor.register.secrets import kept
from monitor.register.term_words import in_words, until
from monitor.register.terms import Terms, terms_of
from monitor.watch.checking import Check, check_now
from monitor.watch.overview import ChannelOverview, channels, for_programs

app = typer.Typer(help=N_("The watched channels."), no_args_is_help=True)
app.command("coverage", help=N_("What is not seen of the channels, and when each was read how thoroughly."))(coverage_)
app.command("connect", help=N_("Get a channel's token in a browser, and keep it encrypted."))(connecting.connect)
app.command("disconnect", help=N_("Forget the secrets that are stored for a channel."))(connecting.disconnect)
app.command("rotate-keys", help=N_("Encrypt the stored secrets with a new key."))(connecting.rotate_keys)
app.command("pause", help=N_("Stop reading a channel for a while; it still has to be watched."))(pausing.pause)
app.command("resume", help=N_("Read a paused channel again."))(pausing.resume)
app.command("retire", help=N_("End the watch of a channel for good; its history is kept."))(pausing.retire)
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
ChannelId = Annotated[str, typer.Argument(metavar="CHANNEL", help=N_("The channel's id in the register."))]
ChannelIds = Annotated[
    list[str] | None, typer.Argument(metavar="CHANNEL…", help=N_("Channels; all when none is named."))
]
STATES = {
    "ok": N_("Read"),
    "waiting": N_("Not read yet"),
    "failing": N_("Cannot be read"),
    "paused": N_("Paused"),
    "retired": N_("Retired"),
    "manual": N_("Watched by people"),
}
REGISTERED = ("closed", "publish_address", "administrators", "account_text", "account_text_checked_on", "watched_since")


@app.command("list", help=N_("All channels: who is responsible, and when each was last read completely."))
def list_(json: Json = False) -> None:
    with opened_database().snapshot() as session:
        owner = organisation(session)
        rows = _overview(session, owner)
        terms = {row.id: terms_of(owner, session.get_one(Channel, row.id)) for row in rows}
    if json:
        show_json([for_programs(row, terms[row.id]) for row in rows])
        return
    columns = (
        *(_("Channel"), _("Platform"), _("Responsible"), _("State"), _("Last complete read")),
        *(_("To be answered"), _("Decision valid until")),
    )
    show_table(columns, [_row(row, owner, terms[row.id]) for row in rows])
    for row in rows:
        for sentence in [*([row.remedy] if row.remedy else []), *row.coverage.warnings(), *row.warnings]:
            remark(f"{row.id}: {sentence}")


@app.command(help=N_("Everything the register says about one channel."))
def show(channel: ChannelId, json: Json = False) -> None:
    with opened_database().snapshot() as session:
        owner = organisation(session)
        found = channel_named(session, channel)
        row = next(row for row in _overview(session, owner) if row.id == found.id)
        decisions = [entry.model_dump() for entry in decisions_of(session, found.id)]
        stored = kept(session, found.id)
    details = {"kind": found.kind, "external_id": found.external_id, "credential": found.credential}
    details |= {key: getattr(found, key) for key in REGISTERED}
    if json:
        told = for_programs(row, terms_of(owner, found)) | details
        show_json(told | {"stored_secrets": stored, "decisions": decisions})
        return
    show_facts(_facts(row, found, owner))
    for name, at in stored.items():
        show_facts([(_("Stored secret"), f"{name} ({local(at, owner.timezone)})")])
    for decision in decisions:
        say("")
        show_facts((_(LABELS[key]), value) for key, value in decision.items())


@app.command("check", help=N_("Ask the platforms whether the channels can be read with the credentials they have."))
def check_(channel: ChannelIds = None, json: Json = False) -> int:
    db = opened_database()
    with db.snapshot() as session:
        organisation(session)
        chosen = [channel_named(session, each) for each in channel or []] or _active(session)
    found = [check_now(db, each, settings()) for each in chosen]
    if json:
        show_json(found[0] if channel and len(channel) == 1 else found)
    else:
        columns = (_("Channel"), _("Can be read"), _("Token"), _("Valid until"), _("Problem"), _("What to do"))
        show_table(columns, [_check_row(each) for each in found])
    return 0 if all(each.ok for each in found) else 1


def _overview(session: Session, owner: Organisation) -> list[ChannelOverview]:
    return channels(session, calendar_of(owner).local_date(datetime.now(UTC)))


def _active(session: Session) -> list[Channel]:
    return list(session.scalars(select(Channel).where(Channel.state != "retired").order_by(Channel.id)))


def _row(row: ChannelOverview, owner: Organisation, terms: Terms) -> tuple[object, ...]:
    return (
        row.id,
        row.platform,
        row.responsible_name,
        _state(row),
        local(row.last_complete_read, owner.timezone),
        until(terms.comment) if row.has_comments else None,
        _decision(row),
    )


def _state(row: ChannelOverview) -> str:
    if row.state == "manual" and not row.has_comments:
        return _("No comments to watch")
    state = _(STATES[row.state])
    return f"{state}: {_(row.state_reason)}" if row.state_reason and row.state != "failing" else state


def _decision(row: ChannelOverview) -> str:
    if row.decision is None:
        return _("No decision") if row.decision_needed else _("Not needed")
    expired, unconfirmed = row.decision.status == "expired", row.decision.unconfirmed
    marks = [*([_("Expired")] if expired else []), *([_("Not confirmed")] if unconfirmed else [])]
    return f"{row.decision.valid_until} ({', '.join(marks)})" if marks else str(row.decision.valid_until)


def _facts(row: ChannelOverview, channel: Channel, owner: Organisation) -> list[tuple[str, object]]:
    return [
        (_("Channel"), f"{row.name} ({row.id})"),
        (_("Platform"), row.platform),
        (_("Address"), row.address),
        (_("Unit"), row.unit_name),
        (_("Responsible"), row.responsible_name),
        (_("Deputy"), row.deputy_name),
        (_("Comments"), row.has_comments),
        *(in_words(terms_of(owner, channel)) if row.has_comments else []),
        (_("State"), _state(row)),
        (_("Last complete read"), local(row.last_complete_read, owner.timezone)),
        (_("Credential"), ", ".join(f"{key} = {value}" for key, value in channel.credential.items())),
        (_("Decision valid until"), _decision(row)),
        (_("What to do"), row.remedy),
        (_("Coverage"), " ".join(row.coverage.warnings())),
        (_("Not covered"), row.coverage.not_covered),
        (_("Administrators"), channel.administrators),
        (_("Worth mending"), " ".join(row.warnings)),
    ]


def _check_row(found: Check) -> tuple[object, ...]:
    expires = min((end.date() for end in (found.expires, found.data_access_expires) if end), default=None)
    return (found.id, found.can_read, found.token_kind, expires, found.message, found.remedy)
