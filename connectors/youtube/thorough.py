"""What the thorough readings look for beyond an ordinary round, and the little that an ordinary one checks of it.

Going back through the whole channel's list to a moment shows every thread written since, so all there is below each
video published since, for one unit per hundred threads: no video has to be walked by itself, unless YouTube counts
more comments below it than the list showed.
"""

from collections.abc import Iterable, Set
from dataclasses import replace
from datetime import timedelta

from connectors.base import GROWN, YOUNG, ReadPost
from connectors.youtube.memory import EVER, Known, Walk
from connectors.youtube.questions import BATCH
from connectors.youtube.reading import Look

SELDOM = timedelta(hours=1)
"""Between two comparisons of young videos' counts, where they have more threads than the first page of the list."""


def walk(look: Look) -> None:
    """All that the plan wants. Raises ConnectorError where it has to stop; what came before stays with `look`."""
    look.ordinary()
    look.look_up()
    if look.whole:
        _everything(look)
    elif look.memory.walk is not None:
        _go_on(look, look.memory.walk)
    elif look.plan.daily:
        _daily(look)
    else:
        _young(look)
    look.memory.walk = None
    look.saw_everything = True


def _everything(look: Look) -> None:
    """The whole list to its end, every reply, every video; below one by one where that was not all."""
    # what the next reading goes on with, if an allowance ends this one
    look.memory.walk = replace(look.memory.walk or Walk(), tried=look.plan.allowance or 0)
    look.go_back(False, EVER)
    _compare(look, {*look.ask.uploads(), *look.memory.videos, *look.mentioned})


def _daily(look: Look) -> None:
    """Everything below videos younger than GROWN; of older ones those whose count is not what we expect."""
    dates = [one.posted_at for one in look.memory.videos.values() if one.posted_at is not None]
    look.go_back(False, min((date for date in dates if date > look.plan.now - GROWN), default=look.plan.now))
    _compare(look, {*look.memory.videos, *look.mentioned})


def _compare(look: Look, videos: Set[str]) -> None:
    """After going back: the replies that the list left out, and the videos that have more below them than it showed."""
    for one in list(look.shallow.values()):  # an edit of a reply that the list does not show leaves no trace in it
        look.fetch_replies(one, one.top.held, whole=True)
    look.look_up_older()
    posts = look.read_videos(videos)
    _look_below_closed(look, posts)
    seen = look.public_by_video()
    for post in posts:
        if _hides_something(look, post, seen[post.external_id]):
            look.walk_below(post.external_id)
        look.memory.saw_all_below(post)
    if any((post.declared_comments or 0) > seen[post.external_id] for post in posts):
        look.end_was_no_end()
    look.memory.looked_at = look.plan.now


def _hides_something(look: Look, post: ReadPost, seen: int) -> bool:
    """May there be something below it that this reading did not show, and earlier ones did not either?"""
    if look.memory.uncounted:
        return not look.listed[False].reaches(post.posted_at) and (look.full or _is_grown(look, post))
    if not post.declared_comments or post.declared_comments <= seen:
        return False
    if look.full or not look.memory.as_expected(post):
        return True
    return _is_grown(look, post) and not look.listed[False].reaches(post.posted_at)


def _is_grown(look: Look, post: ReadPost) -> bool:
    return post.posted_at > look.plan.now - GROWN


def _look_below_closed(look: Look, posts: Iterable[ReadPost]) -> None:
    """Videos that had comments and tell of none any more: comments switched off, private, gone? Once."""
    told = {post.external_id for post in posts if look.memory.uncounted or post.declared_comments is not None}
    for id_, known in list(look.memory.videos.items()):
        if known.count and id_ not in told:
            look.walk_below(id_)
            look.memory.videos[id_] = Known(known.posted_at)


def _go_on(look: Look, walk: Walk) -> None:
    """With a walk that an allowance ended: the videos that are left, each by itself."""
    if walk.todo is None:
        walk.todo = sorted({*look.ask.uploads(), *look.memory.videos, *look.mentioned})
    look.look_up_older()
    while walk.todo:
        some = walk.todo[:BATCH]
        posts = {post.external_id: post for post in look.read_videos(some)}
        for id_ in some:
            if (post := posts.get(id_)) is not None:
                if post.declared_comments != 0:
                    look.walk_below(id_)
                look.memory.saw_all_below(post)
            walk.finish(id_)
    for one in [one for one in look.shallow.values() if not walk.has_read(one)]:  # below what is no video
        look.fetch_replies(one, one.top.held, whole=True)
    look.memory.looked_at = look.plan.now


def _young(look: Look) -> None:
    """New replies below young videos, in threads that are not on the first page any more: their counts show them."""
    listing, now = look.listed[False], look.plan.now
    for post in [post for post in look.new_videos if listing.reaches(post.posted_at)]:
        look.memory.saw_all_below(post)
    dates = {id_: one.posted_at for id_, one in look.memory.videos.items() if one.posted_at is not None}
    beyond = [id_ for id_, date in dates.items() if date > now - YOUNG and not listing.reaches(date)]
    if not beyond or not listing.answered or look.memory.uncounted or now - look.memory.looked_at < SELDOM:
        return
    look.memory.looked_at = now
    for post in look.read_videos(beyond):
        if post.declared_comments and not look.memory.as_expected(post):
            look.walk_below(post.external_id)
        look.memory.saw_all_below(post)
