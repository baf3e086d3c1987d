"""The mail with the link by which somebody chooses a password. Sent once, now or never: the link is in no table."""

from datetime import datetime
from uuid import uuid4

from config.language import _, use_language
from config.settings import Settings
from monitor.access.codes import GOOD_FOR
from monitor.alerts.by_mail import by_mail
from monitor.alerts.wording import base_url, letter, signed
from monitor.register.models import Organisation, Person


def send_invitation(owner: Organisation, person: Person, link: str, settings: Settings, now: datetime) -> None:
    """In the person's language. Raises WayFailed."""
    with use_language(person.language or owner.language):
        headline = _("Your login to Kanalvakt")
        hours = int(GOOD_FOR.total_seconds() // 3600)
        text = letter(
            "task",
            signed(headline, owner.name),
            headline=headline,
            organisation=owner.name,
            paragraphs=[
                _("Choose a password with the link below. It works once, within {hours} hours.", hours=hours),
                _("Have you not asked for this? Tell an administrator, and leave the link alone."),
            ],
            facts=[],
            links=[(_("Choose a password"), link)],
            page_url=base_url(settings) + "/",
        )
    by_mail("mail", person.email or "", text, f"invitation-{uuid4()}", settings, now)
