"""All that the rules need to judge single threads, which is seldom the whole of a post."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import Executable, Label, and_, exists, func, select, union
from sqlalchemy.orm import Session, aliased

from monitor.db.within import given
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
    posts = [(channel, post) for channel, each in places.items() for post in sorted(each.posts)]
    threads = [(channel, thread) for channel, each in places.items() for thread in sorted(each.threads)]
    own = [(channel, name) for channel, each in places.items() for name in sorted(each.own)]
    values = {"posts": posts, "threads": threads, "own": own}
    return gather_where(session, _needed(), sorted(places), values, whole_acts=whole_acts)


@cache
def _needed() -> Executable:
    posts, threads = given("posts", "post_channel", "post"), given("threads", "thread_channel", "thread")
    own = given("own", "own_channel", "own_name")
    other = aliased(Comment)
    here = and_(other.channel_id == threads.c.thread_channel, other.thread_external_id == threads.c.thread)
    said = select(other.id, other.channel_id, other.post_external_id, *_names(other)).join(threads, here).cte("said")
    ours = and_(own.c.own_channel == said.c.channel_id, own.c.own_name.in_((said.c.author, said.c.handle)))
    # put together before what else they wrote is looked for: else each of that is held against every name of ours
    people = select(said).where(~exists().where(ours)).cte("people")
    below = and_(Comment.channel_id == posts.c.post_channel, Comment.post_external_id == posts.c.post)
    # asked for twice, so that PostgreSQL puts it together first, and then looks for each name in the index
    us = select(posts, own.c.own_name).join(own, own.c.own_channel == posts.c.post_channel).cte("us")
    by_us = and_(Comment.channel_id == us.c.post_channel, Comment.post_external_id == us.c.post)
    beside = and_(Comment.channel_id == people.c.channel_id, Comment.post_external_id == people.c.post_external_id)
    found = [select(said.c.id)]
    for name in _names(Comment):
        top = select(Comment.id).join(us, by_us & (us.c.own_name == name.element))
        same = select(Comment.id).join(people, beside & (name.element == people.c[name.name]))
        found += [top.where(Comment.parent_external_id.is_(None)), same]
    visited = and_(other.channel_id == posts.c.post_channel, other.external_id == posts.c.post, other.is_post)
    found.append(select(Comment.id).join(posts, below).join(other, visited))
    return FETCHED.where(Comment.id.in_(union(*found)))


def _names(comment: type[Comment]) -> tuple[Label[str], Label[str]]:
    """What its author is called, as the indexes have it."""
    return func.lower(comment.author_id).label("author"), func.lower(comment.author_handle).label("handle")
