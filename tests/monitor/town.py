"""A small municipality in the database, its comments stored as readings store them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from monitor.db import Database
from monitor.register.models import Channel, Decision, DecisionReceipt, Organisation, Person, Route, Unit
from monitor.watch.models import Comment, Observation, PollRun, Post, Schedule

POST = "p1"
LONG = datetime(2100, 1, 1, tzinfo=UTC)  # everybody's mail is known to arrive, so that no weekly test mixes in
POSTED = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


class Town:
    """Tibro: a Facebook page (`fb`), the person responsible for it, and a deputy. Verbs add what happens."""

    def __init__(self, db: Database, language: str = "sv") -> None:
        self.db = db
        with db.transaction() as session:
            session.add(Organisation(name="Tibro kommun", language=language))
            session.add(Person(id="redaktor", name="Rut Redaktör", email="redaktor@example.org"))
            session.add(Person(id="ersattare", name="Erik Ersättare", email="ersattare@example.org"))
            session.flush()
            session.add_all([Route(person_id=id_, name="mail", worked_at=LONG) for id_ in ("redaktor", "ersattare")])
            session.add(Unit(id="kommunikation", name="Kommunikation"))
        self.channel("fb")

    def channel(self, id_: str, **values: Any) -> None:
        known = {
            "platform": "facebook",
            "name": f"Tibro kommun på {id_}",
            "address": "https://www.facebook.com/tibrokommun",
            "external_id": "page-1",
            "unit_id": "kommunikation",
            "responsible_id": "redaktor",
            "deputy_id": "ersattare",
        }
        self._add(Channel(id=id_, **(known | values)))

    def person(self, id_: str, **values: Any) -> None:
        self._add(Person(id=id_, **({"name": id_.title(), "email": f"{id_}@example.org"} | values)))
        self._add(Route(person_id=id_, name="mail", worked_at=LONG))

    def decision(self, channel: str = "fb", *, confirmed: bool = True, **values: Any) -> int:
        """The manager's next decision about a channel: the editor and the deputy may answer, until 2030.

        Gives its row's id. confirmed: it has reached the communicator as well.
        """
        with self.db.transaction() as session:
            made = session.scalar(select(func.count()).where(Decision.channel_id == channel)) or 0
            known = {
                "version": made + 1,
                "purpose": "Svara på frågor",
                "address": session.get_one(Channel, channel).address,
                "audience": "Kommuninvånare",
                "responsible_id": "redaktor",
                "decided_by_id": "redaktor",
                "decided_on": date(2026, 1, 12),
                "valid_until": date(2030, 12, 31),
                "created_at": datetime(2026, 1, 12, 9, 0, tzinfo=UTC),
                "authorised": ["ersattare"],
            }
            decision = Decision(channel_id=channel, **(known | values))
            session.add(decision)
            session.flush()
            if confirmed:
                by, at = "redaktor", decision.created_at
                told = {"sent_to_id": by, "sent_at": at, "confirmed_by_id": by, "confirmed_at": at}
                session.add(DecisionReceipt(decision_id=decision.id, **told))
            return decision.id

    def change(self, table: type[Any], key: Any, **values: Any) -> None:
        with self.db.transaction() as session:
            row = session.get_one(table, key)
            for name, value in values.items():
                setattr(row, name, value)
            self._recorded(session, row)

    def schedule(self, channel: str = "fb", **values: Any) -> None:
        self._add(Schedule(channel_id=channel, **({"next_poll_at": datetime(2030, 1, 1, tzinfo=UTC)} | values)))

    def read(self, started: datetime, channel: str = "fb", outcome: str = "complete") -> int:
        """A reading; gives its id."""
        run = PollRun(
            channel_id=channel, claim="c", started_at=started, finished_at=started, full=False, outcome=outcome
        )
        self._add(run)
        return run.id

    def post(self, id_: str, **values: Any) -> None:
        known = {"channel_id": "fb", "posted_at": POSTED, "fetched_at": POSTED, "content_hash": b""}
        self._add(Post(external_id=id_, **(known | values)))

    def comment(self, id_: str, posted: datetime, text: str = "Hur länge är badet stängt?", **values: Any) -> int:
        """A resident's comment, fetched five minutes later; gives its row's id."""
        known = {
            "channel_id": "fb",
            "post_external_id": POST,
            "thread_external_id": values.get("parent_external_id") or id_,
            "author_id": "anna",
            "author_name": "Anna Andersson",
            "fetched_at": posted + timedelta(minutes=5),
            "text_seen_at": posted + timedelta(minutes=5),
            "permalink": f"https://www.facebook.com/{id_}",
            "content_hash": b"",
        }
        row = Comment(external_id=id_, posted_at=posted, text=text, **(known | values))
        self._add(row)
        return row.id

    def answer(self, id_: str, posted: datetime, to: str) -> int:
        """The page's reply below a top-level comment."""
        return self.comment(id_, posted, "Badet öppnar på måndag.", parent_external_id=to, author_id="page-1")

    def edit(self, comment: int, text: str, seen: datetime, platform_at: datetime | None = None) -> None:
        """A reading notices that a text has changed."""
        run = self.read(seen)
        with self.db.transaction() as session:
            row = session.get_one(Comment, comment)
            edited = {"kind": "edited", "seen_at": seen, "text": row.text, "platform_at": platform_at}
            session.add(Observation(comment_id=comment, poll_run_id=run, **edited))
            row.text, row.text_seen_at, row.edited_at = text, seen, platform_at
            self._recorded(session, row)

    def _add(self, row: object) -> None:
        with self.db.transaction() as session:
            session.add(row)
            self._recorded(session, row)

    def _recorded(self, session: Session, row: object) -> None:
        """Whoever changes comments counts, as recordings do."""
        if isinstance(row, Comment):
            here = Schedule.channel_id == row.channel_id
            session.execute(update(Schedule).where(here).values(revision=Schedule.revision + 1))
