"""What is worth mending about a channel, though the register is sound."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.language import use_language
from monitor.db import Database
from monitor.register.account_text import POINTS, check_due, missing
from monitor.register.file import RegisterFile
from monitor.register.importing import import_register
from monitor.register.warnings import Facts, about, warnings, warnings_of
from monitor.watch.overview import channels

TODAY = date(2026, 11, 23)
SOUND = Facts(
    platform="facebook",
    address="https://www.facebook.com/tibrokommun",
    administrators=("a", "b"),
    points=tuple(POINTS),
    checked_on=date(2026, 1, 12),
    mails=("a@example.org", "b@example.org"),
)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with use_language("en"):
        yield


def test_nothing_is_said_of_a_channel_that_is_in_order() -> None:
    assert about(SOUND, TODAY) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"administrators": ()}, "Nobody is named as the account's administrator"),
        ({"administrators": ("a",)}, "Only one person administers the account"),
        ({"administrators": ("a", "a")}, "Only one person administers the account"),
        ({"points": ("who",)}, "lacks: What the channel is for, Who can see what is written, "),
        ({"points": tuple(POINTS)[:-1]}, "The account's presentation lacks: How personal data are used."),
        ({"points": (), "checked_on": None}, "Nobody has looked"),
        ({"checked_on": None}, "It is not known when"),
        ({"checked_on": date(2025, 11, 22)}, "on 2025-11-22: look again."),
        ({"checked_on": date(2062, 1, 12)}, "on 2062-01-12, which is yet to come."),
        ({"address": "https://www.facebok.com/tibrokommun"}, "does not lie on facebook.com"),
        ({"address": "https://notfacebook.com/tibrokommun"}, "does not lie on facebook.com"),
        ({"platform": "youtube"}, "does not lie on youtube.com, youtu.be"),
        ({"mails": ("a@example.org", "A@example.org")}, "share one e-mail address"),
    ],
)
def test_each_thing_worth_mending_is_one_sentence(changes: dict[str, object], says: str) -> None:
    found = about(replace(SOUND, **changes), TODAY)  # type: ignore[arg-type]
    assert len(found) == 1
    assert says in found[0]


@pytest.mark.parametrize("address", ["https://facebook.com/x", "https://sv-se.facebook.com/x", "https://fb.com/x"])
def test_an_address_anywhere_below_the_platforms_hosts_fits(address: str) -> None:
    assert about(replace(SOUND, address=address), TODAY) == []


@pytest.mark.parametrize("platform", ["blog", "other"])
def test_some_platforms_lie_anywhere(platform: str) -> None:
    assert about(replace(SOUND, platform=platform, address="https://example.org/blogg"), TODAY) == []


def test_a_website_has_no_account_to_look_after() -> None:
    bare = replace(SOUND, platform="website", administrators=(), points=(), checked_on=None)
    assert about(bare, TODAY) == []
    assert about(replace(bare, mails=("a@b.se", "a@b.se")), TODAY) != []


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 800))
def test_a_presentation_is_looked_at_again_when_a_year_has_gone_by(checked: date, days: int) -> None:
    today = date.fromordinal(checked.toordinal() + days)
    leap_day = (checked.month, checked.day) == (2, 29)
    year_later = date(checked.year + 1, checked.month, 28 if leap_day else checked.day)
    assert check_due(checked, today) == (today > year_later)


@given(st.sets(st.sampled_from(sorted(POINTS))))
def test_a_point_is_either_there_or_missing(points: set[str]) -> None:
    assert set(missing(points)) == set(POINTS) - points


def test_the_register_file_and_the_database_warn_alike(sqlite: Database, sample: RegisterFile) -> None:
    assert warnings_of(sample, TODAY) == {}
    poor = [entry.model_copy(update={"administrators": ["redaktor"]}) for entry in sample.channel]
    changed = sample.model_copy(update={"channel": poor})
    with sqlite.transaction() as session:
        import_register(session, changed, datetime(2026, 11, 23, tzinfo=UTC))
        told = warnings(session, TODAY)
        overview = {row.id: list(row.warnings) for row in channels(session, TODAY) if row.warnings}
    assert told == warnings_of(changed, TODAY) == overview
    assert told.keys() == {entry.id for entry in changed.channel} - {"webbplats"}


def test_a_retired_channel_is_not_warned_of(sqlite: Database, sample: RegisterFile) -> None:
    with sqlite.transaction() as session:
        import_register(session, sample, datetime(2026, 11, 23, tzinfo=UTC))
        rest = sample.model_copy(update={"channel": sample.channel[1:]})
        import_register(session, rest, datetime(2026, 11, 23, tzinfo=UTC))
        assert "facebook" not in warnings(session, date(2030, 1, 1))
        assert "instagram" in warnings(session, date(2030, 1, 1))
