"""Somebody came in with an emergency code: every administrator is told at once, whoever it was and at whatever time."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from config.language import _, moment
from monitor.access.codes import EMERGENCY, left
from monitor.access.models import LoginCode
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling
from monitor.alerts.wording import Letter, base_url, letter, signed
from monitor.register.models import Person
from monitor.register.people import with_role

CODE_USED = "code_used"
USED = "used"
TOLD_WITHIN = timedelta(days=7)
"""So long a use is news; of an earlier one the audit log tells."""


def _tellings(scene: Scene) -> Iterable[Telling]:
    recent = (LoginCode.kind == EMERGENCY, LoginCode.used_at > scene.now - TOLD_WITHIN)
    for code in scene.session.scalars(select(LoginCode).where(*recent)):
        used_at = code.used_at or scene.now
        for administrator in with_role(scene.session, "administrator"):
            yield Telling(CODE_USED, code.person_id, USED, used_at.astimezone(UTC).isoformat(), administrator.id)


def _check(scene: Scene, notice: Notice) -> None:
    """It stays true. Only whoever is an administrator no longer need not hear of it."""
    if notice.recipient_id not in {each.id for each in with_role(scene.session, "administrator")}:
        raise NoLongerTrue(_("The recipient is no longer an administrator."))


def _letter(scene: Scene, notice: Notice) -> Letter:
    person = scene.session.get_one(Person, notice.subject)
    when, rest = moment(datetime.fromisoformat(notice.cycle), scene.zone), left(scene.session, person.id)
    headline = _("{person} signed in with an emergency code", person=person.name)
    return letter(
        "note",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=[
            _(
                "It was done {when}. {count} codes are left on the person's sheet.",
                when=when,
                count=rest,
            ),
            _("You get this mail as an administrator. Ask the person whether it was meant."),
            _("If it was not: sign the person out everywhere under Accounts, and make a new sheet."),
        ],
        page_url=f"{base_url(scene.settings)}/accounts",
    )


KIND = Kind(_tellings, _check, _letter, after_hours=True, urgent=True)
