"""A letter that tells nothing but that letters arrive; and which language a person is told in."""

from config.language import _
from config.settings import Settings
from monitor.alerts.wording import Letter, base_url, letter, signed
from monitor.register.models import Organisation, Person


def trial_letter(owner: Organisation, settings: Settings) -> Letter:
    """A letter that says that mail arrives, in the language in use."""
    headline = _("Messages from Kanalvakt arrive")
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
