"""A Monday morning, the digests that arrive in people's mailboxes, and what they say."""

from datetime import date, timedelta
from email.message import EmailMessage
from urllib.parse import urlparse

from config.settings import Settings
from monitor.alerts.judging import judge
from monitor.alerts.sending import send_due
from monitor.register.links import Link, opened
from monitor.register.models import Absence
from monitor.watch.models import Schedule
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.test_digest import Page
from tests.monitor.days.almanac import FRIDAY, MONDAY, Almanac, at


class Morning:
    """Monday at 07.30: fb was read completely at 06.45, grupp is watched by people; both have a decision."""

    def __init__(self, almanac: Almanac, office: PostOffice, mail: Settings) -> None:
        self.almanac, self.town, self.office, self.mail = almanac, almanac.town, office, mail
        for channel in ("fb", "grupp"):
            almanac.changes(channel, watched_since=at(MONDAY, "06.00"))
        self.town.decision("fb")
        self.town.decision("grupp")
        self.town.change(Schedule, "fb", last_complete_at=at(MONDAY, "06.46"))

    def is_read(self) -> None:
        self.almanac.read(MONDAY, "06.45")

    def fails(self, kind: str = "auth_expired") -> None:
        """Reading fb has failed this morning, and since Sunday."""
        self.almanac.read(MONDAY, "06.45", "failed", error_kind=kind)
        since = at(MONDAY - timedelta(days=1), "06.45")
        self.town.change(Schedule, "fb", failing_since=since, failure_kind=kind, last_complete_at=at(FRIDAY, "06.46"))

    def away(self, *people: str, first: date = MONDAY, last: date = MONDAY) -> None:
        with self.town.db.transaction() as session:
            session.add_all([Absence(person_id=id_, first_day=first, last_day=last) for id_ in people])

    def sends(self, clock: str = "07.30") -> dict[str, EmailMessage]:
        """The digests that arrive, by person."""
        self.almanac.keep(MONDAY, clock)
        judge(self.town.db, at(MONDAY, clock), self.mail)
        return self.arrive(clock)

    def arrive(self, clock: str = "07.30") -> dict[str, EmailMessage]:
        send_due(self.town.db, at(MONDAY, clock), self.mail)
        digests = [mail for mail in self.office.mails if "varje arbetsdag" in plain(mail)]
        found = {str(mail["To"]).partition("@")[0]: mail for mail in digests}
        assert len(found) == len(digests)  # one each
        return found

    def links(self, mail: EmailMessage) -> list[Link]:
        """What the mail's links let their holder do."""
        words = [urlparse(link).path.removeprefix("/task/") for link in Page(html(mail)).links if "/task/" in str(link)]
        return [opened(str(word), at(MONDAY, "08.00")) for word in words]


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return "\n".join(str(body.get_content()).splitlines())


def html(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def part(mail: EmailMessage, channel: str) -> str:
    """What the text says of one channel."""
    heading = f"Tibro kommun på {channel}\n"
    return plain(mail).partition(heading)[2].partition("\nTibro kommun på ")[0].partition("\n--\n")[0]


def bad(mail: EmailMessage) -> list[str]:
    """What is marked red in the HTML."""
    return [each.partition(">")[2].partition("</")[0] for each in html(mail).split('<p class="bad"')[1:]]
