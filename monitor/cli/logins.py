"""`kanalvakt person invite` and `login-code`, and how somebody begins where nobody can sign in yet."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from config.language import N_, _
from config.settings import settings
from monitor.access import accounts, codes
from monitor.alerts.carrying import WayFailed
from monitor.alerts.invitation import send_invitation
from monitor.alerts.wording import base_url
from monitor.audit import COMMAND
from monitor.cli.errors import WrongWords
from monitor.cli.finding import person_named
from monitor.cli.output import remark, say
from monitor.cli.setup import opened_database
from monitor.register.models import Organisation
from monitor.register.organisation import organisation

PersonId = Annotated[str, typer.Argument(metavar="PERSON", help=N_("The person's id in the register."))]
By = Annotated[
    str | None, typer.Option("--by", metavar="PERSON", help=N_("Who asks for it, for the audit log: a person's id."))
]
Mail = Annotated[bool, typer.Option("--mail", help=N_("Mail the link to the person too."))]


def invite(person: PersonId, mail: Mail = False, by: By = None) -> int:
    """Prints the link. Gives 1 where it was to be mailed and was not."""
    chosen, now = settings(), datetime.now(UTC)
    with opened_database().transaction() as session:
        owner, found = organisation(session), person_named(session, person)
        if mail and not found.email:
            raise WrongWords(_("{name} has no mail address in the register.", name=found.id))
        word = accounts.invite(session, found, person_named(session, by).id if by else COMMAND, now)
    link = f"{base_url(chosen)}/setup/{word}"
    say(_("{name} chooses a password here, once, within {hours} hours:", name=found.name, hours=HOURS))
    say(link)
    if not mail:
        return 0
    try:
        send_invitation(owner, found, link, chosen, now)
    except WayFailed as why:
        remark(_("The mail was not sent: {why}", why=why))
        return 1
    say(_("The link was mailed to the person."))
    return 0


def login_code(person: PersonId, by: By = None) -> None:
    with opened_database().transaction() as session:
        owner, found = organisation(session), person_named(session, person)
        sheet = codes.new_sheet(session, found, person_named(session, by).id if by else COMMAND, datetime.now(UTC))
    say(_("Emergency codes of {name}, {organisation}", name=found.name, organisation=owner.name))
    for code in sheet:
        say(f"  {code}")
    say(
        _(
            "Print this, and keep it under lock: it is shown only now. Each code lets its holder in once, at {address}",
            address=f"{base_url(settings())}/login/code",
        )
    )
    say(_("Every administrator is told when one is used. Earlier codes of this person open nothing any more."))


def say_how_to_begin(address: str) -> None:
    """A link for the first administrator where nobody can sign in yet: never a password that comes with the program."""
    with opened_database().transaction() as session:
        if session.get(Organisation, 1) is None or not accounts.nobody_can_enter(session):
            return
        person = accounts.first_administrator(session)
        word = accounts.invite(session, person, COMMAND, datetime.now(UTC)) if person is not None else ""
    if person is None:
        say(_("Nobody can sign in yet, and nobody in the register is an administrator: give somebody that role."))
        return
    say(_("Nobody can sign in yet. {name} begins here, once, within {hours} hours:", name=person.name, hours=HOURS))
    say(f"{address.rstrip('/')}/setup/{word}")


HOURS = int(codes.GOOD_FOR.total_seconds() // 3600)
