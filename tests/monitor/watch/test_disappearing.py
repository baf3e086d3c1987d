"""What a reading claims to have listed to its end and does not show is gone; whatever it does not claim stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.base import Covered
from connectors.errors import Unavailable
from tests.monitor.watch.conftest import Watch
from tests.monitor.watch.platform import MONDAY, Platform


def town_square(platform: Platform) -> None:
    """An own post with two threads, one of them with a reply, a held comment and a held reply; a visitor's post with
    a comment and a reply."""
    platform.post("p1")
    platform.comment("c1")
    platform.reply("r1", to="c1")
    platform.reply("r1-held", to="c1", held=True)
    platform.comment("c2", posted_at=MONDAY - timedelta(days=10))
    platform.comment("held", held=True)
    platform.visitor_post("v1")
    platform.comment("vc1", post="v1", thread_external_id="v1")
    platform.comment("vr1", post="v1", thread_external_id="v1", parent_external_id="vc1")


@pytest.mark.parametrize(
    ("claim", "gone"),
    [
        (Covered("post", "p1"), {"c1", "r1", "c2", "r1-held"}),
        (Covered("post", "p1", held=True), {"r1-held", "held"}),
        (Covered("post", "p1", since=MONDAY - timedelta(days=1)), {"c1", "r1", "r1-held"}),
        (Covered("post", "v1"), {"vc1", "vr1"}),
        (Covered("thread", "c1"), {"r1"}),
        (Covered("thread", "c1", held=True), {"r1-held"}),
        (Covered("thread", "v1"), {"vc1", "vr1"}),
        (Covered("threads"), {"c1", "r1", "r1-held", "c2", "vc1", "vr1"}),
        (Covered("threads", held=True), {"held"}),
        (Covered("threads", since=MONDAY), {"c1", "r1", "r1-held", "vc1", "vr1"}),
        (Covered("posts"), {"v1", "vc1", "vr1"}),
        (Covered("posts", since=MONDAY + timedelta(days=1)), set()),
        (Covered("post", "p2"), set()),
    ],
    ids=lambda value: repr(value) if isinstance(value, Covered) else " ".join(sorted(value)) or "nothing",
)
def test_exactly_what_a_claim_covers_is_gone(watch: Watch, claim: Covered, gone: set[str]) -> None:
    """With a top-level comment its replies go, held ones too, and with a visitor's post all below: platforms do so."""
    town_square(watch.platform)
    watch.record()
    watch.platform.delete(*list(watch.platform.comments))
    run = watch.record(replace(watch.platform.reading(), covered=(claim,)))
    assert watch.missing() == gone
    assert run.gone == len(gone)
    assert all(watch.kinds(id_) == ["gone"] for id_ in gone)


def test_gone_tells_since_when_and_keeps_the_text(watch: Watch) -> None:
    watch.platform.comment("c1", "Hur länge till?")
    watch.record()
    watch.platform.delete("c1")
    watch.record()
    since = watch.platform.now
    assert watch.record().gone == 0, "it is gone once"
    stored = watch.comment("c1")
    assert (stored.missing_since, stored.text) == (since, "Hur länge till?")
    assert watch.kinds("c1") == ["gone"]


def test_what_comes_back_is_not_missing_any_more(watch: Watch) -> None:
    watch.platform.comment("c1")
    kept = watch.platform.comments["c1"]
    watch.record()
    watch.platform.delete("c1")
    watch.record()
    watch.platform.comments["c1"] = kept
    run = watch.record()
    assert watch.comment("c1").missing_since is None
    assert watch.kinds("c1") == ["gone", "back"]
    assert (run.new, run.edited) == (0, 0)


def test_what_comes_back_may_be_edited_meanwhile(quick: Watch) -> None:
    quick.platform.comment("c1", "ett")
    quick.record()
    quick.platform.delete("c1")
    quick.record()
    quick.platform.comment("c1", "två")
    assert quick.record().edited == 1
    assert quick.kinds("c1") == ["gone", "back", "edited"]


def test_a_reply_that_is_shown_stays_though_its_thread_is_gone(quick: Watch) -> None:
    town_square(quick.platform)
    quick.record()
    quick.platform.delete("c1")
    quick.record(replace(quick.platform.reading(), covered=(Covered("threads"),)))
    assert quick.missing() == {"c1"}


def test_what_moved_into_the_held_queue_is_not_gone(quick: Watch) -> None:
    town_square(quick.platform)
    quick.record()
    quick.platform.change("c2", held=True)
    both = (Covered("threads"), Covered("threads", held=True))
    quick.record(replace(quick.platform.reading(), covered=both))
    assert quick.missing() == set()
    assert quick.kinds("c2") == ["held"]


@pytest.mark.parametrize("covered", [(), (Covered("post", "p1"),)], ids=["nothing listed", "one post listed"])
def test_a_reading_that_broke_off_takes_only_what_it_listed_before(quick: Watch, covered: tuple[Covered, ...]) -> None:
    town_square(quick.platform)
    quick.record()
    quick.platform.delete("c1", "vc1")
    broken = replace(quick.platform.reading(), covered=covered, error=Unavailable("HTTP 502"))
    quick.record(broken)
    assert quick.missing() == ({"c1"} if covered else set())


def test_many_can_disappear_at_once(watch: Watch) -> None:
    ids = [f"c{number}" for number in range(3000)]
    watch.platform.post()
    for id_ in ids:
        watch.platform.comment(id_)
    watch.record()
    watch.platform.delete(*ids[1:])
    assert watch.record().gone == len(ids) - 1
    assert watch.missing() == set(ids[1:])
