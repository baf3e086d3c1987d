"""`kanalvakt register`: the register file in and out of the database."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from config.language import N_, _
from monitor.cli.output import say
from monitor.cli.setup import opened_database
from monitor.register.exporting import export
from monitor.register.file import load
from monitor.register.importing import import_register

app = typer.Typer(help=N_("The register of channels, people and decisions."), no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FILE.toml", help=N_("The register file."))]


class Format(StrEnum):
    """What `export` can write."""

    TOML = "toml"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


@app.command("import", help=N_("Bring a register file into the database. Nothing is imported if it has a fault."))
def bring_in(file: File) -> None:
    register_file = load(file)
    with opened_database(create=True).transaction() as session:
        done = import_register(session, register_file, datetime.now(UTC))
    counts = {"added": len(done.added), "changed": len(done.changed), "retired": len(done.retired)}
    say(_("{total} channels: {added} new, {changed} changed.", total=len(register_file.channel), **counts))
    if done.retired:
        say(_("No longer watched, history kept: {channels}.", channels=", ".join(done.retired)))


@app.command(
    "export", help=N_("Write the register: toml to import again; csv, json or html as the public list of channels.")
)
def bring_out(
    format_: Annotated[Format, typer.Option("--format", help=N_("The form to write it in."))] = Format.TOML,
) -> None:
    with opened_database().snapshot() as session:
        print(export(session, format_.value), end="")


@app.command(help=N_("Tell every fault in a register file at once. Imports nothing."))
def validate(file: File) -> None:
    register_file = load(file)
    counts = {"channels": len(register_file.channel), "people": len(register_file.person)}
    say(_("{file} is sound: {channels} channels, {people} people.", file=file, **counts))
