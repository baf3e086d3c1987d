"""What other systems are told of readings: what is new and what has changed, once; nothing of what is historic."""

from datetime import timedelta

from connectors.errors import Unavailable
from monitor.audit.outgoing_rules import Event
from monitor.inbox.looking import store
from monitor.watch.models import Schedule
from tests.monitor.alerts.receiver import listen, outbox
from tests.monitor.watch.conftest import Watch
from tests.monitor.watch.platform import Platform


def minute(platform: Platform) -> None:
    platform.now += timedelta(minutes=1)


def test_what_a_reading_brings_and_notices_is_told_once(watch: Watch) -> None:
    platform = watch.platform
    platform.post()
    platform.comment("old", posted_at=platform.now - timedelta(days=400))
    listen(watch.db)
    watch.poll()
    minute(platform)
    platform.comment("c1")
    platform.comment("c2")
    platform.comment("c3")
    platform.reply("r1", to="c1")
    watch.poll()
    numbers = {id_: str(comment.id) for id_, comment in watch.comments().items()}
    assert sorted(outbox(watch.db)) == [
        ("comment.answered", numbers["c1"], {"reply": int(numbers["r1"])}),
        *sorted(("comment.received", numbers[each], {}) for each in ("c1", "c2", "c3")),
    ], "what was written before the watch began is no news"
    minute(platform)
    platform.change("c1", text="Nytt")
    platform.change("c2", hidden=True)
    platform.delete("c3")
    platform.change("r1", text="På tisdag.")
    before = len(outbox(watch.db))
    watch.poll()
    assert sorted(outbox(watch.db)[before:]) == [
        ("comment.edited", numbers["c1"], {}),
        ("comment.gone", numbers["c3"], {}),
        ("comment.hidden", numbers["c2"], {}),
    ], "what changes in our own replies is nobody's news"
    minute(platform)
    watch.poll()
    assert len(outbox(watch.db)) == before + 3


def test_a_first_import_of_everything_tells_nothing_of_what_is_historic(quick: Watch) -> None:
    listen(quick.db)
    quick.platform.post()
    for number in range(20):
        quick.platform.comment(f"c{number}", posted_at=quick.platform.now - timedelta(days=30 + number))
    quick.poll()
    assert len(quick.comments()) == 20
    assert outbox(quick.db) == []


def test_what_is_read_of_one_thread_after_an_answer_is_told_too(quick: Watch) -> None:
    quick.platform.post()
    quick.platform.comment("c1")
    quick.poll()
    listen(quick.db, Event.COMMENT_ANSWERED)
    minute(quick.platform)
    quick.platform.reply("r1", to="c1")
    with quick.db.transaction() as session:
        store(session, "fb", quick.platform.reading(), "token", quick.platform.now)
    minute(quick.platform)
    quick.poll()
    comments = quick.comments()
    assert outbox(quick.db) == [("comment.answered", str(comments["c1"].id), {"reply": comments["r1"].id})]


def test_a_visitors_post_is_answered_by_our_comment_below_it_and_our_own_post_is_not(quick: Watch) -> None:
    quick.platform.post()
    quick.platform.visitor_post("v1")
    quick.poll()
    listen(quick.db)
    minute(quick.platform)
    ours = quick.platform.posts["p1"].author
    quick.platform.comment("r1", post="v1", author=ours)
    quick.platform.comment("r2", post="p1", author=ours)
    quick.poll()
    comments = quick.comments()
    assert outbox(quick.db) == [("comment.answered", str(comments["v1"].id), {"reply": comments["r1"].id})]


def test_that_a_channel_cannot_be_read_is_told_when_it_begins_and_when_it_ends(quick: Watch) -> None:
    listen(quick.db)
    quick.platform.post()
    quick.poll()
    for error in (Unavailable("HTTP 502"), Unavailable("HTTP 502"), None, None):
        minute(quick.platform)
        quick.platform.error = error
        quick.poll()
    assert outbox(quick.db) == [("channel.failing", "fb", {"kind": "unavailable"}), ("channel.recovered", "fb", {})]


def test_a_reading_whose_claim_was_lost_tells_nothing(quick: Watch) -> None:
    quick.platform.post()
    quick.poll()
    listen(quick.db)
    minute(quick.platform)
    quick.platform.comment("c1")
    quick.platform.during = lambda: quick.town.change(Schedule, "fb", claim="somebody else's")
    assert quick.poll().outcome == "lost"
    assert outbox(quick.db) == []
