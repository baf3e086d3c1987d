"""A WordPress blog is read completely, at the price of its changes."""

from connectors.base import Author, Covered
from connectors.emulator.faults import Fault
from tests.connectors.blog.blog import daily, read, requests_for, site
from tests.connectors.stage import Stage, by_id, is_claimed, texts, wrongly_claimed

A_DAY = 86_400


def test_an_answer_to_an_answer_stands_in_the_thread_of_the_first(stage: Stage) -> None:
    first = stage.comment(stage.post(), "När öppnar badet?")
    second = stage.comment(first, "Det undrar jag också")
    third = stage.comment(second, "Och jag")
    found = by_id(read(stage), third)
    assert (found.thread_external_id, found.parent_external_id) == (first.id, first.id)


def test_an_answer_to_a_comment_that_is_not_listed_any_more_costs_one_request_once(stage: Stage) -> None:
    post = stage.post()
    old = stage.comment(post, "Finns fyndet kvar?")
    between = stage.comment(old, "Hoppas det")
    stage.world.advance(10 * A_DAY)
    for number in range(105):
        stage.comment(post, f"Nytt {number}")
    stage.world.advance(10 * A_DAY)
    read(stage)
    late = stage.comment(between, "Hallå?")
    reading = read(stage)
    assert by_id(reading, late).thread_external_id == old.id
    assert reading.requests == 1 + 2  # what it answers, and what that answers
    assert requests_for(stage) == 1
    assert by_id(read(stage, full=True), late).thread_external_id == old.id


def test_an_answer_to_something_that_is_not_public_is_read_and_named_after_it(stage: Stage) -> None:
    held = stage.comment(stage.post(), "Reklam")
    reply = stage.comment(held, "Sluta med det där")
    stage.world.hold(held)
    reading = read(stage)
    assert texts(reading).keys() == {reply.id}
    assert by_id(reading, reply).thread_external_id == held.id


def test_only_the_number_of_a_user_tells_who_wrote_and_never_a_name(stage: Stage) -> None:
    comment = stage.comment(stage.post(), "När?")
    ours = stage.world.answer(comment, "På måndag")
    somebody = stage.world.person("blog", "Tibro kommun")
    theirs = stage.world.comment(comment, somebody, "På tisdag, säger vi")
    registered = stage.world.person("blog", "Eva")
    site(stage).contents.users[registered.id] = 12
    answer = stage.world.comment(comment, registered, "Tack")
    reading = read(stage)
    assert by_id(reading, ours).author == Author(external_id="3", name="Tibro kommun")
    assert by_id(reading, theirs).author == Author(external_id=None, name="Tibro kommun")
    assert by_id(reading, answer).author == Author(external_id="12", name="Eva")


def test_a_late_approval_far_down_is_found_by_the_blogs_own_count(stage: Stage) -> None:
    post = stage.post(comments=3)
    held = stage.comment(post, "Är det här synligt?")
    stage.world.hold(held)
    for number in range(250):
        stage.comment(post, f"Fråga {number}")
    stage.world.advance(10 * A_DAY)
    read(stage)
    assert requests_for(stage) == 1
    stage.world.release(held)
    assert held.id in texts(read(stage))
    assert requests_for(stage) == 1


def test_a_deletion_far_down_is_found_by_the_blogs_own_count(stage: Stage) -> None:
    post = stage.post(comments=250)
    stage.world.advance(10 * A_DAY)
    read(stage)
    gone = stage.world.comments_of(post)[20]
    stage.world.delete(gone)
    stage.comment(post, "Hej")
    reading = read(stage)
    assert is_claimed(reading, gone)
    assert requests_for(stage) == 1


def test_what_comes_and_goes_far_down_at_once_is_found_by_a_daily_reading(stage: Stage) -> None:
    post = stage.post()
    held = stage.comment(post, "Är det här synligt?")
    stage.world.hold(held)
    for number in range(250):
        stage.comment(post, f"Fråga {number}")
    stage.world.advance(10 * A_DAY)
    read(stage)
    gone = stage.world.comments_of(post)[20]
    stage.world.delete(gone)
    stage.world.release(held)
    assert held.id not in texts(read(stage))
    reading = daily(stage)
    assert held.id in texts(reading)
    assert is_claimed(reading, gone)


def test_a_daily_reading_stops_at_ninety_days_and_a_full_one_nowhere(stage: Stage) -> None:
    stage.post(comments=250)
    stage.world.advance(100 * A_DAY)
    stage.post(comments=150)
    read(stage)
    assert len(read(stage).comments) < 250
    assert 150 <= len(daily(stage).comments) < 400
    assert len(read(stage, full=True).comments) == 400


def test_comments_of_the_last_week_are_all_listed_every_time(stage: Stage) -> None:
    post = stage.post(comments=150)
    read(stage)
    stage.world.edit(stage.world.comments_of(post)[2], "Jag menar lördag")
    reading = read(stage)
    assert "Jag menar lördag" in texts(reading).values()
    assert reading.requests == 2


def test_comments_that_come_and_go_between_two_pages_are_not_missed(stage: Stage) -> None:
    post = stage.post(comments=250)
    everything = stage.shown().keys()
    newest = stage.world.comments_of(post)[-5:]

    def once_two_pages_are_read() -> None:
        if stage.emulator.ledger.requests() == 2:
            for comment in newest:
                stage.world.delete(comment)

    reading = read(stage, keep_alive=once_two_pages_are_read)
    assert texts(reading).keys() == everything
    assert reading.covered == ()
    after = read(stage)
    assert all(is_claimed(after, comment) for comment in newest)


def test_a_list_that_begins_anew_on_every_page_is_given_up_and_claims_nothing(stage: Stage) -> None:
    stage.post(comments=250)
    read(stage)
    site(stage).api.stuck = True
    reading = read(stage, full=True)
    assert reading.error is None
    assert reading.covered == ()
    assert reading.requests < 10


def test_posts_are_asked_for_once(stage: Stage) -> None:
    for number in range(3):
        stage.post(f"Nyhet {number}", comments=1)
    read(stage)
    new = stage.post("Simhallen är öppen", comments=2)
    reading = read(stage)
    assert [(post.external_id, post.text) for post in reading.posts] == [(new.id, "Simhallen är öppen")]
    assert reading.requests == 2
    stage.comment(new, "Till?")
    assert requests_for(stage) == 1


def test_an_error_among_the_posts_keeps_the_comments_and_the_next_reading_misses_none(stage: Stage) -> None:
    stage.post(comments=3)
    stage.emulator.faults.add(Fault("html", site="blog", path="/posts"))
    reading = read(stage)
    assert len(reading.comments) == 3
    assert (reading.state, reading.covered) == ({}, ())
    assert len(read(stage).posts) == 1


def test_one_comment_is_looked_up_by_its_number(stage: Stage) -> None:
    post = stage.post(comments=3)
    there, gone, held = stage.world.comments_of(post)
    read(stage)
    stage.world.delete(gone)
    stage.world.hold(held)
    reading = read(stage, verify=(there.id, gone.id, held.id, "nonsense"))
    assert reading.looked_up == {there.id: True, gone.id: False}
    assert reading.requests == 1 + 3


def test_what_a_cache_before_the_blog_says_is_unchanged_costs_one_request_and_claims_nothing(stage: Stage) -> None:
    site(stage).caching = True
    post = stage.post(comments=3)
    read(stage)
    mark = stage.emulator.ledger.mark()
    reading = read(stage)
    assert [entry.status for entry in stage.emulator.ledger.since(mark).entries] == [304]
    assert (reading.comments, reading.covered, reading.counted_cost) == ((), (), 1)
    late = stage.comment(post, "Hallå?")
    assert late.id in texts(read(stage))


def test_the_allowance_is_not_overdrawn(stage: Stage) -> None:
    stage.post(comments=250)
    reading = read(stage, allowance=2)
    assert reading.error is not None
    assert (reading.error.kind, reading.requests) == ("rate_limited", 2)
    assert reading.comments


def test_the_post_below_which_everything_went_is_claimed(stage: Stage) -> None:
    post = stage.post(comments=2)
    read(stage)
    stage.world.delete(post)
    assert Covered("post", post.id) in read(stage).covered


def test_texts_are_as_a_visitor_sees_them(stage: Stage) -> None:
    comment = stage.comment(stage.post(), 'Får man ta med <hund> & katt?\nOch "häst"?')
    assert texts(read(stage))[comment.id] == comment.text


def test_a_comment_that_goes_far_down_while_the_list_is_read_is_missed_by_the_next_reading(stage: Stage) -> None:
    post = stage.post(comments=250)
    gone = stage.world.comments_of(post)[-150]
    stage.world.advance(10 * A_DAY)

    def once_two_pages_are_read() -> None:
        if stage.emulator.ledger.requests() == 2:
            stage.world.delete(gone)

    assert gone.id in texts(read(stage, keep_alive=once_two_pages_are_read))
    assert is_claimed(read(stage), gone)
    assert requests_for(stage) == 1


def test_nothing_is_claimed_of_the_second_in_which_a_listing_ends(stage: Stage) -> None:
    post = stage.post()
    for number in range(250):
        stage.world.comment(post, stage.resident, f"Fråga {number}")  # all in the same second
    stage.world.advance(10 * A_DAY)
    read(stage)
    late = stage.comment(post, "Hallå?")
    reading = read(stage)
    assert late.id in texts(reading)
    assert reading.requests == 1
    assert wrongly_claimed(reading, stage.world, stage.account) == []


def test_a_daily_reading_asks_for_everything_even_where_a_cache_says_that_nothing_changed(stage: Stage) -> None:
    site(stage).caching = True
    stage.post(comments=3)
    read(stage)
    assert read(stage).comments == ()
    assert len(daily(stage).comments) == 3
