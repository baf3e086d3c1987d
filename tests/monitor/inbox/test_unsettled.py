"""Leaving out what is plainly over changes nothing of what waits: against every thread judged by the rules."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from monitor import NEEDS_SOMEBODY
from monitor.db import Database
from monitor.inbox.models import Action, Mark
from monitor.inbox.unanswered import unanswered
from monitor.inbox.unsettled import unsettled
from monitor.watch.models import Comment, Observation
from tests.monitor.days.almanac import MONDAY, at
from tests.monitor.inbox.random_town import NOW
from tests.monitor.town import Town

THREADS = 400
ODD = ("edited", "hidden", "held", "gone", "mentions", "interim", "closed", "reopened", "observed", "at the top")


def write(session: Session, chance: random.Random, number: int) -> None:
    """A thread of up to four comments, sometimes with something odd."""
    odd = chance.choice(ODD) if chance.random() < 0.4 else ""
    post, begin = f"p{number // 4}", at(MONDAY, "07.00")
    for each in range(chance.randrange(1, 5)):
        id_ = f"{number}-{each}"
        who = chance.choice(("anna", "anna", "bo")) if each == 0 else chance.choice(("anna", "bo", "page-1", "page-1"))
        top = each == 0 or (odd == "at the top" and who == "page-1")
        then = begin + timedelta(minutes=chance.randrange(4) + each * 2)
        about: dict[str, Any] = {"parent_external_id": None if top else f"{number}-0", "author_id": who}
        about["thread_external_id"] = id_ if top else f"{number}-0"
        if odd == "mentions":
            about["mentions"] = [chance.choice(("anna", "bo"))]
        row = Comment(
            channel_id="fb", external_id=id_, post_external_id=post, posted_at=then, fetched_at=then, text_seen_at=then,
            text="Hej", content_hash=b"", **about,
        )  # fmt: skip
        session.add(row)
        session.flush()
        if odd and chance.random() < 0.5:
            _odd(session, odd, row)


def _odd(session: Session, odd: str, row: Comment) -> None:
    later = row.posted_at + timedelta(minutes=9)
    here: dict[str, Any] = {"channel_id": "fb", "comment_id": row.id, "by_id": "redaktor"}
    if odd == "edited":
        row.edited_at = later
    elif odd == "hidden":
        row.hidden = True
    elif odd == "held":
        row.held = True
    elif odd in ("gone", "at the top"):
        row.missing_since = later
    elif odd == "interim" and row.author_id != "page-1":
        act = Action(key=row.external_id, kind="reply", created_at=later, next_at=later, state="done", **here)
        act.interim, act.remote_id = True, f"{row.external_id.split('-')[0]}-1"
        session.add(act)
    elif odd in ("closed", "reopened") and row.author_id != "page-1":
        kind = {"closed": "close", "reopened": "reopen"}[odd]
        session.add(Mark(**here, kind=kind, at=later, reason="thanks" if kind == "close" else None))
    elif odd == "observed":
        seen = {"kind": "edited", "seen_at": later, "text": "Förut"}
        session.add(Observation(comment_id=row.id, poll_run_id=1, **seen))


@pytest.mark.parametrize("seed", range(3))
def test_what_waits_is_the_same_when_only_what_may_wait_is_judged(sqlite: Database, seed: int) -> None:
    town = Town(sqlite)
    town.read(at(MONDAY, "07.00"))
    with sqlite.transaction() as session:
        for number in range(THREADS):
            write(session, random.Random(f"{seed}/{number}"), number)  # noqa: S311 - not for secrets
    with sqlite.snapshot() as session:
        found = unanswered(session, NOW)
        everything = unanswered(session, NOW, all_states=True)
        left = unsettled(session, "fb", frozenset({"page-1", "tibrokommun"}), None)
    assert found == [each for each in everything if each.state in NEEDS_SOMEBODY]
    threads = {each.thread_external_id for each in everything}
    assert 0.05 < len(threads - left.threads) / len(threads) < 0.5, "some are over, and most are not"
