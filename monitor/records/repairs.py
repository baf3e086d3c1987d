"""What is wrong, and what mends it: for whoever looks, before somebody has to be told.

Everything is read from the tables and the settings now, so that what has been mended is gone the next time somebody
looks. What passes by itself is not here: a limit, an outage, the network, one answer that could not be understood, a
notice that is tried again, work that is a few minutes late. A working day that ends without the channel having been
read is here, whatever it was that kept it from being.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from config.language import N_, _
from config.settings import Settings
from monitor.access import accounts
from monitor.alerts import hook_stopped
from monitor.alerts.looks import STILL, mail_fault, sms_fault
from monitor.alerts.standing_still import seen_standing
from monitor.alerts.telling import Scene
from monitor.records.repair_channels import channel_repairs
from monitor.records.repair_people import people_repairs
from monitor.records.repair_rules import Gravity, Means, Repair, ranked
from monitor.register.channels import all_channels
from monitor.register.organisation import organisation
from monitor.register.people import everyone

__all__ = ["Gravity", "Means", "Repair", "nobody_administers", "repairs"]

NOBODY_ENTERS = N_("No administrator can sign in.")
INVITE = N_("Give an administrator a link to begin with: `kanalvakt person invite PERSON` on the server.")
BEGIN = N_("Give an administrator a link to begin with.")
ASK_DOCTOR = N_("Tell whoever runs the server: a part of Kanalvakt does not work.")
NAME_CONTACT = N_("The law asks for it. Give the organisation's email or phone in the register file, and import it.")


def repairs(session: Session, settings: Settings, now: datetime) -> list[Repair]:
    """All there is, the gravest first, in the language in use. Raises NotSetUp without a register.

    Asks no platform and no server, and judges nothing: whether the mail server answers, and whether all that has to be
    told has been written down, is for `kanalvakt doctor` and the auditor.
    """
    everyone(session)  # whose names are asked for again and again
    scene = Scene(session, organisation(session), now, settings)
    return ranked([*_of_the_house(scene), *_of_administrators(scene), *channel_repairs(scene), *people_repairs(scene)])


def nobody_administers(session: Session, settings: Settings) -> bool:
    """Can no administrator sign in? In a demo everybody can, by a button."""
    if settings.demo_mails is not None:
        return False
    return not accounts.administrator_can_enter(session, directory=settings.oidc.configured)


def _of_administrators(scene: Scene) -> Iterator[Repair]:
    if not (scene.owner.email or scene.owner.phone):
        said = _("The accessibility statement names nowhere to report shortcomings to")
        where = ("/accessibility", _("Show the statement"))
        yield Repair("contact", Gravity.LATER, said, _(NAME_CONTACT), *where, command="kanalvakt register import FILE")
    if nobody_administers(scene.session, scene.settings):
        means = ((Means.LOGINS, ""),)
        invite = "kanalvakt person invite PERSON"
        yield Repair("logins", Gravity.NOW, _(NOBODY_ENTERS), _(BEGIN), "", "", means=means, command=invite)
    for stopped in hook_stopped.stopped(scene.session):
        page = (f"/settings/webhooks/{stopped.id}", _("Show the subscription"))
        yield Repair("webhook", Gravity.SOON, *hook_stopped.stopped_in_words(stopped), *page, since=stopped.since)


def _of_the_house(scene: Scene) -> Iterator[Repair]:
    for kind, fault in (("mail", mail_fault(scene.settings)), ("sms", sms_fault(scene.settings))):
        if fault is not None:
            yield Repair(kind, Gravity.NOW, fault.problem, fault.remedy, "", "")
    still = seen_standing(scene.session, scene.now, scene.settings)
    called = {each.id: each.name for each in all_channels(scene.session)}
    if still.channels:
        names = ", ".join(called[each] for each in still.channels)
        yield _standing("channels", _(STILL["channels"], names=names), "/channels")
    if late := len(still.notices):
        yield _standing("notices", _("{count} notices should have gone out and have not.", count=late))
    if still.days:
        days = (each.rsplit("/", 1) for each in still.days)
        names = ", ".join(f"{called[channel]} {day}" for channel, day in days)
        yield _standing("days", _(STILL["days"], names=names), "/watch")


def _standing(name: str, problem: str, address: str = "") -> Repair:
    labels = {"/channels": _("Show the channels"), "/watch": _("Show today's watch")}
    where = (address, labels.get(address, ""))
    return Repair(f"still_{name}", Gravity.NOW, problem, _(ASK_DOCTOR), *where, command="kanalvakt doctor")
