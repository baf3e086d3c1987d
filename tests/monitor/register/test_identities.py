"""What the organisation is called on each network, so that its own answers are known as its own."""

import pytest

from connectors import EVERY_PLATFORM
from connectors.about import About
from monitor.db import Database
from monitor.register.consistency import inconsistencies
from monitor.register.identities import handles, identities
from monitor.register.models import Channel, Person, Unit


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("https://www.facebook.com/tibrokommun", ["tibrokommun"]),
        ("https://www.facebook.com/tibrokommun/?locale=sv_SE", ["tibrokommun"]),
        ("https://www.facebook.com/pages/Tibro-kommun/1122", ["1122"]),
        ("https://www.facebook.com/profile.php?id=1122", ["1122"]),
        ("https://www.instagram.com/tibrokommun/", ["tibrokommun"]),
        ("https://www.youtube.com/@tibrokommun/videos", ["@tibrokommun"]),
        ("https://www.youtube.com/channel/UCx/about", ["UCx"]),
        ("https://www.youtube.com/c/Tibro%C3%A5", ["Tibroå"]),
        ("https://www.youtube.com/user/tibro", ["tibro"]),
        ("https://www.facebook.com/", []),
        ("https://www.facebook.com/pages", []),
    ],
)
def test_an_address_holds_the_accounts_name(address: str, names: list[str]) -> None:
    assert handles(address) == names


def on(platform: str) -> Channel:
    base = {"id": "new", "name": "N", "unit_id": "u", "responsible_id": "r"}
    return Channel(platform=platform, address="https://example.org/", **base)


def register(db: Database, *accounts: tuple[str, str, str | None, str]) -> None:
    """(platform, address, external id, state) of each channel."""
    with db.transaction() as session:
        session.add(Person(id="r", name="R"))
        session.add(Unit(id="u", name="U"))
        session.flush()
        for number, (platform, address, external_id, state) in enumerate(accounts):
            base = {"unit_id": "u", "responsible_id": "r", "name": "N", "state": state}
            session.add(Channel(id=f"c{number}", platform=platform, address=address, external_id=external_id, **base))


def test_ids_and_handles_of_all_channels_on_the_network_are_known_in_lower_case(sqlite: Database) -> None:
    register(
        sqlite,
        ("facebook", "https://www.facebook.com/TibroKommun", "1122", "active"),
        ("facebook", "https://www.facebook.com/tibrobibliotek", None, "active"),
        ("youtube", "https://www.youtube.com/@TibroFilm", "UCAbC", "active"),
    )
    with sqlite.snapshot() as session:
        assert identities(session, on("facebook")) == {"tibrokommun", "1122", "tibrobibliotek"}
        assert identities(session, on("youtube")) == {"tibrofilm", "ucabc"}
        assert identities(session, on("instagram")) == set()


def test_a_retired_channel_is_still_the_organisation(sqlite: Database) -> None:
    register(sqlite, ("facebook", "https://www.facebook.com/gamla", "1", "retired"))
    with sqlite.snapshot() as session:
        assert identities(session, on("facebook")) == {"gamla", "1"}


def test_both_ways_to_read_instagram_are_one_network(sqlite: Database) -> None:
    register(
        sqlite,
        ("instagram", "https://www.instagram.com/tibrokommun", "178", "active"),
        ("instagram_public", "https://www.instagram.com/tibrobadet", "tibrobadet", "active"),
    )
    with sqlite.snapshot() as session:
        both = {"tibrokommun", "178", "tibrobadet"}
        assert identities(session, on("instagram")) == identities(session, on("instagram_public")) == both


def test_a_channel_may_have_several_ids_with_commas_between(sqlite: Database) -> None:
    register(sqlite, ("facebook", "https://www.facebook.com/tibrokommun", "1122, 3344,", "active"))
    with sqlite.snapshot() as session:
        assert identities(session, on("facebook")) == {"tibrokommun", "1122", "3344"}


def test_where_ids_are_local_the_organisation_is_known_by_those_of_the_channel_alone(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EVERY_PLATFORM, "facebook", About("Blog", local_ids=True))
    register(
        sqlite,
        ("facebook", "https://blogg.example.org/2026/", "3, 7", "active"),
        ("facebook", "https://skola.example.org/", "5", "active"),
    )
    with sqlite.snapshot() as session:
        assert identities(session, session.get_one(Channel, "c0")) == {"3", "7"}


def test_the_same_local_id_at_two_addresses_is_no_account_that_is_there_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    channels = [{"id": name, "platform": "facebook", "external_id": "1"} for name in ("a", "b")]
    twice = "två gånger"
    assert any(twice in fault.what for fault in inconsistencies({"channel": channels}))
    monkeypatch.setitem(EVERY_PLATFORM, "facebook", About("Blog", local_ids=True))
    assert not any(twice in fault.what for fault in inconsistencies({"channel": channels}))
