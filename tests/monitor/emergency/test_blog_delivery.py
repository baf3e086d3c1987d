"""A crisis message on a WordPress blog, through the whole engine, counted at the blog."""

from datetime import UTC, datetime

import pytest

from connectors.emulator.faults import Fault, Kind
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.register.models import Channel
from tests.connectors.publishing_stages import blog_site
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub


@pytest.fixture
def here(sqlite: Database, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Broadcast:
    monkeypatch.setenv("KANALVAKT_PRIVATE_ADDRESSES", "true")
    put_up_hub(monkeypatch)
    emulator.world.clock = datetime.now(UTC)  # until when the blog asks to wait is said by ours
    return Broadcast(sqlite, emulator, "blog")


@pytest.mark.parametrize("call", [r"/posts$", r"/posts/\d+$"])
@pytest.mark.parametrize("fault", ["lose", "reset", "truncate", "empty"])
def test_whatever_answer_is_lost_there_is_one_post_and_it_counts(here: Broadcast, call: str, fault: Kind) -> None:
    here.emulator.faults.add(Fault(fault, method="POST", path=call))
    here.sent()
    here.to_the_end()
    found = here.delivery("blog")
    assert (found.state, found.way, len(here.effects)) == ("verified", "machine", 1)
    assert found.url == f"{here.emulator.url}/blogg/{found.marker}/"
    assert len(blog_site(here.emulator).writing.written) == 1


def test_a_login_that_ends_in_the_middle_is_told_with_what_to_do(here: Broadcast) -> None:
    body = '{"code":"incorrect_password","message":"x","data":{}}'
    here.emulator.faults.add(Fault("status", method="POST", path=r"/posts/\d+$", status=401, body=body))
    here.sent()
    here.to_the_end()
    assert (here.delivery("blog").state, here.effects) == ("rejected", [])
    assert "application password" in (here.delivery("blog").remedy or "")


def test_a_blog_that_asks_to_wait_is_asked_again_and_one_that_is_slow_is_waited_for(here: Broadcast) -> None:
    wait = {"Retry-After": "20"}
    here.emulator.faults.add(Fault("status", method="POST", path=r"/posts/\d+$", status=429, headers=wait))
    here.emulator.faults.add(Fault("latency", times=None, seconds=0.2))
    here.sent()
    here.to_the_end()
    assert (here.delivery("blog").state, len(here.effects)) == ("verified", 1)


def test_a_correction_and_a_withdrawal_are_posts_of_their_own_and_nothing_is_taken_away(here: Broadcast) -> None:
    first = here.sent()
    here.to_the_end()
    for kind in ("correction", "cancel"):
        here.sent(kind, earlier_id=first, headline="Det stämde inte")
        here.to_the_end()
    written = blog_site(here.emulator).writing.written.values()
    assert [each.status for each in written] == ["publish"] * 3
    assert [each.title.partition(":")[0] for each in written] == ["Strömavbrott i Tibro", "RÄTTELSE", "ÅTERKALLAT"]


def test_without_a_user_of_the_blog_it_is_for_people(here: Broadcast) -> None:
    here.town.change(Channel, "blog", credential={})
    here.sent()
    assert (here.delivery("blog").way, here.delivery("blog").state) == ("by_hand", "needs_human")
