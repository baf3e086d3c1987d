"""What is worth mending about a channel though the register is sound: shown in yellow, and never a fault."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from connectors import EVERY_PLATFORM
from connectors.about import About
from monitor.register.account_text import POINTS, check_due, missing
from monitor.register.file import ChannelEntry, RegisterFile
from monitor.register.models import Channel, Person

ENOUGH_ADMINISTRATORS = 2
WITHOUT_ACCOUNT = frozenset({"website"})
"""Platforms where the organisation has no account with a presentation and administrators of its own."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the warnings are made of. mails: of the responsible person and the deputy, where they have one."""

    platform: str
    address: str
    administrators: Collection[str]
    points: Collection[str]
    checked_on: date | None
    mails: tuple[str | None, str | None]


def warnings(session: Session, today: date) -> dict[str, list[str]]:
    """Sentences in the language in use, by the id of each channel in use that has any. today: the organisation's."""
    mails = {person.id: person.email for person in session.scalars(select(Person))}
    channels = session.scalars(select(Channel).where(Channel.state != "retired").order_by(Channel.id))
    return _those_with_any({channel.id: about(_stored(channel, mails), today) for channel in channels})


def warnings_of(register_file: RegisterFile, today: date) -> dict[str, list[str]]:
    """The same of a register file, imported or not."""
    mails = {person.id: person.email for person in register_file.person}
    return _those_with_any({entry.id: about(_written(entry, mails), today) for entry in register_file.channel})


def about(facts: Facts, today: date) -> list[str]:
    """The warnings about one channel."""
    found = [*_host(facts), *_same_mail(facts)]
    return (
        found if facts.platform in WITHOUT_ACCOUNT else [*found, *_administrators(facts), *_account_text(facts, today)]
    )


def _those_with_any(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {id_: sentences for id_, sentences in found.items() if sentences}


def _stored(channel: Channel, mails: dict[str, str | None]) -> Facts:
    return Facts(
        channel.platform,
        channel.address,
        channel.administrators,
        channel.account_text,
        channel.account_text_checked_on,
        (mails.get(channel.responsible_id), mails.get(channel.deputy_id or "")),
    )


def _written(entry: ChannelEntry, mails: dict[str, str | None]) -> Facts:
    return Facts(
        entry.platform,
        entry.address,
        entry.administrators,
        entry.account_text.points,
        entry.account_text.checked_on,
        (mails.get(entry.responsible), mails.get(entry.deputy or "")),
    )


def _host(facts: Facts) -> Iterator[str]:
    hosts = EVERY_PLATFORM.get(facts.platform, About("")).hosts
    host = urlsplit(facts.address).hostname or ""
    if hosts and not any(host == each or host.endswith(f".{each}") for each in hosts):
        yield _("The address does not lie on {hosts}: is it the channel's own?", hosts=", ".join(hosts))


def _same_mail(facts: Facts) -> Iterator[str]:
    responsible, deputy = facts.mails
    if responsible and deputy and responsible.casefold() == deputy.casefold():
        yield _("The responsible person and the deputy share one e-mail address: nobody else hears about the channel.")


def _administrators(facts: Facts) -> Iterator[str]:
    count = len(set(facts.administrators))
    if count == 0:
        yield _("Nobody is named as the account's administrator: name two, so that it is never locked.")
    elif count < ENOUGH_ADMINISTRATORS:
        yield _("Only one person administers the account: name one more, so that it is never locked.")


def _account_text(facts: Facts, today: date) -> Iterator[str]:
    lacking = missing(facts.points)
    if len(lacking) == len(POINTS) and facts.checked_on is None:
        yield _("Nobody has looked whether the account's presentation says what it must.")
        return
    if lacking:
        points = ", ".join(_(POINTS[point]) for point in lacking)
        yield _("The account's presentation lacks: {points}.", points=points)
    if facts.checked_on is None:
        yield _("It is not known when somebody last looked at the account's presentation.")
    elif facts.checked_on > today:
        yield _("The account's presentation was looked at on {day}, which is yet to come.", day=facts.checked_on)
    elif check_due(facts.checked_on, today):
        yield _("Somebody last looked at the account's presentation on {day}: look again.", day=facts.checked_on)
