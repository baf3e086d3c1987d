"""What the database holds beside what really happened."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from connectors.emulator.truth import truth, waiting
from connectors.emulator.world import World
from monitor.db import Database
from monitor.inbox.unanswered import unanswered
from monitor.watch.models import Comment
from monitor.watch.polling import PollOutcome
from tests.bench.connectors.life import Life

SAME = {"removed_by_author": "unavailable"}
"""The product knows more about what is gone than the truth does."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Each a list of "channel id": all empty when the run kept its promise.

    unread: channels whose last reading was not complete. missing: shown by the platform, not in the database. stale:
    there with another text. extra: taken for shown, but gone. twice: stored more than once. wrong: in another state
    than the truth, or waiting when it does not, or the other way round.
    """

    unread: tuple[str, ...]
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    extra: tuple[str, ...]
    twice: tuple[str, ...]
    wrong: tuple[str, ...]


def judge(db: Database, world: World, lives: Mapping[str, Life], last: Sequence[PollOutcome]) -> Verdict:
    shown = {(name, id_): text for name, life in lives.items() for id_, text in life.truly_shown().items()}
    stored = {(name, id_): text for name, life in lives.items() for id_, text in life.stored().items()}
    stale = [key for key in shown.keys() & stored.keys() if shown[key] != stored[key]]
    return Verdict(
        unread=tuple(outcome.channel for outcome in last if outcome.outcome != "complete"),
        missing=_told(shown.keys() - stored.keys()),
        stale=_told(stale),
        extra=_told(stored.keys() - shown.keys()),
        twice=_told(_twice(db)),
        wrong=_told(_wrong(db, world, lives)),
    )


def _told(keys: object) -> tuple[str, ...]:
    return tuple(sorted(f"{channel} {id_}" for channel, id_ in keys))  # type: ignore[attr-defined]


def _twice(db: Database) -> list[tuple[str, str]]:
    """By text, too: every text in a run is said once, so that a comment under two ids would be seen."""
    with db.snapshot() as session:
        rows = session.execute(select(Comment.channel_id, Comment.external_id, Comment.text)).all()
    ids, texts = Counter((row[0], row[1]) for row in rows), Counter((row[0], row[2]) for row in rows)
    return [(row[0], row[1]) for row in rows if ids[row[0], row[1]] > 1 or texts[row[0], row[2]] > 1]


def _wrong(db: Database, world: World, lives: Mapping[str, Life]) -> set[tuple[str, str]]:
    """What the database never saw (written and gone between two rounds) has no state to compare."""
    with db.snapshot() as session:
        items = unanswered(session, world.now, all_states=True)
        wait = {(item.channel, item.external_id) for item in unanswered(session, world.now)}
    states = {(item.channel, item.external_id): SAME.get(str(item.state), str(item.state)) for item in items}
    whose = {
        id_: name
        for name, life in lives.items()
        for post in world.posts_ever(life.stage.account)
        for id_ in (post.id, *(comment.id for comment in world.comments_ever(post)))
    }
    outside = [life.stage.account for life in lives.values() if life.stage.platform == "instagram_public"]
    true = {(whose[id_], id_): str(state) for id_, state in truth(world, from_outside=outside).items()}
    really = {(whose[id_], id_) for id_ in waiting(world, from_outside=outside)}
    return {key for key in states.keys() & true.keys() if states[key] != true[key]} | (wait ^ really)
