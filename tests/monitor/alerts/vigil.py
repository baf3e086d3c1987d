"""A day under guard: the almanac's town, judged and sent for at the clock's word, through a real post office."""

from datetime import date
from email.message import EmailMessage

from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.sending import send_due
from monitor.db import Database
from monitor.register.models import Absence
from monitor.watch.models import Schedule
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.days.almanac import THURSDAY, Almanac, at


class Vigil(Almanac):
    """Both channels have a decision, so that nobody is told of that."""

    def __init__(self, db: Database, mail: Settings, office: PostOffice) -> None:
        super().__init__(db)
        self.mail, self.office = mail, office
        self.town.change(Schedule, "fb", last_complete_at=at(THURSDAY, "07.05"))
        for channel in ("fb", "grupp"):
            self.town.decision(channel)

    def judged(self, day: date, clock: str) -> None:
        judge(self.db, at(day, clock))

    def sends(self, day: date, clock: str) -> None:
        send_due(self.db, at(day, clock), self.mail)

    def run(self, day: date, *clocks: str) -> list[tuple[str, str]]:
        """Judges and sends at each of these times. Who got a mail meanwhile, and its subject without the signature."""
        before = len(self.office.mails)
        for clock in clocks:
            self.judged(day, clock)
            self.sends(day, clock)
        return [(_who(mail), str(mail["Subject"]).split(" – ")[0]) for mail in self.office.mails[before:]]

    def away(self, person: str, first: date, last: date | None = None) -> None:
        with self.db.transaction() as session:
            session.add(Absence(person_id=person, first_day=first, last_day=last or first))

    def notices(self, kind: str) -> list[tuple[str, str, str]]:
        """Recipient, rung and state of each."""
        with self.db.snapshot() as session:
            rows = session.scalars(select(Notice).where(Notice.subject_kind == kind).order_by(Notice.id))
            return [(row.recipient_id, row.rung, row.state) for row in rows]

    def reason(self, person: str, rung: str) -> str | None:
        with self.db.snapshot() as session:
            query = select(Notice.reason).where(Notice.recipient_id == person, Notice.rung == rung)
            return session.scalars(query).one()

    def proof(self) -> list[tuple[str, str, str]]:
        """Of what day, at which rung, and whom somebody was told."""
        entries = ((each.subject, each.after or {}) for each in self.audit("watch_day.told"))
        return [(subject, str(after["rung"]), str(after["to"])) for subject, after in entries]

    def text(self, number: int = -1) -> str:
        return plain(self.office.mails[number])


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _who(mail: EmailMessage) -> str:
    return str(mail["To"]).partition("@")[0]
