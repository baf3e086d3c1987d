"""Ready-made words for answers, and what stands below them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from connectors import EVERY_PLATFORM
from monitor.audit import audited
from monitor.inbox.desk_models import ReplyTemplate, Signature
from monitor.inbox.reply_rules import FIELDS, TemplateKind, filled, left_open, signed_text, unknown_fields
from monitor.inbox.writing import takes
from monitor.register.models import Channel, Organisation, Person, Unit

LANGUAGES = ("sv", "en")
LONGEST_NAME, LONGEST_TEXT, LONGEST_SIGNATURE = 80, 5000, 200  # characters
EVERYBODY = ""


class CannotKeep(Exception):
    """It was not kept. The text says why, in the language in use; field: what of it is wrong."""

    def __init__(self, text: str, field: str = "text") -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Given:
    """Where a template is offered, and what it does. unit_id: on that unit's channels; channel_id: on that one."""

    unit_id: str | None = None
    channel_id: str | None = None
    kind: TemplateKind = TemplateKind.ANSWER


EVERYWHERE = Given()


@dataclass(frozen=True, slots=True)
class Fit:
    """How long a template becomes on a platform. title: the platform's name. longest: characters that it takes.

    open_fields: that still stand there, as the register does not say what belongs there.
    """

    title: str
    characters: int
    longest: int
    open_fields: tuple[str, ...] = ()


def all_templates(session: Session) -> list[ReplyTemplate]:
    """Everybody's and every unit's, those out of use too: as a list of settings shows them."""
    found = session.scalars(select(ReplyTemplate))
    return sorted(found, key=lambda each: (each.retired, each.language != "sv", each.name.casefold(), each.id))


def templates_for(session: Session, channel: Channel) -> list[ReplyTemplate]:
    """What is offered on a channel: everybody's, its unit's and its own, Swedish first, by name."""
    found = session.scalars(select(ReplyTemplate).where(~ReplyTemplate.retired))
    ours = (each for each in found if _fits_on(each, channel))
    return sorted(ours, key=lambda each: (each.language != "sv", each.name.casefold(), each.id))


def _fits_on(template: ReplyTemplate, channel: Channel) -> bool:
    return template.unit_id in (None, channel.unit_id) and template.channel_id in (None, channel.id)


def worded(template: ReplyTemplate, owner: Organisation, channel: Channel) -> str:
    """The template's text for an answer on the channel."""
    about = {"organisation": owner.name, "channel": channel.name, "phone": owner.phone, "email": owner.email}
    return filled(template.text, about)


def add_template(
    session: Session, name: str, language: str, text: str, by: str, now: datetime, given: Given = EVERYWHERE
) -> ReplyTemplate:
    """A new template, with an audit entry by `by` (a person's id, or monitor.audit's). Raises CannotKeep."""
    made = ReplyTemplate(**_checked(session, name, language, text, given))
    session.add(made)
    session.flush()
    audited(session, by, "reply_template.added", ("reply_template", str(made.id)), now, after=_told(made))
    return made


def change_template(
    session: Session,
    made: ReplyTemplate,
    name: str,
    language: str,
    text: str,
    by: str,
    now: datetime,
    given: Given = EVERYWHERE,
) -> None:
    """Other words for it, from the next answer on. Raises CannotKeep."""
    before = _told(made)
    for field, value in _checked(session, name, language, text, given).items():
        setattr(made, field, value)
    if _told(made) != before:
        subject = ("reply_template", str(made.id))
        audited(session, by, "reply_template.changed", subject, now, before=before, after=_told(made))


def retire_template(session: Session, template_id: int, by: str, now: datetime) -> None:
    """Offered to nobody any more. Does nothing where that is so."""
    template = session.get(ReplyTemplate, template_id)
    if template is not None and not template.retired:
        template.retired = True
        audited(session, by, "reply_template.retired", ("reply_template", str(template_id)), now)


def offer_again(session: Session, template_id: int, by: str, now: datetime) -> None:
    """Takes the retiring back. Does nothing where it is offered."""
    template = session.get(ReplyTemplate, template_id)
    if template is not None and template.retired:
        template.retired = False
        audited(session, by, "reply_template.restored", ("reply_template", str(template_id)), now)


def _told(template: ReplyTemplate) -> dict[str, str | None]:
    """What the log says of it."""
    told = {key: getattr(template, key) for key in ("name", "language", "text", "kind")}
    return told | {"unit": template.unit_id, "channel": template.channel_id}


def _checked(session: Session, name: str, language: str, text: str, given: Given) -> dict[str, Any]:
    """By column, as they are kept. Raises CannotKeep."""
    name, text = " ".join(name.split()), text.strip()
    if not name or not text or len(name) > LONGEST_NAME or len(text) > LONGEST_TEXT or language not in LANGUAGES:
        known = {"name": LONGEST_NAME, "text": LONGEST_TEXT}
        raise CannotKeep(
            _("A template needs a name of at most {name} characters, and a text of at most {text}.", **known)
        )
    if unknown := unknown_fields(text):
        told = {"fields": ", ".join(unknown), "known": ", ".join(f"{{{each}}}" for each in FIELDS)}
        raise CannotKeep(_("Nothing is filled in for {fields}. These are filled in: {known}.", **told))
    _check_place(session, given)
    return {"name": name, "language": language, "text": text} | asdict(given)


def _check_place(session: Session, given: Given) -> None:
    """Raises CannotKeep."""
    if given.unit_id is not None and session.get(Unit, given.unit_id) is None:
        raise CannotKeep(_("There is no such unit."), "unit")
    channel = session.get(Channel, given.channel_id) if given.channel_id is not None else None
    if given.channel_id is not None and (channel is None or channel.state == "retired"):
        raise CannotKeep(_("There is no such channel."), "channel")
    if channel is not None and given.unit_id not in (None, channel.unit_id):
        raise CannotKeep(_("The channel is another unit's: choose one of the two."), "channel")


def fits_of(
    session: Session, offered: Iterable[ReplyTemplate], owner: Organisation, below: str
) -> dict[int, list[Fit]]:
    """By template: how it becomes on each platform where it is offered and people can answer from here, on the channel
    where it is longest; with the signature `below`."""
    every = session.scalars(select(Channel).where(Channel.state != "retired").order_by(Channel.platform, Channel.id))
    channels = [each for each in every if takes(each) is not None]
    return {template.id: _fits(template, channels, below, owner) for template in offered}


def _fits(template: ReplyTemplate, channels: list[Channel], below: str, owner: Organisation) -> list[Fit]:
    found = dict[str, Fit]()
    for channel in channels:
        writes = takes(channel) if _fits_on(template, channel) else None
        if writes is not None:
            text = signed_text(worded(template, owner, channel), below)
            title = EVERY_PLATFORM[channel.platform].title
            fit = Fit(title, len(text), writes.longest_reply, tuple(left_open(text)))
            found[title] = max(fit, found.get(title, fit), key=lambda each: each.characters)
    return list(found.values())


def signature_of(session: Session, person_id: str) -> str:
    """The person's own signature, else everybody's; "" where there is neither."""
    found = session.scalars(select(Signature).where(Signature.owner.in_((person_id, EVERYBODY))))
    known = {each.owner: each.text for each in found}
    return known.get(person_id, known.get(EVERYBODY, ""))


def own_signature(session: Session, owner: str) -> str | None:
    """What a person, or EVERYBODY, has chosen; None: nothing."""
    row = session.get(Signature, owner)
    return row.text if row else None


def sign_as(session: Session, owner: str, text: str | None, by: str, now: datetime) -> None:
    """What stands below the answers of a person, or of EVERYBODY who has no other; an empty text: nothing does.
    None: a person has no signature of their own any more, so that everybody's holds.

    Raises CannotKeep.
    """
    text = text.strip() if text is not None else None
    if owner != EVERYBODY and session.get(Person, owner) is None:
        raise CannotKeep(_("There is no such person in the register."))
    if len(text or "") > LONGEST_SIGNATURE:
        raise CannotKeep(_("A signature has at most {most} characters.", most=LONGEST_SIGNATURE))
    row = session.get(Signature, owner)
    before = row.text if row else None
    if before == text:
        return
    if text is not None:
        session.merge(Signature(owner=owner, text=text))
    else:
        session.delete(row)
    session.flush()
    subject = ("signature", owner or "everybody")
    audited(session, by, "signature.changed", subject, now, before={"text": before}, after={"text": text})
