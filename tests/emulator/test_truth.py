"""The oracle on cases worked out by hand, one rule at a time."""

from dataclasses import dataclass, field

import pytest

from connectors.emulator.truth import TruthState, shown, truth, waiting
from connectors.emulator.world import Account, Comment, Person, Platform, Post, World

OPEN, PROBABLY, ANSWERED = TruthState.OPEN, TruthState.PROBABLY_ANSWERED, TruthState.ANSWERED
HELD, HIDDEN, GONE = TruthState.HELD, TruthState.HIDDEN_BY_US, TruthState.UNAVAILABLE


@dataclass
class Scene:
    """A platform with one post of the organisation; each thing said takes a minute."""

    platform: Platform = "facebook"
    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.account: Account = self.world.account(self.platform, "1122334455", "tibrokommun", "Tibro kommun")
        self.post: Post = self.world.publish(self.account, "Hej")

    def person(self, name: str) -> Person:
        return self.world.resident(self.platform, name)

    def ask(self, name: str, on: Comment | Post | None = None, text: str = "Hur då?", **more: bool) -> Comment:
        self.world.advance(60)
        return self.world.comment(on or self.post, self.person(name), text, **more)

    def reply(self, on: Comment | Post, text: str = "Så här.", **more: bool) -> Comment:
        self.world.advance(60)
        return self.world.answer(on, text, **more)

    def edit(self, thing: Comment | Post, text: str) -> None:
        self.world.advance(60)
        self.world.edit(thing, text)

    def states(self, *things: Comment | Post) -> list[TruthState]:
        found = truth(self.world)
        return [found[thing.id] for thing in things]


@pytest.fixture
def scene() -> Scene:
    return Scene()


# -- d. a reply without a mention


def test_a_comment_nobody_answered_is_open(scene: Scene) -> None:
    assert scene.states(scene.ask("Anna")) == [OPEN]


def test_a_reply_answers_the_only_one_who_waits(scene: Scene) -> None:
    top = scene.ask("Anna")
    more = scene.ask("Anna", top, "En sak till")
    scene.reply(top)
    assert scene.states(top, more) == [ANSWERED, ANSWERED]


def test_a_reply_after_two_residents_probably_answers_both(scene: Scene) -> None:
    top = scene.ask("Anna")
    other = scene.ask("Bo", top)
    scene.reply(top)
    assert scene.states(top, other) == [PROBABLY, PROBABLY]


def test_only_those_who_wrote_since_our_last_reply_make_it_ambiguous(scene: Scene) -> None:
    top = scene.ask("Anna")
    scene.ask("Bo", top)
    scene.reply(top)
    last = scene.ask("Cia", top)
    scene.reply(top)
    assert scene.states(top, last) == [PROBABLY, ANSWERED]


def test_the_only_one_since_our_last_reply_gets_older_comments_answered_too(scene: Scene) -> None:
    top = scene.ask("Anna")
    other = scene.ask("Bo", top)
    scene.reply(top)
    again = scene.ask("Anna", top, "Och sen?")
    scene.reply(top)
    assert scene.states(top, again, other) == [ANSWERED, ANSWERED, PROBABLY]


def test_a_second_reply_of_ours_with_nobody_between_probably_answers_who_still_waits(scene: Scene) -> None:
    top = scene.ask("Anna")
    other = scene.ask("Bo", top)
    scene.reply(top, mention=True)
    scene.reply(top)
    assert scene.states(top, other) == [ANSWERED, PROBABLY]


def test_what_is_written_after_our_reply_waits(scene: Scene) -> None:
    top = scene.ask("Anna")
    scene.reply(top)
    thanks = scene.ask("Anna", top, "Tack!")
    assert scene.states(top, thanks) == [ANSWERED, OPEN]


def test_another_residents_answer_counts_for_nothing(scene: Scene) -> None:
    top = scene.ask("Anna")
    scene.ask("Bo", top, "Ring växeln")
    assert scene.states(top) == [OPEN]


def test_a_reply_touches_its_own_thread_only(scene: Scene) -> None:
    top, beside = scene.ask("Anna"), scene.ask("Anna", text="Annan fråga")
    scene.reply(top)
    assert scene.states(top, beside) == [ANSWERED, OPEN]


def test_a_reply_in_the_same_second_answers_what_it_stands_below_and_nothing_else(scene: Scene) -> None:
    top = scene.ask("Anna")
    scene.world.answer(top, "Ja")
    beside = scene.ask("Anna")
    late = scene.ask("Anna", beside)
    scene.world.answer(beside, "Ja")
    assert scene.states(top, beside, late) == [ANSWERED, ANSWERED, OPEN]


def test_two_comments_without_author_are_two_persons(scene: Scene) -> None:
    top = scene.ask("Anna", anonymous=True)
    other = scene.ask("Anna", top, anonymous=True)
    scene.reply(top)
    assert scene.states(top, other) == [PROBABLY, PROBABLY]


# -- a. a reply with a mention


@pytest.mark.parametrize("platform", ["facebook", "instagram", "youtube"])
def test_a_mention_answers_whom_it_names_and_nobody_else(platform: Platform) -> None:
    scene = Scene(platform)
    top = scene.ask("Anna")
    other = scene.ask("Bo", top)
    scene.reply(other, mention=True)
    assert scene.states(top, other) == [OPEN, ANSWERED]


def test_a_handle_is_recognised_whatever_its_case_and_the_signs_around_it() -> None:
    scene = Scene("instagram")
    top = scene.ask("Anna")
    other = scene.ask("Bo", top)
    scene.reply(top, f"Hej (@{other.author.handle.upper()}). Ja!")
    assert scene.states(top, other) == [OPEN, ANSWERED]


def test_a_mention_of_somebody_who_did_not_write_here_is_none(scene: Scene) -> None:
    top, stranger = scene.ask("Anna"), scene.person("Bo")
    scene.world.advance(60)
    scene.world.comment(top, scene.account.person, "Bo Ja", tags=(stranger,))
    assert scene.states(top) == [ANSWERED]


def test_a_new_comment_of_ours_answers_those_it_names_anywhere_below_the_post(scene: Scene) -> None:
    top, beside = scene.ask("Anna"), scene.ask("Bo")
    below = scene.ask("Anna", beside)
    scene.reply(top, mention=True, top_level=True)
    assert scene.states(top, beside, below) == [ANSWERED, OPEN, ANSWERED]


# -- b, c. direct comments


def test_a_new_comment_of_ours_without_a_mention_answers_nobody(scene: Scene) -> None:
    top = scene.ask("Anna")
    scene.reply(scene.post, "Mer information finns på webben.")
    assert scene.states(top) == [OPEN]


def test_our_comment_on_a_visitors_post_answers_the_post_and_no_comment(scene: Scene) -> None:
    post = scene.world.publish(scene.account, "Det är mörkt", author=scene.person("Anna"))
    beside = scene.ask("Bo", post)
    scene.reply(post)
    assert scene.states(post, beside) == [ANSWERED, OPEN]


def test_a_reply_in_a_thread_below_a_visitors_post_does_not_answer_the_post(scene: Scene) -> None:
    post = scene.world.publish(scene.account, "Det är mörkt", author=scene.person("Anna"))
    beside = scene.ask("Bo", post)
    scene.reply(beside)
    assert scene.states(post, beside) == [OPEN, ANSWERED]


def test_a_mention_on_a_visitors_post_answers_the_one_named_and_not_the_post(scene: Scene) -> None:
    post = scene.world.publish(scene.account, "Det är mörkt", author=scene.person("Anna"))
    beside = scene.ask("Bo", post)
    scene.reply(beside, mention=True, top_level=True)
    assert scene.states(post, beside) == [OPEN, ANSWERED]


# -- who is who


def test_what_any_registered_account_of_the_network_wrote_is_no_residents(scene: Scene) -> None:
    library = scene.world.account("facebook", "99", "bibliotek", "Biblioteket")
    scene.world.comment(scene.post, library.person, "Välkomna!")
    assert truth(scene.world) == {}
    assert list(truth(scene.world, scene.account).values()) == [OPEN]


def test_our_own_comment_without_author_is_taken_for_a_residents(scene: Scene) -> None:
    ours = scene.world.comment(scene.post, scene.account.person, "Hej", anonymous=True)
    assert scene.states(ours) == [OPEN]


# -- our answer goes away, or was never public


@pytest.mark.parametrize("undo", ["delete", "hide", "hold"])
def test_a_reply_of_ours_that_is_not_public_counts_for_nothing(undo: str) -> None:
    scene = Scene("youtube" if undo == "hold" else "facebook")
    top = scene.ask("Anna")
    answer = scene.reply(top)
    getattr(scene.world, undo)(answer)
    assert scene.states(top) == [OPEN]


# -- gone, hidden, held, restricted


def test_what_is_gone_or_hidden_does_not_wait(scene: Scene) -> None:
    gone, hidden = scene.ask("Anna"), scene.ask("Bo")
    below = scene.ask("Cia", gone)
    scene.world.delete(gone)
    scene.world.hide(hidden)
    assert scene.states(gone, below, hidden) == [GONE, GONE, HIDDEN]
    assert waiting(scene.world) == set()


def test_a_held_comment_needs_somebody_until_released_and_keeps_its_time() -> None:
    scene = Scene("youtube")
    top = scene.ask("Anna", held=True)
    assert scene.states(top) == [HELD]
    assert waiting(scene.world) == {top.id}
    scene.world.release(top)
    assert scene.states(top) == [OPEN]
    scene.reply(top)
    assert scene.states(top) == [ANSWERED]


def test_a_rejected_comment_is_gone_with_its_replies() -> None:
    scene = Scene("youtube")
    top = scene.ask("Anna", held=True)
    below = scene.ask("Bo", top)
    scene.world.reject(top)
    assert scene.states(top, below) == [GONE, GONE]


def test_a_hidden_comment_does_not_make_an_answer_ambiguous(scene: Scene) -> None:
    top = scene.ask("Anna")
    scene.world.hide(scene.ask("Bo", top))
    scene.reply(top)
    assert scene.states(top) == [ANSWERED]


def test_a_restricted_residents_comment_is_no_obligation() -> None:
    scene = Scene("instagram")
    scene.world.restrict(scene.ask("Anna"))
    assert truth(scene.world) == {}


def test_what_is_hidden_is_gone_for_a_reader_from_outside() -> None:
    scene = Scene("instagram")
    top, hidden = scene.ask("Anna"), scene.ask("Bo")
    below = scene.ask("Cia", hidden)
    scene.world.hide(hidden)
    states = truth(scene.world, from_outside=[scene.account])
    assert states == {top.id: OPEN, hidden.id: GONE, below.id: GONE}
    assert waiting(scene.world) == {top.id, below.id}
    assert list(shown(scene.world, scene.account, from_outside=True)) == [top.id]
    assert list(shown(scene.world, scene.account)) == [top.id, hidden.id, below.id]


def test_nothing_below_an_unpublished_post_is_shown_or_waits(scene: Scene) -> None:
    draft = scene.world.publish(scene.account, "Utkast", published=False)
    scene.ask("Anna", draft)
    assert (truth(scene.world), shown(scene.world, scene.account)) == ({}, {})


# -- edits


def test_an_edit_after_the_answer_opens_again_until_the_next_answer(scene: Scene) -> None:
    top = scene.ask("Anna", text="När öppnar ni?")
    scene.reply(top)
    scene.edit(top, "När stänger ni?")
    assert scene.states(top) == [OPEN]
    scene.reply(top)
    assert scene.states(top) == [ANSWERED]


def test_an_edit_of_signs_and_case_changes_nothing(scene: Scene) -> None:
    top = scene.ask("Anna", text="När öppnar ni?")
    scene.reply(top)
    scene.edit(top, "NÄR öppnar ni??? 🙂")
    assert scene.states(top) == [ANSWERED]


def test_an_edit_before_the_answer_changes_nothing(scene: Scene) -> None:
    top = scene.ask("Anna", text="När öppnar ni?")
    scene.edit(top, "När stänger ni?")
    scene.reply(top)
    assert scene.states(top) == [ANSWERED]


def test_who_edited_since_our_last_reply_counts_as_having_written_since(scene: Scene) -> None:
    top = scene.ask("Anna")
    other = scene.ask("Bo", top)
    scene.reply(top)
    scene.edit(other, "Något helt annat")
    scene.reply(top)
    assert scene.states(top, other) == [PROBABLY, ANSWERED]


def test_an_edited_visitors_post_opens_again(scene: Scene) -> None:
    post = scene.world.publish(scene.account, "Det är mörkt", author=scene.person("Anna"))
    scene.reply(post)
    scene.edit(post, "Det är halt")
    assert scene.states(post) == [OPEN]


# -- what a database must hold


def test_everything_the_platform_shows_is_told_with_its_present_text() -> None:
    scene = Scene("youtube")
    top, held = scene.ask("Anna"), scene.ask("Bo", held=True)
    ours, gone = scene.reply(top), scene.ask("Cia")
    scene.edit(top, "Ändrat")
    scene.world.delete(gone)
    assert shown(scene.world, scene.account) == {top.id: "Ändrat", held.id: held.text, ours.id: ours.text}


def test_a_visitors_post_is_shown_and_our_own_post_is_context(scene: Scene) -> None:
    post = scene.world.publish(scene.account, "Det är mörkt", author=scene.person("Anna"))
    assert shown(scene.world, scene.account) == {post.id: "Det är mörkt"}
