"""What is worth mending about a channel though the register is sound: shown in yellow, and never a fault."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from connectors import EVERY_PLATFORM
from connectors.about import About
from monitor.register.account_text import POINTS, check_due, missing, needed
from monitor.register.channels import all_channels
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
    has_comments: bool = True


def warnings(session: Session, today: date) -> dict[str, list[str]]:
    """Sentences in the language in use, by the id of each channel in use that has any. today: the organisation's."""
    mails = {person.id: person.email for person in session.scalars(select(Person))}
    channels = (channel for channel in all_channels(session) if channel.state != "retired")
    return _said({channel.id: _stored(channel, mails) for channel in channels}, today)


def warnings_of(register_file: RegisterFile, today: date) -> dict[str, list[str]]:
    """The same of a register file, imported or not."""
    mails = {person.id: person.email for person in register_file.person}
    return _said({entry.id: _written(entry, mails) for entry in register_file.channel}, today)


def about(facts: Facts, today: date) -> list[str]:
    """The warnings about one channel."""
    found = [*_host(facts), *_same_mail(facts)]
    return (
        found if facts.platform in WITHOUT_ACCOUNT else [*found, *_administrators(facts), *_account_text(facts, today)]
    )


def _said(facts: Mapping[str, Facts], today: date) -> dict[str, list[str]]:
    """The warnings by channel, of those that have any."""
    at: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for id_, each in facts.items():
        at[_account(each)].append(id_)
    found = {id_: [*_same_account(id_, at[_account(each)]), *about(each, today)] for id_, each in facts.items()}
    return {id_: sentences for id_, sentences in found.items() if sentences}


def _account(facts: Facts) -> tuple[str, str]:
    """The platform and the address, however it is written."""
    parts = urlsplit(facts.address)
    path = f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}"
    return facts.platform, f"{path}?{parts.query}".casefold()


def _same_account(id_: str, ids: Collection[str]) -> Iterator[str]:
    others = [other for other in ids if other != id_]
    if others:
        yield _("The address is also that of {channels}: is it one channel, twice?", channels=", ".join(others))


def _stored(channel: Channel, mails: dict[str, str | None]) -> Facts:
    return Facts(
        channel.platform,
        channel.address,
        channel.administrators,
        channel.account_text,
        channel.account_text_checked_on,
        (mails.get(channel.responsible_id), mails.get(channel.deputy_id or "")),
        channel.has_comments,
    )


def _written(entry: ChannelEntry, mails: dict[str, str | None]) -> Facts:
    return Facts(
        entry.platform,
        entry.address,
        entry.administrators,
        entry.account_text.points,
        entry.account_text.checked_on,
        (mails.get(entry.responsible), mails.get(entry.deputy or "")),
        entry.has_comments,
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
    lacking = missing(facts.points, has_comments=facts.has_comments)
    if lacking == needed(has_comments=facts.has_comments) and facts.checked_on is None:
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
