"""A served town with everything in it that pages find hard: long names, long texts, emoji, right-to-left, HTML.

Its Facebook page `here` stands on an emulated platform, so that answers really go out; the other channels are rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import time_machine

from config.settings import Settings
from connectors.emulator.world import Comment as Written
from monitor.access import accounts, sessions
from monitor.access.models import Account
from monitor.audit import SYSTEM
from monitor.audit.writing import Said, audited_all
from monitor.db import Database
from monitor.inbox.day_keeping import keep_days
from monitor.inbox.models import Flag
from monitor.inbox.templates import EVERYBODY, add_template, sign_as
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.watch.day_models import WatchDay
from monitor.watch.day_register import subject_of
from monitor.watch.models import PollRun
from tests.monitor.days.almanac import at
from tests.monitor.inbox.desk import CHANNEL, Desk
from tests.monitor.town import Town
from tests.web.conftest import LONG_WORD, NASTY, serve
from tests.web.login.house import HASHED, SECRET
from tests.web.register.watch_town import MISSED, PARTLY, watched_day, working_days

THURSDAY, FRIDAY, MONDAY = date(2026, 11, 12), date(2026, 11, 13), date(2026, 11, 16)
BEGAN = date(2026, 11, 2)
"""When the watch did."""
BY_MACHINE = (CHANNEL, "fb", "yt", "forskola")
BUT: dict[tuple[str, date], dict[str, Any]] = {
    ("fb", date(2026, 11, 4)): PARTLY,
    ("forskola", date(2026, 11, 6)): MISSED,
    ("grupp", date(2026, 11, 10)): MISSED | {"reason": "not_attested", "fetch": "none", "failure_kind": None},
}
LONG_NAME = "Socialförvaltningens öppna förskolas och familjecentrals sida för föräldrar och barn i Tibro kommun"
LONG_UNIT = "Barn- och utbildningsförvaltningen i Tibro med omnejd"
ARABIC = "مرحبا، متى يفتح المسبح يوم الاثنين؟ شكرا لكم على المساعدة."
ESSAY = (
    "Jag har bott på Fredsgatan i trettio år och aldrig sett maken till vattenläckan. "
    "Först kom inget vatten, sedan kom det brunt, och nu rinner det ut på gatan.\n\n"
) * 26
PEOPLE = {
    "chef": ("Karin Chef", "unit_manager"),
    "barnchef": ("Bo-Göran af Barnchefsson-Ängelholm", "unit_manager"),
    "kommunikator": ("Kim Kommunikatör", "communicator"),
    "admin": ("Ada Administratör", "administrator"),
    "registrator": ("Rigmor Registrator", "registrar"),
    "lang": (LONG_WORD, "moderator"),
}
ASKED = {
    "leak": ("Anna Berg", "Det rinner vatten på Fredsgatan. När lagar ni vattenläckan? 💧"),
    "thanks": ("Bo Ek", "Tack för den fina lekplatsen! 🙏😀👩‍👩‍👧‍👦"),
    "insult": ("Arg Anonym", "Ni är idioter allihop, särskilt den där tjänstemannen Svensson!"),
    "arabic": ("مريم الخطيب", ARABIC),
    "essay": (f"Birgitta {LONG_WORD}", ESSAY[:4000]),
    "nasty": ("<b>Kim</b> & Co", NASTY),
    "snow": ("Cia Dahl", "Vem plogar Skolgatan?\n\nI fjol kom ingen på hela veckan."),
    "bath": ("Dan Ed", "Hur länge är badet stängt?"),
}


@dataclass
class WalkTown:
    """Monday 16 November 2026, 10.00, and time goes on from there.

    redaktor takes care of the channels, ersattare is the deputy, chef manages their unit. ids: of the comments on
    `here` by name, and `late` and `flagged` on `fb`, `held` on `yt`, `other` on another unit's `forskola`.
    """

    url: str
    desk: Desk
    ids: dict[str, int]
    faults: list[str] = field(default_factory=list)

    @property
    def db(self) -> Database:
        return self.desk.db

    @property
    def town(self) -> Town:
        return self.desk.town

    def hears(self, kind: str, said: str) -> None:
        """What the browser's console says. That we answered 4xx is meant, and no fault."""
        if kind in {"error", "warning"} and "status of 4" not in said:
            self.faults.append(said)

    def word(self, person_id: str) -> str:
        """Signs the person in; the word for the cookie."""
        with self.db.transaction() as session:
            return sessions.begin(session, person_id, "password", "a test", datetime.now(UTC))

    def account(self, person_id: str) -> None:
        """A password and an app, as in tests.web.login.house."""
        now = datetime.now(UTC)
        with self.db.transaction() as session:
            session.add(Account(person_id=person_id, created_at=now, password=HASHED, password_set_at=now))
            session.flush()
            accounts.keep_one_time(session, session.get_one(Person, person_id), SECRET, 0, now)

    def work(self) -> None:
        """Workers come by until nothing goes on by itself."""
        self.desk.everything_to_the_end()


def walk_towned(desk: Desk, settings: Settings | None = None, port: int = 0) -> Iterator[WalkTown]:
    _register(desk.db, desk.town)
    ids = _rows(desk.town) | _asked(desk)
    _words(desk)
    with time_machine.travel(at(MONDAY, "10.00")):
        for url in serve(desk.db, settings or Settings(), port=port):
            yield WalkTown(url, desk, ids)


def _register(db: Database, town: Town) -> None:
    """Two units, six channels: one read by hand, one that cannot be read, one of another unit."""
    for id_, (name, role) in PEOPLE.items():
        town.person(id_, name=name, roles=[role])
    town.change(Person, "redaktor", roles=["moderator"])
    town.change(Unit, "kommunikation", name="Kommunikation", manager_id="chef")
    with db.transaction() as session:
        session.add(
            Unit(id="barn", name="Barn- och utbildningsförvaltningen i Tibro med omnejd", manager_id="barnchef")
        )
    said = {"website": "https://www.tibro.se", "email": "kommun@example.org", "phone": "0504-18000"}
    town.change(Organisation, 1, **said)
    since: dict[str, Any] = {"watched_since": at(BEGAN, "07.00")}
    town.change(Channel, CHANNEL, name="Tibro kommun på Facebook", **since)
    town.change(Channel, "fb", name=LONG_NAME, **since)
    group = {"platform": "facebook_group", "watch_mode": "manual", "address": "https://www.facebook.com/groups/grannar"}
    town.channel("grupp", name="Grannsamverkan (sluten grupp)", **group, **since)
    tube = {"platform": "youtube", "external_id": "UC1", "address": "https://www.youtube.com/@tibrokommun"}
    town.channel("yt", name="Tibro kommun på Youtube", **tube, **since)
    theirs = {"unit_id": "barn", "responsible_id": "barnchef", "deputy_id": None, "external_id": "page-2"}
    town.channel(
        "forskola", name="Förskolan Blåklinten", address="https://www.facebook.com/blaklinten", **theirs, **since
    )
    town.decision("fb", decided_by_id="chef", valid_until=date(2026, 11, 30))
    town.decision("yt", decided_by_id="chef")


def _asked(desk: Desk) -> dict[str, int]:
    """What residents have written below the page's posts; ids by name."""
    world, stage = desk.world, desk.stage
    post = stage.post("Vattnet är avstängt på Fredsgatan i dag mellan 8 och 16. Läs mer på tibro.se/vatten 🚰")
    made: dict[str, Written] = {}
    for name, (author, text) in ASKED.items():
        world.advance(300)
        made[name] = world.comment(post, world.person("facebook", author), text)
    world.comment(made["bath"], world.person("facebook", "Eva Fors"), "Och kostar det något för barn?")
    world.advance(120)
    world.answer(made["bath"], "Det öppnar på måndag, och är gratis för barn.")
    desk.read()
    world.advance(600)
    world.edit(made["snow"], "Vem plogar Skolgatan?\n\nI fjol kom ingen på HELA veckan!")
    desk.read()
    return {name: desk.row(each).id for name, each in made.items()}


def _rows(town: Town) -> dict[str, int]:
    """What has been read on the channels without a platform."""
    now = at(MONDAY, "09.45")
    _days(town)
    town.post("p1", text="Nu öppnar anmälan till simskolan!", fetched_at=at(FRIDAY, "09.00"))
    town.schedule("fb", last_complete_at=now)
    town.schedule("yt", last_complete_at=now)
    broken = {"failing_since": at(MONDAY, "07.30"), "failure_kind": "auth_expired", "failure_detail": "190/463"}
    town.schedule("forskola", last_complete_at=at(FRIDAY, "15.45"), **broken)
    ids = {
        "late": town.comment("late", at(THURSDAY, "09.12"), "När öppnar anmälan?", author_name="Frida Granlund"),
        "flagged": town.comment("flagged", at(MONDAY, "08.15"), "Jag vet var du bor, akta dig.", author_id="f"),
        "held": town.comment("held", at(MONDAY, "08.20"), "", channel_id="yt", held=True, author_name=None),
        "other": town.comment("other", at(MONDAY, "08.30"), "Är förskolan öppen?", channel_id="forskola"),
    }
    with town.db.transaction() as session:
        flag = {"kind": "breach", "words": ["akta dig"], "comment_id": ids["flagged"]}
        session.add(Flag(key="walk", channel_id="fb", at=at(MONDAY, "08.21"), **flag))
        for channel in ("fb", "yt"):
            when = {"started_at": now, "finished_at": now + timedelta(minutes=1)}
            session.add(PollRun(channel_id=channel, claim="c", full=False, outcome="complete", **when))
    keep_days(town.db, at(MONDAY, "09.50"))
    return ids


def _days(town: Town) -> None:
    """The days before this Monday: most of them watched, the last two less so."""
    early = [each for each in working_days(town.db, BEGAN, at(FRIDAY, "12.00")) if each < THURSDAY]
    with town.db.transaction() as session:
        names = (*BY_MACHINE, "grupp")
        then = at(THURSDAY, "00.00")
        days = [watched_day(id_, day, then, BUT.get((id_, day), {})) for day in early for id_ in names]
        session.add_all(days)
        audited_all(session, SYSTEM, "watch_day.concluded", map(_said, days), then)
        for day, failing in ((THURSDAY, ""), (FRIDAY, "forskola")):
            for id_ in BY_MACHINE:
                when = {"started_at": at(day, "07.40"), "finished_at": at(day, "07.41")}
                came = (
                    {"outcome": "failed", "error_kind": "auth_expired"} if id_ == failing else {"outcome": "complete"}
                )
                session.add(PollRun(channel_id=id_, claim="c", full=False, **came, **when))
    keep_days(town.db, at(FRIDAY, "09.00"))


def _said(day: WatchDay) -> Said:
    told = {name: getattr(day, name) for name in ("verdict", "how", "reason", "first_complete_at")}
    return Said(subject_of(day.channel_id, day.day), after=told)


def _words(desk: Desk) -> None:
    """Templates and a signature."""
    texts = {
        "Vattenavstängning": "Tack för din fråga! Skriv till {email} eller ring {phone}.",
        "Tack": "Tack för att du hör av dig till {organisation}!",
    }
    with desk.db.transaction() as session:
        for name, text in texts.items():
            add_template(session, name, "sv", text, "redaktor", desk.clock())
        sign_as(session, EVERYBODY, "Rut, Tibro kommun", "redaktor", desk.clock())
