"""What a notice says, built when it is sent; and whether it still has to be said at all."""

from datetime import datetime

from sqlalchemy.orm import Session

from config.language import _, use_language
from config.settings import Settings
from monitor.alerts.kinds import KINDS
from monitor.alerts.models import Notice
from monitor.alerts.telling import NoLongerTrue, NotNow, Scene
from monitor.alerts.wording import Letter, base_url, letter, signed
from monitor.register.models import Organisation, Person

__all__ = ["NoLongerTrue", "NotNow", "content", "language_of", "trial_letter"]


def content(
    session: Session, notice: Notice, owner: Organisation, now: datetime, settings: Settings
) -> tuple[str, Letter]:
    """The address and the letter, in the recipient's language. Raises NoLongerTrue and NotNow."""
    person = session.get_one(Person, notice.recipient_id)
    if not person.email:
        raise NoLongerTrue(_("{person} has no mail address in the register.", person=person.name))
    kind, scene = KINDS[notice.subject_kind], Scene(session, owner, now, settings)
    kind.check(scene, notice)
    with use_language(language_of(person, owner)):
        return person.email, kind.letter(scene, notice)


def trial_letter(owner: Organisation, settings: Settings) -> Letter:
    """A letter that says that mail arrives, in the language in use."""
    headline = _("Mail from Kanalvakt arrives")
    return letter(
        "note",
        signed(headline, owner.name),
        headline=headline,
        organisation=owner.name,
        paragraphs=[_("This is a test that somebody asked for. You need not do anything.")],
        page_url=base_url(settings) + "/",
    )


def language_of(person: Person, owner: Organisation) -> str:
    """The person's own language, else the organisation's."""
    return person.language or owner.language
