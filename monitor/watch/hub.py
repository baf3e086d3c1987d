"""Own posts that lead to no page of the website, and what people say of them."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from config.language import _
from connectors import EVERY_PLATFORM
from monitor.audit import audited
from monitor.db.bulk import among
from monitor.register.calendar import calendar_of
from monitor.register.identities import identities
from monitor.register.models import Channel, Organisation
from monitor.register.organisation import NotSetUp, organisation
from monitor.watch.hub_rules import Hub, Kind, Told, Verdict, Word, addresses, allowed_hosts, is_allowed, verdict
from monitor.watch.models import HubNote, Post, Schedule


class NotAccepted(Exception):
    """It cannot be said of this post. The text says why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class HubPost:
    """An own post and how it stands with it. post: our number. days: since it was published, by the calendar.

    by, at: who said what holds now, and when, where a person did.
    """

    post: int
    external_id: str
    channel: str
    channel_name: str
    responsible: str
    posted_at: datetime
    fetched_at: datetime
    days: int
    text: str = field(repr=False)
    permalink: str | None
    hub: Hub
    because: str
    by: str | None = None
    at: datetime | None = None


def hub_gaps(session: Session, now: datetime, channel_id: str | None = None) -> list[HubPost]:
    """The own posts that are missing on the website, newest first. Raises NotSetUp where the register names none."""
    return [post for post in hub_posts(session, now, channel_id) if post.hub == Hub.MISSING]


def hub_posts(session: Session, now: datetime, channel_id: str | None = None) -> list[HubPost]:
    """Every own post since a channel is watched, of the channels in use, newest first. Raises NotSetUp as hub_gaps."""
    owner = organisation(session)
    allowed, today = hosts_of(owner), calendar_of(owner).local_date
    channels = _channels(session, channel_id)
    own = {channel.id: _writers(session, channel) for channel in channels.values()}
    posts = [post for post in session.scalars(_posts(channel_id)) if _is_own(post, own[post.channel_id])]
    notes = _notes(session, [post.id for post in posts])
    return [
        _stands(post, channels[post.channel_id], notes.get(post.id), allowed, (today(now) - today(post.posted_at)).days)
        for post in posts
    ]


def hosts_of(owner: Organisation) -> frozenset[str]:
    """The hosts on which what a post says may be found. Raises NotSetUp without a website."""
    if not owner.website:
        raise NotSetUp(_("The register names no website: write `website` under [organisation], and import it again."))
    return allowed_hosts(owner.website, owner.hub_hosts)


def link(session: Session, post: Post, url: str, person_id: str, now: datetime) -> HubNote:
    """Somebody says where on the website it is to be found. Raises NotAccepted for what is no address there, and for a
    visitor's post; NotSetUp without a website."""
    allowed = hosts_of(organisation(session))
    address = url.strip()
    if addresses(address) != [address]:
        raise NotAccepted(_("{url} is no web address: write it as in the browser, https://…", url=address))
    if not is_allowed(address, allowed):
        hosts = ", ".join(sorted(allowed))
        raise NotAccepted(
            _("{url} leads elsewhere: it must be on {hosts}, or on a host in `hub_hosts`.", url=address, hosts=hosts)
        )
    full = address if "://" in address else f"https://{address}"
    return _say(session, post, Word(Kind.LINKED, url=full), person_id, now)


def dismiss(session: Session, post: Post, reason: str, person_id: str, now: datetime) -> HubNote:
    """Somebody says why it need not be on the website. Raises NotAccepted without a reason, or for a visitor's post."""
    if not reason.strip():
        raise NotAccepted(_("Say why the post need not be on the website: the reason is kept in the log."))
    return _say(session, post, Word(Kind.DISMISSED, reason=reason.strip()), person_id, now)


def reopen(session: Session, post: Post, person_id: str, now: datetime) -> HubNote:
    """What somebody said of it holds no more. Raises NotAccepted where nothing does."""
    said = _notes(session, [post.id]).get(post.id)
    if said is None or said.kind == Kind.REOPENED:
        raise NotAccepted(_("Nobody has linked or dismissed that post."))
    return _say(session, post, Word(Kind.REOPENED), person_id, now)


def _say(session: Session, post: Post, word: Word, person_id: str, now: datetime) -> HubNote:
    if post.by_visitor:
        raise NotAccepted(_("A visitor wrote that post: only the organisation's own must be on the website."))
    before = _notes(session, [post.id]).get(post.id)
    note = HubNote(post_id=post.id, kind=str(word.kind), by_id=person_id, at=now, url=word.url, reason=word.reason)
    session.add(note)
    session.flush()
    subject = ("post", f"{post.channel_id}/{post.external_id}")
    told = {"note": note.id} | _told(note)
    audited(session, person_id, f"hub.{word.kind}", subject, now, before=_told(before) if before else None, after=told)
    return note


def _told(note: HubNote) -> dict[str, object]:
    return {"kind": note.kind, "url": note.url, "reason": note.reason}


def _channels(session: Session, channel_id: str | None) -> dict[str, Channel]:
    query = select(Channel).where(Channel.state != "retired")
    chosen = query if channel_id is None else query.where(Channel.id == channel_id)
    return {channel.id: channel for channel in session.scalars(chosen)}


def _posts(channel_id: str | None) -> Select[Post]:
    """Not visitors', and not from before the channel was watched."""
    since = func.coalesce(Schedule.historic_before, Channel.watched_since)
    query = select(Post).join(Channel, Channel.id == Post.channel_id)
    query = query.outerjoin(Schedule, Schedule.channel_id == Post.channel_id)
    query = query.where(~Post.by_visitor, Channel.state != "retired", or_(since.is_(None), Post.posted_at >= since))
    chosen = query if channel_id is None else query.where(Post.channel_id == channel_id)
    return chosen.order_by(Post.posted_at.desc(), Post.id.desc())


def _writers(session: Session, channel: Channel) -> frozenset[str] | None:
    """Ids of the organisation's accounts; None where whoever writes posts has other ids than the register gives."""
    about = EVERY_PLATFORM[channel.platform]
    return None if about.local_ids or about.network else identities(session, channel)


def _is_own(post: Post, own: frozenset[str] | None) -> bool:
    """Written by the channel; or by nobody knows whom, if there is anything in it. An empty one by nobody is only the
    place of comments (YouTube's community posts)."""
    if post.author_id is None:
        return bool(post.text or post.links)
    return own is None or post.author_id.lower() in own


def _notes(session: Session, post_ids: list[int]) -> dict[int, HubNote]:
    """The latest word on each of these posts."""
    query = select(HubNote).where(among(session, HubNote.post_id, post_ids)).order_by(HubNote.id)
    return {note.post_id: note for note in session.scalars(query)}


def _stands(post: Post, channel: Channel, note: HubNote | None, allowed: frozenset[str], days: int) -> HubPost:
    word = Word(Kind(note.kind), note.url, note.reason) if note else None
    found: Verdict = verdict(Told(post.text, tuple(post.links), post.permalink), word, allowed)
    said = note if found.hub in (Hub.LINKED, Hub.DISMISSED) else None
    return HubPost(
        post=post.id,
        external_id=post.external_id,
        channel=channel.id,
        channel_name=channel.name,
        responsible=channel.responsible_id,
        posted_at=post.posted_at,
        fetched_at=post.fetched_at,
        days=days,
        text=post.text,
        permalink=post.permalink,
        hub=found.hub,
        because=found.because,
        by=said.by_id if said else None,
        at=said.at if said else None,
    )
