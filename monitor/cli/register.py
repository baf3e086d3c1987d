"""`kanalvakt register`: the register file in and out of the database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from config.language import N_, _, use_language
from monitor.access import tokens
from monitor.audit import COMMAND
from monitor.cli.errors import WrongWords
from monitor.cli.finding import channel_named, nearest
from monitor.cli.output import remark, say
from monitor.cli.setup import opened_database
from monitor.register.calendar import calendar_of
from monitor.register.exporting import export
from monitor.register.file import RegisterFile, load
from monitor.register.importing import import_register
from monitor.register.models import Decision
from monitor.register.organisation import organisation
from monitor.register.presentation import presentation
from monitor.register.public_list import public_list
from monitor.register.rows import left_out
from monitor.register.warnings import warnings_of
from monitor.watch.day_register import settle

app = typer.Typer(help=N_("The register of channels, people and decisions."), no_args_is_help=True)
LEFT_OUT = N_(
    "Decision {number} about {channel} is not in the file: it names people who have left ({names}). It stays in the "
    "database."
)
File = Annotated[Path, typer.Argument(metavar="FILE", help=N_("The register file: .toml, or a sheet: .csv."))]


class Format(StrEnum):
    """What `export` can write."""

    TOML = "toml"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


class ListFormat(StrEnum):
    """What `public-list` can write."""

    HTML = "html"
    CSV = "csv"
    JSON = "json"


@app.command("import", help=N_("Bring a register file into the database. Nothing is imported if it has a fault."))
def bring_in(
    file: File,
    by: Annotated[
        str | None, typer.Option("--by", metavar="PERSON", help=N_("Who does it, for the audit log: the person's id."))
    ] = None,
) -> None:
    register_file = load(file)
    people = [person.id for person in register_file.person]
    if by is not None and by not in people:
        raise WrongWords(_("There is no person {name}.", name=by) + nearest(by, people))
    now = datetime.now(UTC)
    with opened_database(create=True).transaction() as session:
        settle(session, now)
        done = import_register(session, register_file, now, by or COMMAND)
        tokens.end_of_those_who_left(session, by or COMMAND, now)
    counts = {"added": len(done.added), "changed": len(done.changed), "retired": len(done.retired)}
    say(_("{total} channels: {added} new, {changed} changed.", total=len(register_file.channel), **counts))
    if done.retired:
        say(_("No longer watched, history kept: {channels}.", channels=", ".join(done.retired)))
    _warn(register_file, now)


@app.command("export", help=N_("Write the register: toml or csv whole, to import again; html or json for the public."))
def bring_out(
    format_: Annotated[Format, typer.Option("--format", help=N_("The form to write it in."))] = Format.TOML,
) -> None:
    with opened_database().snapshot() as session:
        print(export(session, format_.value), end="")
        if format_ in {Format.TOML, Format.CSV}:
            _tell_left_out(left_out(session))


@app.command("public-list", help=N_("Write the list of channels for the organisation's website, without people."))
def public_list_(
    format_: Annotated[ListFormat, typer.Option("--format", help=N_("The form to write it in."))] = ListFormat.HTML,
) -> None:
    with opened_database().snapshot() as session:
        print(public_list(session, format_.value), end="")


@app.command(help=N_("Tell every fault in a register file at once. Imports nothing."))
def validate(file: File) -> None:
    register_file = load(file)
    counts = {"channels": len(register_file.channel), "people": len(register_file.person)}
    say(_("{file} is sound: {channels} channels, {people} people.", file=file, **counts))
    _warn(register_file, datetime.now(UTC))


@app.command("account-text", help=N_("Write a text for the account's presentation, in the organisation's language."))
def account_text(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help=N_("The channel's id in the register."))],
) -> None:
    wished = context.find_root().params.get("lang")
    with opened_database().snapshot() as session:
        owner = organisation(session)
        today = calendar_of(owner).local_date(datetime.now(UTC))
        with use_language(wished or owner.language):
            text = presentation(session, channel_named(session, channel), today)
    print("\n\n".join(text.paragraphs))
    for sentence in text.lacking:
        remark(sentence)


def _tell_left_out(decisions: Sequence[tuple[Decision, list[str]]]) -> None:
    for decision, names in decisions:
        words = {"number": decision.version, "channel": decision.channel_id, "names": ", ".join(names)}
        remark(_(LEFT_OUT, **words))


def _warn(register_file: RegisterFile, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(register_file.organisation.timezone)).date()
    found: Mapping[str, list[str]] = warnings_of(register_file, today)
    for channel, sentences in found.items():
        for sentence in sentences:
            remark(f"{channel}: {sentence}")
