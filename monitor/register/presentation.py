"""A text for an account's own presentation, from what the register knows. It says nothing of what laws demand."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.register.hours import in_words
from monitor.register.models import Channel, Decision, Organisation, Unit
from monitor.register.organisation import organisation

NEEDED = ("phone", "email", "rules_url", "privacy_url")  # keys of [organisation] that the text is made of
ABOUT_COMMENTS = frozenset({"rules_url"})  # of which a channel without comments says nothing


@dataclass(frozen=True, slots=True)
class Presentation:
    """paragraphs: one for each of account_text.needed, in their order. lacking: what the register does not tell yet."""

    paragraphs: list[str]
    lacking: list[str]


def presentation(session: Session, channel: Channel, today: date) -> Presentation:
    """The text about a channel, in the language in use. Where the register lacks a value, the text says so in brackets.

    today: the organisation's date, for the decision whose purpose is told. Raises NotSetUp without a register.
    """
    owner = organisation(session)
    purpose = _purpose(session, channel, today)
    keys = [key for key in NEEDED if channel.has_comments or key not in ABOUT_COMMENTS]
    lacking = [_("{key} is missing in [organisation].", key=key) for key in keys if not getattr(owner, key)]
    if purpose is None:
        lacking.insert(0, _("The purpose is missing: nothing has been decided about the channel."))
    words = _about_words(owner, channel) if channel.has_comments else []
    unit = session.get_one(Unit, channel.unit_id).name
    return Presentation([*_about_us(owner, unit, purpose), *words, *_about_contact(owner, channel)], lacking)


def _about_us(owner: Organisation, unit: str, purpose: str | None) -> list[str]:
    return [
        _("This channel belongs to {organisation}. Responsible for it: {unit}.", organisation=owner.name, unit=unit),
        _("What the channel is for: {purpose}", purpose=purpose or _gap("purpose")),
    ]


def _about_words(owner: Organisation, channel: Channel) -> list[str]:
    members = _("All members of the group can read what you write here.")
    return [
        members if channel.closed else _("Everybody can read what you write here."),
        _(
            "What you write becomes a public record of {organisation}, and others may ask to read it. Do not write"
            " personal identity numbers, or anything sensitive about yourself or others.",
            organisation=owner.name,
        ),
        _(
            "Threats, hatred, personal attacks and advertising have no place here. Our rules for comments: {address}",
            address=owner.rules_url or _gap("rules_url"),
        ),
        _("We hide or remove comments that break the rules, and keep a copy of them."),
    ]


def _about_contact(owner: Organisation, channel: Channel) -> list[str]:
    read = _("We read the comments on {hours}. Call 112 if somebody is in danger.", hours=in_words(owner.service_hours))
    ways = [way for way in (owner.phone, owner.email, owner.website) if way] or [_gap("phone, email")]
    return [
        read if channel.has_comments else _("Comments are switched off here. Call 112 if somebody is in danger."),
        _("Is it about a case of your own? Reach us in another way: {ways}", ways=", ".join(ways)),
        _("How we use personal data: {address}", address=owner.privacy_url or _gap("privacy_url")),
    ]


def _gap(key: str) -> str:
    return _("[missing: {key}]", key=key)


def _purpose(session: Session, channel: Channel, today: date) -> str | None:
    """What the latest decision made by that day says."""
    made = select(Decision.purpose).where(Decision.channel_id == channel.id, Decision.decided_on <= today)
    return session.scalars(made.order_by(Decision.version.desc()).limit(1)).first()
