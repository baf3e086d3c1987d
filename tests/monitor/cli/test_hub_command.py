"""`kanalvakt hub`: from what stands on the platforms, through a reading, to the list of what is missing on the web."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connectors.emulator.server import Emulator
from connectors.emulator.world import Account, Post, Token, World
from monitor.audit.models import AuditEntry
from monitor.db import database
from monitor.db.migrating import upgrade
from monitor.register.models import Channel, Organisation
from tests.connectors.graph_stages import INSTAGRAM_SCOPES, SCOPES
from tests.monitor.cli.conftest import Command
from tests.monitor.town import Town

EVENT = "https://www.vastsverige.com/tibro/evenemang/hostmarknad"
Gaps = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def world(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> World:
    """A page (`fb`), an account (`ig`) and a video channel (`yt`) of the town, which is in the settings' database."""
    upgrade(database())
    town, world = Town(database()), emulator.world
    world.clock = datetime.now(UTC) - timedelta(hours=1)
    page = world.account("facebook", "1122334455", "tibrokommun", "Tibro kommun")
    account = world.account("instagram", "17841400000000001", "tibrokommun", "Tibro kommun", page_id=page.id)
    videos = world.account("youtube", "UCtibro0000000000000000x", "tibrokommun", "Tibro kommun")
    tokens = {"FB": Token("EAApage", "page", page, SCOPES), "IG": Token("IGpage", "page", account, INSTAGRAM_SCOPES)}
    for name, token in (tokens | {"YT": Token("AIzaKey", "api_key", videos)}).items():
        world.token(token)
        monkeypatch.setenv(name, token.value)
    town.change(Organisation, 1, website="https://www.tibro.se")
    town.change(Channel, "fb", external_id=page.id, credential={"token_env": "FB"})
    town.channel("ig", platform="instagram", external_id=account.id, credential={"token_env": "IG"})
    town.channel("yt", platform="youtube", external_id=videos.id, credential={"api_key_env": "YT"})
    return world


@pytest.fixture
def gaps(kanalvakt: Command) -> Gaps:
    """Reads all channels again, and gives the list as programs get it."""

    def list_(*words: str) -> list[dict[str, Any]]:
        read = kanalvakt("poll", "--all", "--full")
        assert read.code == 0, read.err
        answer = kanalvakt("hub", "gaps", "--json", *words)
        found: list[dict[str, Any]] = json.loads(answer.out)
        assert (answer.code, answer.err) == (int(any(each["hub"] == "missing" for each in found)), "")
        return found

    return list_


def account(world: World, platform: str) -> Account:
    return next(each for each in world.accounts.values() if each.platform == platform)


def publish(world: World, platform: str, text: str, link: str = "") -> Post:
    world.advance(60)
    return world.publish(account(world, platform), text, link=link)


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [each["external_id"] for each in found]


def test_a_post_without_a_link_is_on_the_list_at_the_next_reading_and_goes_when_it_is_linked(
    world: World, gaps: Gaps, kanalvakt: Command
) -> None:
    assert gaps() == []
    post = publish(world, "facebook", "Badhuset öppnar på måndag")
    [gap] = gaps()
    assert (gap["external_id"], gap["channel"], gap["days"], gap["text"]) == (post.id, "fb", 0, post.text)
    assert gap["permalink"].startswith("https://www.facebook.com/")
    answer = kanalvakt("hub", "link", str(gap["post"]), "https://www.tibro.se/badhuset", "--by", "redaktor")
    assert (answer.code, answer.out) == (0, f"Noterat för fb {post.id}.\n")
    assert gaps() == []
    [shown] = gaps("--all")
    assert (shown["hub"], shown["because"], shown["by"]) == ("linked", "https://www.tibro.se/badhuset", "redaktor")


def test_a_post_that_is_dismissed_with_a_reason_is_gone_and_logged(
    world: World, gaps: Gaps, kanalvakt: Command
) -> None:
    post = publish(world, "facebook", "Glad sommar önskar vi alla!")
    assert ids(gaps()) == [post.id]
    assert kanalvakt("hub", "dismiss", post.id, "--reason", "Bara en hälsning", "--by", "redaktor").code == 0
    assert gaps() == []
    with database().snapshot() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.act == "hub.dismissed"))
    assert (entry.actor, entry.subject) == ("redaktor", f"fb/{post.id}")
    assert entry.after == {"note": 1, "kind": "dismissed", "url": None, "reason": "Bara en hälsning"}
    assert kanalvakt("hub", "reopen", post.id, "--by", "redaktor").code == 0
    assert ids(gaps()) == [post.id]


def test_a_link_counts_wherever_the_platform_keeps_it(world: World, gaps: Gaps) -> None:
    publish(world, "facebook", "Läs mer på tibro.se/bad.")
    publish(world, "facebook", "Läs mer", link="https://www.tibro.se/bad?a=1")
    publish(world, "instagram", "Badet öppnar\n\u2063\nLäs mer: WWW.TIBRO.SE/BAD 🏊\n#tibro")
    publish(world, "youtube", "Så öppnar badet\nAllt om badet: https://www.tibro.se/bad (på svenska).")
    without = [publish(world, platform, "Badet öppnar") for platform in ("facebook", "instagram", "youtube")]
    other = publish(world, "facebook", "Läs mer", link="https://tibro.se.example.com/bad")
    world.publish(account(world, "facebook"), "När öppnar badet?", author=world.person("facebook", "Anna"))
    assert ids(gaps()) == [other.id, *(post.id for post in reversed(without))]
    assert ids(gaps("--channel", "yt")) == [without[-1].id]


def test_a_page_of_the_regions_events_counts_only_if_the_organisation_has_listed_it(world: World, gaps: Gaps) -> None:
    post = publish(world, "facebook", "Höstmarknad på torget", link=EVENT)
    assert ids(gaps()) == [post.id]
    with database().transaction() as session:
        session.scalars(select(Organisation)).one().hub_hosts = ["vastsverige.com"]
    assert gaps() == []


def test_a_link_that_is_put_into_the_post_later_is_seen(world: World, gaps: Gaps) -> None:
    post = publish(world, "facebook", "Badhuset öppnar")
    assert ids(gaps()) == [post.id]
    world.edit(post, "Badhuset öppnar: tibro.se/bad")
    assert gaps() == []


def test_people_see_a_table_and_that_nothing_is_missing(world: World, gaps: Gaps, kanalvakt: Command) -> None:
    assert kanalvakt("hub", "gaps").out == "Inget saknas på webbplatsen.\n"
    publish(world, "facebook", "Badhuset öppnar\npå måndag")
    gaps()
    answer = kanalvakt("hub", "gaps")
    assert (answer.code, answer.err) == (1, "")
    assert "\tfb\tsaknas på webbplatsen\tBadhuset öppnar på måndag\thttps://www.facebook.com/" in answer.out


def test_without_a_website_it_says_what_to_write_where(world: World, kanalvakt: Command) -> None:
    assert world.posts == {}
    with database().transaction() as session:
        session.scalars(select(Organisation)).one().website = None
    answer = kanalvakt("hub", "gaps")
    assert (answer.code, answer.out) == (3, "")
    assert "skriv `website` under [organisation]" in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("link", "{id}", "https://www.example.org/", "--by", "redaktor"), "tibro.se"),
        (("link", "{id}", "badhuset", "--by", "redaktor"), "ingen webbadress"),
        (("link", "{id}", "https://www.tibro.se/", "--by", "redaktorn"), "redaktor"),
        (("dismiss", "{id}", "--reason", " ", "--by", "redaktor"), "varför"),
        (("dismiss", "999", "--reason", "x", "--by", "redaktor"), "hub gaps --all"),
        (("reopen", "{id}", "--by", "redaktor"), "Ingen har"),
        (("gaps", "--channel", "facebook"), "facebook"),
    ],
)
def test_wrong_words_are_told_with_what_is_right(
    world: World, gaps: Gaps, kanalvakt: Command, words: tuple[str, ...], said: str
) -> None:
    post = publish(world, "facebook", "Badhuset öppnar")
    assert ids(gaps()) == [post.id]
    answer = kanalvakt("hub", *(word.replace("{id}", post.id) for word in words))
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert ids(gaps()) == [post.id]
