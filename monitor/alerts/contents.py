"""What a notice says, built when it is sent; and whether it still has to be said at all."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _, moment, use_language
from config.settings import Settings
from connectors.errors import remedy
from monitor.alerts.coverage import missed
from monitor.alerts.digest import base_url, days_in_words, digest, own_channels
from monitor.alerts.judging import DIGEST, WATCH_DAY
from monitor.alerts.models import Notice
from monitor.alerts.wording import Letter, letter, signed
from monitor.register.models import Channel, Organisation, Person
from monitor.watch.models import Schedule


class NoLongerTrue(Exception):
    """The notice need not be sent any more. The text says why."""


def content(
    session: Session, notice: Notice, owner: Organisation, now: datetime, settings: Settings
) -> tuple[str, Letter]:
    """The address and the letter, in the recipient's language. Raises NoLongerTrue."""
    person = session.get_one(Person, notice.recipient_id)
    if not person.email:
        raise NoLongerTrue(_("{person} has no mail address in the register.", person=person.name))
    today = now.astimezone(ZoneInfo(owner.timezone)).date()
    if notice.subject_kind == DIGEST:
        _check_digest(session, notice, today)
        with use_language(language_of(person, owner)):
            return person.email, digest(session, person, owner, now, settings)
    channel = _channel_of(session, notice)
    with use_language(language_of(person, owner)):
        return person.email, _missed_days(session, channel, date.fromisoformat(notice.cycle), owner, now, settings)


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


def _check_digest(session: Session, notice: Notice, today: date) -> None:
    if not notice.cycle.startswith(today.isoformat()):
        raise NoLongerTrue(_("The day of this digest has passed."))
    if not own_channels(session, notice.recipient_id, today):
        raise NoLongerTrue(_("The recipient is no longer responsible for an active channel."))


def _channel_of(session: Session, notice: Notice) -> Channel:
    """The channel of a notice about a missed day. Raises NoLongerTrue."""
    channel = session.get(Channel, notice.subject.rpartition("/")[0])
    if channel is None or channel.state != "active":
        raise NoLongerTrue(_("The channel is no longer watched."))
    if notice.recipient_id not in {channel.responsible_id, channel.deputy_id}:
        raise NoLongerTrue(_("The recipient is no longer responsible for the channel."))
    later = select(Notice.cycle).where(
        Notice.subject_kind == WATCH_DAY,
        Notice.subject.startswith(f"{channel.id}/", autoescape=True),
        Notice.recipient_id == notice.recipient_id,
        Notice.state.in_(("due", "sending", "sent")),
        Notice.cycle > notice.cycle,
    )
    if (told := session.scalars(later.order_by(Notice.cycle.desc())).first()) is not None:
        raise NoLongerTrue(_("Told together with {day}.", day=told))
    return channel


def _missed_days(
    session: Session, channel: Channel, day: date, owner: Organisation, now: datetime, settings: Settings
) -> Letter:
    days = sorted({day, *missed(session, now, owner).get(channel.id, [])})
    headline = _("{channel} was not watched: {days}", channel=channel.name, days=days_in_words(days))
    return letter(
        "note",
        signed(headline, owner.name),
        headline=headline,
        organisation=owner.name,
        paragraphs=_as_it_is_now(session.get(Schedule, channel.id), day, ZoneInfo(owner.timezone)),
        page_url=f"{base_url(settings)}/channels#{channel.id}",
    )


def _as_it_is_now(schedule: Schedule | None, day: date, zone: ZoneInfo) -> list[str]:
    said = [_("On these working days the channel could not once be read completely.")]
    read = schedule.last_complete_at if schedule is not None else None
    if read is not None:
        said.append(_("Last complete read: {moment}.", moment=moment(read, zone)))
    if schedule is not None and schedule.failing_since is not None:
        said.append(_("What to do: {remedy}", remedy=_(remedy(schedule.failure_kind or ""))))
    elif read is not None and read.astimezone(zone).date() > day:
        said.append(_("It has been read completely since then, so what was written meanwhile has been fetched."))
    return said
