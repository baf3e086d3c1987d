"""What is not seen of a channel, said aloud: counted but not shown, refused, unlisted, and never to be had at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from config.language import N_, _
from connectors import EVERY_PLATFORM
from monitor.register.channels import all_channels
from monitor.register.models import Channel
from monitor.watch.gaps import Below, stored_below
from monitor.watch.models import Comment, Post, Schedule
from monitor.watch.schedules import schedules

FIELDS = {
    "from": N_("who wrote"),
    "username": N_("who wrote"),
    "message_tags": N_("whom a text addresses"),
    "permalink": N_("the addresses of posts and comments"),
    "permalink_url": N_("the addresses of posts and comments"),
    "hidden": N_("whether a comment is hidden"),
    "is_hidden": N_("whether a comment is hidden"),
    "story": N_("what posts without a text are about"),
    "attachments": N_("where the links of posts lead"),
    "caption": N_("the texts of posts"),
    "comments_count": N_("the number of comments"),
    "statistics": N_("the number of comments"),
    "held": N_("comments held for approval"),
    "commentsDisabled": N_("comments below single posts"),
    "videoNotFound": N_("comments below single posts"),
    "forbidden": N_("comments below single posts"),
    "rest_api": N_("the site's own interface, so that only the newest comments of its feed are seen"),
    "unreadable": N_("comments that we cannot understand: look at them on the platform"),
    "feed_gap": N_("comments that have left the feed before it was read"),
}
"""What the fields that connectors tell as refused are called among people; others are shown as they are."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the platform keeps from us on one channel. Words are in the language in use.

    gaps: posts below which it counts more comments than it shows; comments_counted: how many it counts there, and
    comments_not_shown: how many of them it does not show; newest_gap: since when the latest one is there. degraded:
    fields that it refused in the last reading. not_covered: what cannot be seen there at all.
    """

    gaps: int = 0
    comments_counted: int = 0
    comments_not_shown: int = 0
    newest_gap: datetime | None = None
    degraded: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()

    def warnings(self) -> Iterator[str]:
        """What somebody should know, a sentence each; nothing where all is shown."""
        counts = {"counted": self.comments_counted, "shown": self.comments_counted - self.comments_not_shown}
        if self.gaps == 1:
            yield _("The platform counts {counted} comments below one post but shows {shown}.", **counts)
        elif self.gaps:
            yield _(
                "The platform counts {counted} comments below {posts} posts but shows {shown}.",
                posts=self.gaps,
                **counts,
            )
        if self.degraded:
            yield _("The platform refuses a part: {parts}.", parts=", ".join(self.degraded))


@dataclass(frozen=True, slots=True)
class Gap:
    """A post below which the platform counts (`declared`) more comments than are stored and there (`stored`)."""

    post: str
    permalink: str | None
    declared: int
    stored: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """Everything about one channel's coverage. unlisted: comments that are there, but in no listing."""

    channel: str
    name: str
    platform: str
    last_complete_read: datetime | None
    last_daily_read: datetime | None
    last_full_read: datetime | None
    posts: tuple[Gap, ...]
    degraded: tuple[str, ...]
    unlisted: int
    not_covered: tuple[str, ...]


def coverages(session: Session) -> dict[str, Coverage]:
    """Of every channel, by id."""
    gaps, known = _gaps(session), schedules(session)
    return {
        each.id: Coverage(
            *gaps.get(each.id, (0, 0, 0, None)),
            degraded=_words(known[each.id].degraded if each.id in known else ()),
            not_covered=_not_covered(each.platform),
        )
        for each in all_channels(session)
    }


def reports(session: Session, channel_ids: Sequence[str]) -> list[Report]:
    """In the order of the ids. Raises sqlalchemy's NoResultFound for an unknown one."""
    return [_report(session, session.get_one(Channel, id_), session.get(Schedule, id_)) for id_ in channel_ids]


def _gaps(session: Session) -> dict[str, tuple[int, int, int, datetime | None]]:
    """Posts, comments counted, comments not shown and the newest gap's time, of the channels that have gaps."""
    counted = func.sum(func.coalesce(Post.declared_comments, Post.gap))
    figures = (func.count(), counted, func.sum(Post.gap), func.max(Post.gap_since))
    query = select(Post.channel_id, *figures).where(Post.gap_since.is_not(None))
    rows = session.execute(query.group_by(Post.channel_id))
    return {channel: (posts, counted, missing, newest) for channel, posts, counted, missing, newest in rows}


def _report(session: Session, channel: Channel, schedule: Schedule | None) -> Report:
    return Report(
        channel=channel.id,
        name=channel.name,
        platform=channel.platform,
        last_complete_read=schedule.last_complete_at if schedule else None,
        last_daily_read=schedule.last_daily_at if schedule else None,
        last_full_read=schedule.last_full_at if schedule else None,
        posts=tuple(_posts(session, channel.id)),
        degraded=_words(schedule.degraded if schedule else ()),
        unlisted=_unlisted(session, channel.id),
        not_covered=_not_covered(channel.platform),
    )


def _posts(session: Session, channel_id: str) -> Iterator[Gap]:
    """The oldest gap first."""
    query = select(Post).where(Post.channel_id == channel_id, Post.gap_since.is_not(None))
    posts = session.scalars(query.order_by(Post.gap_since, Post.id)).all()
    stored = stored_below(session, channel_id, [post.external_id for post in posts])
    for post in posts:
        below = stored.get(post.external_id, Below())
        shown = below.top_level if post.counts_replies is False else below.everything
        if post.gap_since is not None:
            yield Gap(post.external_id, post.permalink, post.declared_comments or 0, shown, post.gap_since)


def _unlisted(session: Session, channel_id: str) -> int:
    few = Comment.missed > literal_column("0")  # a literal, so that the small index serves
    query = select(func.count()).where(Comment.channel_id == channel_id, few, Comment.unlisted)
    return session.scalar(query) or 0


def _words(fields: Sequence[str]) -> tuple[str, ...]:
    """A field of an object ("comment.from") is called as in all others, and so is what is wrong with a single post
    ("id: reason")."""
    names = ((field, FIELDS.get(field.replace(": ", ".").rpartition(".")[2])) for field in fields)
    return tuple(dict.fromkeys(_(name) if name else field for field, name in names))


def _not_covered(platform: str) -> tuple[str, ...]:
    about = EVERY_PLATFORM.get(platform)
    return tuple(_(what) for what in about.not_covered) if about else ()
