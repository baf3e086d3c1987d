"""To judge one thread, no more is read than that takes: and the verdict is as if all had been read."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, null, true, update

from monitor import State
from monitor.db import Database
from monitor.inbox.around import Around, gather_around
from monitor.inbox.gathering import Judged, judge_all, judged
from monitor.inbox.rules import Verdict
from monitor.register.identities import identities
from monitor.register.models import Channel
from monitor.watch.models import Comment
from tests.monitor.inbox.random_town import NOW, random_town, town_of
from tests.monitor.town import POST

TOWNS = range(16)


HABITS: dict[str, dict[str, Any]] = {
    "by id": {},
    "by handle": {"author_handle": Comment.author_id, "author_id": null()},
    "a thread for each below a visitor's post": {
        "thread_external_id": func.coalesce(Comment.parent_external_id, Comment.external_id)
    },
}


@pytest.mark.parametrize("habit", HABITS)
def test_a_thread_alone_is_judged_as_among_all_of_its_channel(db: Database, habit: str) -> None:
    town_of(db)
    for seed in TOWNS:
        town = random_town(db, seed)
        with db.transaction() as session:
            if HABITS[habit]:
                others = Comment.channel_id.in_(town.ids) & (func.coalesce(Comment.author_id, "") != "page-1")
                session.execute(update(Comment).where(others).values(HABITS[habit]))
            for channel in town.channels.values():
                own = identities(session, channel)
                of_threads: dict[tuple[str, str], list[Judged]] = {}
                for each in judged(session, channel.id, true(), own, None):
                    thread = (each.comment.post_external_id, each.comment.thread_external_id)
                    of_threads.setdefault(thread, []).append(each)
                for (post, thread), expected in of_threads.items():
                    around = gather_around(session, {channel.id: Around(own, {post}, {thread})})[channel.id]
                    alone = judge_all(around, own, None)
                    assert _told(each for each in alone if each.comment.thread_external_id == thread) == _told(expected)


def test_whoever_is_named_as_elsewhere_below_the_post_is_known_in_a_thread_of_her_own(db: Database) -> None:
    town = town_of(db)
    asked = town.comment("1", NOW, author_id="9001")
    town.comment("2", NOW, author_id="9001", author_handle="anna.a")
    town.comment("3", NOW + timedelta(hours=1), author_id="page-1", mentions=["@Anna.A"])
    with db.snapshot() as session:
        own = identities(session, session.get_one(Channel, "fb"))
        around = gather_around(session, {"fb": Around(own, {POST}, {"1"})})["fb"]
    assert _told(judge_all(around, own, None))[asked].state is State.ANSWERED


def _told(found: Iterable[Judged]) -> dict[int, Verdict]:
    return {each.comment.id: each.verdict for each in found}
