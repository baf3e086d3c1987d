"""A comment that nobody answers, and the people who are told of it one after another."""

from datetime import date
from email.message import EmailMessage

from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.models import Notice
from monitor.alerts.overdue import KIND, OVERDUE
from monitor.alerts.telling import Scene
from monitor.alerts.wording import Letter
from monitor.db import Database
from monitor.inbox.mark_rules import Kind, Said
from monitor.inbox.marking import mark
from monitor.register.models import Organisation, Unit
from monitor.watch.models import Schedule
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.vigil import Vigil
from tests.monitor.days.almanac import at

MON, TUE, WED, THU, FRI = (date(2026, 6, day) for day in range(8, 13))
QUESTION = "Hur länge är badet stängt?"
LATE = "skulle ha besvarats"
"""What the subject of a mail says that is about nothing else."""


class Waiting(Vigil):
    """A comment of Monday morning on `fb`, whose unit has a manager: to be answered by Tuesday at 16.00."""

    def __init__(self, db: Database, mail: Settings, office: PostOffice) -> None:
        super().__init__(db, mail, office)
        self.town.person("chef", name="Kim Chef")
        self.town.change(Unit, "kommunikation", manager_id="chef")
        self.comment = self.comes("c1", MON, "09.00")
        self.question = QUESTION

    def judged(self, day: date, clock: str) -> None:
        self.town.change(Schedule, "fb", last_complete_at=at(day, clock))
        super().judged(day, clock)

    def told(self, day: date, *clocks: str) -> list[str]:  # type: ignore[override]
        """Who has been told at each of these times, in a mail of its own or in the digest, as the ledger has it."""
        earlier, before = self._sent(), len(self.office.mails)
        self.run(day, *clocks)
        told = [person for id_, person in self._sent().items() if id_ not in earlier]
        mails = self.office.mails[before:]
        assert set(told) <= {str(mail["To"]).partition("@")[0] for mail in mails if self.question in text_of(mail)}
        assert told or not [mail for mail in mails if LATE in mail["Subject"]]
        return told

    def _sent(self) -> dict[int, str]:
        with self.db.snapshot() as session:
            query = select(Notice.id, Notice.recipient_id).where(Notice.subject_kind == OVERDUE, Notice.state == "sent")
            return dict(iter(session.execute(query.order_by(Notice.id))))

    def letter(self, person: str, day: date, clock: str) -> Letter:
        """What all the notices to that person say together."""
        with self.db.snapshot() as session:
            scene = Scene(session, session.get_one(Organisation, 1), at(day, clock), self.mail)
            theirs = select(Notice).where(Notice.subject_kind == OVERDUE, Notice.recipient_id == person)
            assert KIND.together is not None
            latest = {each.subject: each for each in session.scalars(theirs.order_by(Notice.id))}
            return KIND.together(scene, list(latest.values()))

    def ledger(self) -> list[tuple[str, str, str]]:
        return self.notices("overdue")

    def says(self, kind: Kind, day: date, clock: str, by: str = "redaktor", **values: object) -> None:
        """What a person says of the comment."""
        with self.db.transaction() as session:
            mark(session, self.comment, Said(kind, **values), by, at(day, clock))  # type: ignore[arg-type]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""
