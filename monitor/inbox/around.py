"""All that the rules need to judge single threads, which is seldom the whole of a post."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import ColumnElement, Executable, String, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from monitor.db.within import within
from monitor.inbox.gathering import FETCHED, Gathered, gather_where
from monitor.watch.models import Comment


@dataclass(frozen=True, slots=True)
class Around:
    """Threads of a channel, and the posts that they stand below; ids on the platform. own: the channel's identities."""

    own: frozenset[str]
    posts: set[str] = field(default_factory=set)
    threads: set[str] = field(default_factory=set)


def gather_around(session: Session, places: Mapping[str, Around], *, whole_acts: bool = False) -> dict[str, Gathered]:
    """All that the rules need to judge these threads, which is seldom the whole of a post; by channel, in as many
    queries as for one. whole_acts: with every action in full, whatever became of it.

    Whom an own reply answers depends on its own thread alone; an own comment at the top level answers whom it names,
    anywhere below the post, or the visitor's post itself; and a person has one set of names below a post.
    """
    channels = sorted(places)
    given = {
        "channels": channels,
        "posts": sorted({post for each in places.values() for post in each.posts}),
        "own": [f"{channel} {name}" for channel, each in places.items() for name in sorted(each.own)],
        "threads": sorted({thread for each in places.values() for thread in each.threads}),
    }
    return gather_where(session, _needed(), channels, given, whole_acts=whole_acts)


@cache
def _needed() -> Executable:
    other = aliased(Comment)
    in_them = within(other.channel_id, "channels") & within(other.thread_external_id, "threads")
    residents = and_(in_them, *(~within(name, "own") for name in _names(other)))
    visited = select(other.external_id).where(within(other.channel_id, "channels"), other.is_post)
    visited = visited.where(within(other.external_id, "posts"))
    needed = or_(
        within(Comment.thread_external_id, "threads"),
        Comment.parent_external_id.is_(None) & or_(*(within(name, "own") for name in _names(Comment))),
        Comment.author_id.in_(select(other.author_id).where(residents)),
        func.lower(Comment.author_handle).in_(select(func.lower(other.author_handle)).where(residents)),
        Comment.post_external_id.in_(visited),
    )
    here = within(Comment.channel_id, "channels") & within(Comment.post_external_id, "posts")
    return FETCHED.where(here, needed)


def _names(comment: type[Comment]) -> list[ColumnElement[str]]:
    """What its author is called, after the channel where that is so: of all channels in one list."""
    names = (comment.author_id, comment.author_handle)
    return [comment.channel_id + " " + func.lower(func.coalesce(name, ""), type_=String) for name in names]
