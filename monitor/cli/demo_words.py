"""Ready-made words for the demo's answers: short, and never about a person's own affairs in public."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.audit import SYSTEM
from monitor.inbox.reply_rules import TemplateKind
from monitor.inbox.templates import EVERYBODY, Given, add_template, sign_as
from monitor.register.organisation import organisation

TEMPLATES = (
    (
        "Vi tar reda på det",
        "sv",
        "Hej! Tack för din fråga. Vi tar reda på svaret och skriver det här i tråden.",
        TemplateKind.INTERIM,
    ),
    (
        "Tack för att du säger till",
        "sv",
        "Hej! Tack för att du säger till. Vi har lämnat det vidare till dem som sköter det.",
        TemplateKind.ANSWER,
    ),
    (
        "Ditt eget ärende",
        "sv",
        "Hej! Här kan alla läsa, så ditt eget ärende kan vi inte ta upp. Ring {phone} så hjälper vi dig.",
        TemplateKind.REFERRAL,
    ),
    (
        "Inte vår fråga",
        "sv",
        "Hej! Den frågan är det inte {organisation} som bestämmer om. Vänd dig till den myndighet som gör det.",
        TemplateKind.REFERRAL,
    ),
    (
        "We are finding out",
        "en",
        "Hello! Thank you for your question. We are finding out and will write the answer here.",
        TemplateKind.INTERIM,
    ),
)


def keep_ready(session: Session, now: datetime) -> None:
    """Puts them in place, with a signature for everybody."""
    for name, language, text, kind in TEMPLATES:
        add_template(session, name, language, text, SYSTEM, now, Given(kind=kind))
    sign_as(session, EVERYBODY, organisation(session).name, SYSTEM, now)
