"""A month of questions and answers, as its figures are shown: what a report looks like where people do answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import Browser

from config.settings import Settings
from monitor.db import Database
from monitor.register.models import Channel, Person
from tests.monitor.days.almanac import at
from tests.monitor.town import Town
from tests.web.conftest import serve, session_of
from tests.web.days.walking import walking, ways

pytestmark = pytest.mark.browser
FIRST, LAST = date(2026, 10, 19), date(2026, 11, 13)
CHANNELS = {"fb": ("facebook", 3, 2), "ig": ("instagram", 2, 3), "yt": ("youtube", 1, 26)}
"""The platform, how many ask in three days, and how many hours the first answer takes."""


@dataclass
class AnsweringTown:
    """The Friday on which the month ends, 15.00."""

    url: str
    town: Town
    faults: list[str] = field(default_factory=list)

    def hears(self, kind: str, said: str) -> None:
        if kind in {"error", "warning"}:
            self.faults.append(said)

    def word(self, person_id: str) -> str:
        return session_of(self.town.db, person_id)


@pytest.fixture
def answering(sqlite: Database) -> Iterator[AnsweringTown]:
    town = Town(sqlite)
    town.person("chef", name="Karin Chef", roles=["unit_manager", "communicator"])
    town.change(Person, "redaktor", roles=["moderator"])
    for id_, (platform, _often, _hours) in CHANNELS.items():
        name = f"Tibro kommun på {platform.title()}"
        if id_ != "fb":
            town.channel(id_, platform=platform, external_id=f"own-{id_}")
        town.change(Channel, id_, name=name, watched_since=at(FIRST, "07.00"))
        town.schedule(id_)
    for number, (channel, asked, answered) in enumerate(_asked()):
        own = {"channel_id": channel, "post_external_id": f"p{number}"}
        town.comment(f"q{number}", asked, author_id=f"r{number}", **own)
        if answered is not None:
            us = "page-1" if channel == "fb" else f"own-{channel}"
            town.comment(f"a{number}", answered, "Svar", parent_external_id=f"q{number}", author_id=us, **own)
    with time_machine.travel(at(LAST, "15.00")):
        for url in serve(sqlite, Settings()):
            yield AnsweringTown(url, town)


def _asked() -> Iterator[tuple[str, datetime, datetime | None]]:
    """Channel, when it was asked, and when answered; every ninth question is still open."""
    days = [day for day in (FIRST + timedelta(days=each) for each in range(26)) if day.weekday() < 5]
    number = 0
    for place, day in enumerate(days):
        for channel, (_platform, often, hours) in CHANNELS.items():
            for each in range((place * often + often) // 3 - place * often // 3 + (place % 4 == 1)):
                number += 1
                asked = at(day, "08.00") + timedelta(minutes=47 * each + 13 * (place % 7))
                answered = asked + timedelta(hours=hours + number % 4, minutes=7 * number % 60)
                yield channel, asked, answered if number % 9 and answered < at(LAST, "15.00") else None


@pytest.mark.parametrize(("language", "script"), ways(("sv", True)))
def test_a_managers_figures(answering: AnsweringTown, browser: Browser, language: str, script: bool) -> None:
    with walking(answering, browser, "figures", language, script=script) as walk:  # type: ignore[arg-type]
        walk.comes_in("chef")
        walk.go(f"/reports?from={FIRST}&to={LAST}")
        walk.sees("How residents are answered")
        walk.stop("a month of answers")
