"""Towns that chance has made: channels of several units, threads of any kind, and what people said of them."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from monitor.db import Database
from monitor.inbox.models import Flag, Mark
from monitor.register.models import Channel, Person, Unit
from monitor.watch.models import Comment, Observation, PollRun, Post, Schedule
from tests.monitor.days.almanac import MONDAY, at
from tests.monitor.town import Town

NOW = at(MONDAY, "10.00")
PEOPLE = ("anna", "bo", "cilla", None)
TEXTS = (
    "Vattenläckan på Storgatan!",
    "När kommer SNÖRÖJNINGEN?",
    "tack 😀",
    '50 % rabatt_på "allt" i c:\\mappen',
    "مرحبا بالعالم",
    "",
    "Öppnar badet igen?",
)
_numbers = count(1)


@dataclass(frozen=True)
class RandomTown:
    """channels: by id, also one that is retired."""

    channels: dict[str, Channel]
    posts: dict[tuple[str, str], str]

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(self.channels)


def random_town(db: Database, seed: int) -> RandomTown:
    """One more town in the database, whose channels nobody else has."""
    chance, prefix = random.Random(seed), f"t{next(_numbers)}"  # noqa: S311 - not for secrets
    with db.transaction() as session:
        if session.get(Unit, "bad") is None:
            session.add_all([Unit(id="bad", name="Badet", manager_id="redaktor"), Unit(id="vag", name="Väg")])
            session.add(Person(id="kom", name="Ulla", roles=["communicator"]))
            session.flush()
        channels = {f"{prefix}-{number}": _channel(f"{prefix}-{number}", number, chance) for number in range(4)}
        session.add_all(channels.values())
        session.flush()
        run = PollRun(channel_id=f"{prefix}-0", claim="", started_at=NOW, full=True)
        session.add(run)
        session.flush()
        writer = _Writer(session, chance, run.id)
        for id_ in channels:
            began = chance.choice([None, NOW - timedelta(hours=30)])
            session.add(Schedule(channel_id=id_, next_poll_at=NOW, last_complete_at=NOW, historic_before=began))
            for post in range(chance.randrange(4)):
                writer.post(id_, f"p{post}", visitors=chance.random() < 0.3)
    return RandomTown(channels, writer.texts)


def _channel(id_: str, number: int, chance: random.Random) -> Channel:
    about = {"platform": "facebook", "name": id_, "address": f"https://www.facebook.com/{id_}", "external_id": "page-1"}
    people = {
        "responsible_id": chance.choice(["redaktor", "ersattare"]),
        "deputy_id": chance.choice([None, "ersattare"]),
    }
    state = "retired" if number == 3 else "active"
    return Channel(id=id_, unit_id=chance.choice(["bad", "vag"]), state=state, **about, **people)


class _Writer:
    def __init__(self, session: Session, chance: random.Random, run: int) -> None:
        self.session, self.chance, self.run = session, chance, run
        self.texts: dict[tuple[str, str], str] = {}

    def post(self, channel: str, id_: str, *, visitors: bool) -> None:
        """What stands below it, often at the same time: half of it in the last two days."""
        begin = NOW - timedelta(days=self.chance.randrange(4), hours=2)
        if self.chance.random() < 0.8:
            text = self.chance.choice(TEXTS)
            where: dict[str, Any] = {"channel_id": channel, "external_id": id_, "posted_at": begin, "fetched_at": begin}
            self.session.add(Post(**where, content_hash=b"", text=text))
            self.texts[channel, id_] = text
        tops: list[str] = []
        for number in range(self.chance.randrange(1, 7)):
            is_post = visitors and number == 0
            parent = self.chance.choice([None, *tops, *tops]) if tops and not is_post else None
            name = id_ if is_post else f"{id_}-{number}"
            thread = id_ if visitors else parent or name
            who = self.chance.choice(PEOPLE if is_post else (*PEOPLE, "page-1", "page-1"))
            at_ = begin + timedelta(minutes=self.chance.randrange(5) * 20)
            self._comment(
                channel, id_, name, at_, who, parent_external_id=parent, thread_external_id=thread, is_post=is_post
            )
            if parent is None and not is_post:
                tops.append(name)

    def _comment(self, channel: str, post: str, id_: str, at_: datetime, who: str | None, **place: Any) -> None:
        fate = self.chance.choice([*[{}] * 9, {"hidden": True}, {"held": True}, {"missing_since": NOW}])
        seen = {"fetched_at": at_, "text_seen_at": at_, "content_hash": b"", "author_name": who, "author_id": who}
        mentions = self.chance.choice([*[[]] * 5, ["anna"], ["@Bo"]])
        text = self.chance.choice(TEXTS)
        where = {"channel_id": channel, "post_external_id": post, "external_id": id_, "posted_at": at_}
        row = Comment(**where, **place, **seen, **fate, text=text, mentions=mentions)
        self.session.add(row)
        self.session.flush()
        if who != "page-1":
            self._said(row, at_ + timedelta(minutes=self.chance.randrange(1, 60)))

    def _said(self, row: Comment, then: datetime) -> None:
        if self.chance.random() < 0.2:
            reason = {"close": "thanks", "snooze": None, "acknowledge": None, "private": None, "reopen": None}
            kind = self.chance.choice(list(reason))
            until = NOW + timedelta(hours=5) if kind == "snooze" else None
            about: dict[str, Any] = {"channel_id": row.channel_id, "comment_id": row.id, "by_id": "redaktor"}
            self.session.add(Mark(**about, kind=kind, at=then, reason=reason[kind], until=until))
        if self.chance.random() < 0.08:
            edited = {"kind": "edited", "seen_at": then, "text": "Förut stod något annat"}
            self.session.add(Observation(comment_id=row.id, poll_run_id=self.run, **edited))
        if self.chance.random() < 0.2:
            kind = self.chance.choice(["breach", "danger"])
            flag: dict[str, Any] = {"channel_id": row.channel_id, "comment_id": row.id, "kind": kind}
            self.session.add(Flag(**flag, key=f"f{row.id}", at=then))


def town_of(db: Database) -> Town:
    """What every random town stands in."""
    return Town(db)
