"""`kanalvakt person`: who has which duties, who joins, and who is away."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.alerts.given_up import given_up
from monitor.audit import COMMAND
from monitor.cli import logins, routes
from monitor.cli.errors import WrongWords
from monitor.cli.finding import day_named, person_named
from monitor.cli.output import remark, say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.register.absences import Unattended, add_absence, alone_in_words, remove_absence, unattended
from monitor.register.calendar import calendar_of
from monitor.register.duties import ROLES, PersonOverview, people
from monitor.register.joining import add_person
from monitor.register.models import Absence, Person
from monitor.register.organisation import organisation
from monitor.register.people import absences

app = typer.Typer(help=N_("The people of the register: their duties, and when they are away."), no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
PersonId = Annotated[str, typer.Argument(metavar="PERSON", help=N_("The person's id in the register."))]
NewId = Annotated[str, typer.Argument(metavar="ID", help=N_("A short name for the person, never used before."))]
Name = Annotated[str, typer.Option("--name", help=N_("The person's name, or function."))]
Email = Annotated[str | None, typer.Option("--email", help=N_("Where mails go."))]
Phone = Annotated[str | None, typer.Option("--phone", help=N_("A telephone number: +46700000001."))]
Roles = Annotated[list[str] | None, typer.Option("--role", help=N_("A role; give the option once for each."))]
Speaks = Annotated[
    str | None, typer.Option("--language", help=N_("sv or en: of the mails; else that of the organisation."))
]
By = Annotated[
    str | None, typer.Option("--by", metavar="PERSON", help=N_("Who asks for it, for the audit log: a person's id."))
]
From = Annotated[str | None, typer.Option("--from", metavar="D", help=N_("The first day away, as 2026-07-06."))]
To = Annotated[str | None, typer.Option("--to", metavar="D", help=N_("The last day away, as 2026-07-31."))]
List = Annotated[bool, typer.Option("--list", help=N_("Only show when the person is away."))]
Remove = Annotated[int | None, typer.Option("--remove", metavar="NUMBER", help=N_("Take an absence away again."))]
app.add_typer(routes.app, name="route")
app.command("invite", help=N_("A link by which a person chooses a password; works once, for 72 hours."))(logins.invite)
app.command("login-code", help=N_("A new sheet of emergency codes for a person, to be printed."))(logins.login_code)


@app.command("add", help=N_("Add a person to the register."))
def add(
    person: NewId,
    name: Name,
    email: Email = None,
    phone: Phone = None,
    role: Roles = None,
    speaks: Speaks = None,
    by: By = None,
) -> None:
    told = {"id": person, "name": name, "email": email, "phone": phone, "language": speaks}
    values = told | {"roles": list(dict.fromkeys(role or []))}
    with opened_database().transaction() as session:
        organisation(session)
        add_person(session, values, _actor(session, by), datetime.now(UTC))
    say(_("{name} is in the register as {id}.", name=name, id=person))
    say(_("Add the person to the register file too: the next import takes away who is not in it."))


@app.command("list", help=N_("Everybody: roles, channels, absences, and who cannot be reached."))
def list_(json: Json = False) -> None:
    with opened_database().snapshot() as session:
        owner = organisation(session)
        today = calendar_of(owner).local_date(datetime.now(UTC))
        rows = people(session, today, given_up(session))
    if json:
        show_json(rows)
        return
    columns = (_("Person"), _("Name"), _("Roles"), _("Responsible for"), _("Deputy for"), _("Away until"))
    show_table((*columns, _("Can be reached")), [_row(row) for row in rows])
    for row in rows:
        if row.has_duties and not row.reachable:
            remark(_("{name} has duties and cannot be reached by mail: correct the address.", name=row.id))


@app.command("absence", help=N_("Note when a person is away, so that others are told instead."))
def absence(
    person: PersonId,
    first: From = None,
    last: To = None,
    only_list: List = False,
    remove: Remove = None,
    by: By = None,
    json: Json = False,
) -> int:
    days = _days(first, last, alone=only_list or remove is not None)
    with opened_database().transaction() as session:
        calendar, now = calendar_of(organisation(session)), datetime.now(UTC)
        found, actor = person_named(session, person), _actor(session, by)
        if remove is not None:
            remove_absence(session, found, remove, actor, now)
        left = []
        if days is not None:
            add_absence(session, found, *days, actor, now)
            left = unattended(session, found, *days, calendar)
        session.flush()
        known = list(absences(session, found.id))
    _show(found, known, left, json=json)
    return 1 if left else 0


def _days(first: str | None, last: str | None, *, alone: bool) -> tuple[date, date] | None:
    """The days that are to be noted, if any. Raises WrongWords."""
    if first is None and last is None:
        return None
    if alone:
        raise WrongWords(_("--list and --remove go without --from and --to."))
    if first is None or last is None:
        raise WrongWords(_("An absence has a first and a last day: give both --from and --to."))
    return day_named(first), day_named(last)


def _actor(session: Session, by: str | None) -> str:
    return person_named(session, by).id if by is not None else COMMAND


def _show(person: Person, known: list[Absence], left: list[Unattended], *, json: bool) -> None:
    if json:
        rows = [{"number": each.id, "from": each.first_day, "to": each.last_day} for each in known]
        channels = [{"channel": each.channel.id, "from": each.first, "to": each.last} for each in left]
        show_json({"person": person.id, "absences": rows, "unattended": channels})
    elif not known:
        say(_("{name} is not noted as away.", name=person.name))
    else:
        say(_("{name} is away:", name=person.name))
        show_table(
            (_("Number"), _("From and including"), _("Up to and including")),
            [(each.id, each.first_day, each.last_day) for each in known],
        )
    for each in left:
        remark(alone_in_words(each))


def _row(row: PersonOverview) -> tuple[object, ...]:
    roles = [_(ROLES.get(role, role)) for role in row.roles]
    reached: object = row.reachable
    if row.has_duties and not row.reachable:
        reached = _("NO, and has duties")
    return row.id, row.name, roles, row.responsible_for, row.deputy_for, row.away_until, reached
