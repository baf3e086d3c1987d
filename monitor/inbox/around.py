"""All that the rules need to judge single threads, which is seldom the whole of a post."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, String, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from monitor.db.bulk import among
from monitor.inbox.gathering import Gathered, gather_where
from monitor.watch.models import Comment

OTHER = aliased(Comment)
"""A comment beside the one that is looked at; made once, as that takes longer than to ask."""


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
    posts = sorted({post for each in places.values() for post in each.posts})
    own = [f"{channel} {name}" for channel, each in places.items() for name in sorted(each.own)]
    threads = sorted({thread for each in places.values() for thread in each.threads})
    in_them = among(session, OTHER.channel_id, channels) & among(session, OTHER.thread_external_id, threads)
    residents = and_(in_them, *(~among(session, name, own) for name in _names(OTHER)))
    visited = select(OTHER.external_id).where(among(session, OTHER.channel_id, channels), OTHER.is_post)
    visited = visited.where(among(session, OTHER.external_id, posts))
    needed = or_(
        among(session, Comment.thread_external_id, threads),
        Comment.parent_external_id.is_(None) & or_(*(among(session, name, own) for name in _names(Comment))),
        Comment.author_id.in_(select(OTHER.author_id).where(residents)),
        func.lower(Comment.author_handle).in_(select(func.lower(OTHER.author_handle)).where(residents)),
        Comment.post_external_id.in_(visited),
    )
    here = among(session, Comment.channel_id, channels) & among(session, Comment.post_external_id, posts) & needed
    return gather_where(session, here, channels, whole_acts=whole_acts)


def _names(comment: type[Comment]) -> list[ColumnElement[str]]:
    """What its author is called, after the channel where that is so: of all channels in one list."""
    names = (comment.author_id, comment.author_handle)
    return [comment.channel_id + " " + func.lower(func.coalesce(name, ""), type_=String) for name in names]
