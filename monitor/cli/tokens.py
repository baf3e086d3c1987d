"""`kanalvakt token`: by which programs use the API, on whose behalf, and what each may do."""

import sys
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated

import typer

from config.language import N_, _
from monitor.access import tokens
from monitor.access.models import ApiToken
from monitor.audit import COMMAND
from monitor.cli.errors import WrongWords
from monitor.cli.finding import person_named
from monitor.cli.output import local, say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.db.numbered import LARGEST
from monitor.register.organisation import organisation

app = typer.Typer(help=N_("Tokens by which programs use the API on somebody's behalf."), no_args_is_help=True)
READ = "read"
"""Every scope by which nothing can be changed."""
PersonId = Annotated[str, typer.Argument(metavar="PERSON", help=N_("The person's id in the register."))]
Scopes = Annotated[
    list[str], typer.Option("--scope", metavar="S", help=N_("What it may do; several times for several. `read`: read."))
]
Name = Annotated[str, typer.Option("--name", help=N_("What it is for."))]
Days = Annotated[int, typer.Option("--days", help=N_("So many days it holds."))]
Number = Annotated[int, typer.Argument(metavar="ID", help=N_("The token's number in the list."), min=1, max=LARGEST)]
By = Annotated[
    str | None, typer.Option("--by", metavar="PERSON", help=N_("Who asks for it, for the audit log: a person's id."))
]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]


@app.command(help=N_("Make a token for a person's programs. It is printed this once."))
def add(
    person: PersonId,
    scope: Scopes,
    days: Days = 90,
    name: Name = "kanalvakt token add",
    by: By = None,
    json: Json = False,
) -> None:
    now, scopes = datetime.now(UTC), _known(scope)
    with opened_database().transaction() as session:
        found = person_named(session, person)
        asked_by = person_named(session, by).id if by else COMMAND
        try:
            row, word = tokens.issue(session, found.id, name, scopes, days, asked_by, now)
        except tokens.CannotIssue as why:
            raise WrongWords(str(why)) from None
    try:
        _show_once(row, word, json=json)
    except OSError:  # as where standard output is a file on a full disk: what nobody has seen must not hold
        with opened_database().transaction() as session:
            tokens.end(session, row.id, asked_by, now)
        raise


@app.command("list", help=N_("The tokens that hold."))
def list_(json: Json = False) -> None:
    with opened_database().snapshot() as session:
        rows, zone = tokens.going(session, datetime.now(UTC)), organisation(session).timezone
    if json:
        show_json([_shown(row) for row in rows])
        return
    columns = (_("Id"), _("Person"), _("What it is for"), _("What it may do"), _("Last used"), _("Holds until"))
    show_table(
        columns,
        [
            (row.id, row.person_id, row.name, row.scopes, local(row.used_at, zone), local(row.good_until, zone))
            for row in rows
        ],
    )


@app.command(help=N_("End a token for good."))
def end(number: Number, by: By = None) -> None:
    with opened_database().transaction() as session:
        asked_by = person_named(session, by).id if by else COMMAND
        if not tokens.end(session, number, asked_by, datetime.now(UTC)):
            raise WrongWords(_("There is no token {number} that holds.", number=number))
    say(_("The token is ended: no program can use it any more."))


def _show_once(row: ApiToken, word: str, *, json: bool) -> None:
    if json:
        show_json({**_shown(row), "token": word})
    else:
        say(_("Keep it where the program keeps its secrets: it is shown only now."))
        say(word)
    sys.stdout.flush()


def _known(scopes: Collection[str]) -> frozenset[str]:
    """Raises WrongWords for a scope that there is not, with those that there are."""
    chosen = {str(each) for scope in scopes for each in (tokens.READING if scope == READ else [scope])}
    if odd := sorted(chosen - tokens.SCOPES):
        known = ", ".join([READ, *sorted(tokens.SCOPES)])
        raise WrongWords(_("There is no scope {name}. There are: {known}.", name=odd[0], known=known))
    return frozenset(chosen)


def _shown(row: ApiToken) -> dict[str, object]:
    keys = ("id", "name", "scopes", "made_at", "good_until", "used_at")
    return {"person": row.person_id} | {key: getattr(row, key) for key in keys}
