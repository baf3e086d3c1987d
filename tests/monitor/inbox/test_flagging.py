"""Which comments are flagged: new and edited ones by others, once, by the rules that hold then; and rushes."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.inbox import flagging
from monitor.inbox.flag_listing import NotAccepted, add_word, remove_rule, rules_in_use, seed, set_rush
from monitor.inbox.flag_rules import Kind, Match, Rules
from monitor.inbox.flagging import flag_new, report
from monitor.inbox.models import Flag, FlagRule, FlagScan
from monitor.inbox.rush_rules import Rush
from monitor.watch.models import Comment, Schedule
from tests.conftest import Measured
from tests.monitor.town import Town

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)  # Monday 10.00 in Stockholm
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
THREAT = "Vi vet var du bor"


class Scene(Town):
    """A page that is read; what is written is fetched a minute later, and each reading counts up the revision."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.schedule(revision=1)

    def writes(self, id_: str, text: str, at: datetime = NOW, **values: object) -> int:
        seen = {"fetched_at": at + MINUTE, "text_seen_at": at + MINUTE}
        channel = str(values.get("channel_id", "fb"))
        number = self.comment(id_, at, text, **(seen | values))
        self.stirs(channel)
        return number

    def stirs(self, channel: str = "fb") -> None:
        with self.db.transaction() as session:
            session.get_one(Schedule, channel).revision += 1

    def flagged(self, at: datetime = NOW + 2 * MINUTE) -> list[tuple[str | None, str, list[str]]]:
        """All flags after a look at that time: the comment's text, kind, words."""
        flag_new(self.db, at)
        return self.flags()

    def flags(self) -> list[tuple[str | None, str, list[str]]]:
        with self.db.snapshot() as session:
            query = select(Flag, Comment.text).outerjoin(Comment, Comment.id == Flag.comment_id).order_by(Flag.id)
            return [(text, flag.kind, flag.words) for flag, text in session.execute(query)]

    def adds(self, word: str, at: datetime = NOW, channel: str | None = None) -> FlagRule:
        with self.db.transaction() as session:
            seed(session, at)
            return add_word(session, Kind.BREACH, word, "sv", channel, "redaktor", at)

    def removes(self, number: int, at: datetime = NOW) -> None:
        with self.db.transaction() as session:
            remove_rule(session, session.get_one(FlagRule, number), "redaktor", at)

    def rush_is(self, comments: int, minutes: int, channel: str | None = None) -> None:
        with self.db.transaction() as session:
            seed(session, NOW)
            set_rush(session, Rush(comments, minutes), channel, "redaktor", NOW)

    def acts(self) -> list[tuple[str, str]]:
        with self.db.snapshot() as session:
            query = select(AuditEntry.actor, AuditEntry.act).where(AuditEntry.act.like("flag%")).order_by(AuditEntry.id)
            return [(actor, act) for actor, act in session.execute(query)]


@pytest.fixture
def scene(db: Database) -> Scene:
    return Scene(db)


def test_a_flagged_comment_is_flagged_with_its_words_and_an_ordinary_one_is_not(scene: Scene) -> None:
    scene.writes("1", "Hur länge är badet stängt?")
    scene.writes("2", "Vi VET var  du bor!")
    assert scene.flagged() == [("Vi VET var  du bor!", "breach", ["VET var du bor"])]


def test_looking_again_however_often_flags_nothing_twice(scene: Scene) -> None:
    scene.writes("1", THREAT)
    assert flag_new(scene.db, NOW + 2 * MINUTE) == 1
    for minutes in range(3, 90, 10):
        scene.stirs()
        assert flag_new(scene.db, NOW + minutes * MINUTE) == 0
    assert len(scene.flags()) == 1


def test_two_looks_at_once_flag_it_once(scene: Scene) -> None:
    for number in range(20):
        scene.writes(str(number), THREAT)
    threads = [threading.Thread(target=flag_new, args=(scene.db, NOW + 2 * MINUTE)) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(scene.flags()) == 20
    with scene.db.snapshot() as session:
        assert len({(rule.kind, rule.word) for rule in rules_in_use(session)}) == len(rules_in_use(session))
    assert scene.acts() == [("system", "flag_rule.seeded")]


def test_own_words_hidden_missing_and_historic_ones_are_not_flagged_but_held_ones_are(scene: Scene) -> None:
    scene.change(Schedule, "fb", historic_before=NOW - HOUR)
    scene.writes("own", THREAT, author_id="page-1")
    scene.writes("hidden", THREAT, hidden=True)
    scene.writes("missing", THREAT, missing_since=NOW)
    scene.writes("old", THREAT, NOW - 2 * HOUR, fetched_at=NOW, text_seen_at=NOW)
    scene.writes("held", THREAT + " hållen", NOW - 2 * HOUR, fetched_at=NOW, text_seen_at=NOW, held=True)
    assert [text for text, _kind, _words in scene.flagged()] == [THREAT + " hållen"]


def test_an_edit_is_looked_at_and_punctuation_is_no_edit(scene: Scene) -> None:
    number = scene.writes("1", "Hej")
    assert scene.flagged() == []
    scene.edit(number, THREAT, NOW + 5 * MINUTE)
    scene.stirs()
    assert len(scene.flagged(NOW + 6 * MINUTE)) == 1
    scene.edit(number, THREAT.upper() + "!!", NOW + 7 * MINUTE)
    scene.stirs()
    assert len(scene.flagged(NOW + 8 * MINUTE)) == 1
    scene.edit(number, THREAT + ", Rut", NOW + 9 * MINUTE)
    scene.stirs()
    assert len(scene.flagged(NOW + 10 * MINUTE)) == 2
    scene.edit(number, THREAT, NOW + 11 * MINUTE)  # as it was before
    scene.stirs()
    assert len(scene.flagged(NOW + 12 * MINUTE)) == 2


def test_what_another_process_commits_late_is_not_missed(scene: Scene) -> None:
    scene.writes("1", "Hej")
    scene.flagged(NOW + 30 * MINUTE)
    scene.writes("2", THREAT)  # recorded at 10.01, committed after the look at 10.30
    assert len(scene.flagged(NOW + 31 * MINUTE)) == 1


def test_after_an_outage_all_that_has_come_meanwhile_is_looked_at(scene: Scene) -> None:
    scene.writes("1", "Hej")
    scene.flagged()
    scene.writes("2", THREAT, NOW + HOUR)
    assert len(scene.flagged(NOW + 5 * DAY)) == 1


def test_nothing_new_costs_one_query(scene: Scene) -> None:
    scene.writes("1", THREAT)
    scene.flagged()
    statements: list[str] = []
    event.listen(scene.db.engine, "before_cursor_execute", lambda *each: statements.append(each[2]))
    assert flag_new(scene.db, NOW + 3 * MINUTE) == 0
    assert len([each for each in statements if "flag" in each.lower()]) == 1


def test_the_first_list_is_put_in_place_once_and_what_was_taken_away_stays_away(scene: Scene) -> None:
    scene.writes("1", "Det luktar gas")
    assert len(scene.flagged()) == 1
    with scene.db.snapshot() as session:
        rules = rules_in_use(session)
    assert len(rules) > 250
    assert {rule.kind for rule in rules} == {"breach", "report", "danger", "rush"}
    for rule in rules:
        scene.removes(rule.id)
    scene.writes("2", "Det luktar gas igen", NOW + MINUTE)
    assert len(scene.flagged(NOW + 3 * MINUTE)) == 1
    with scene.db.transaction() as session:
        assert seed(session, NOW) == 0
        assert rules_in_use(session) == []


def test_a_new_rule_counts_for_the_last_day_and_for_what_comes(scene: Scene) -> None:
    scene.writes("old", "Kanelbulle", NOW - 2 * DAY)
    scene.writes("yesterday", "Kanelbullar i går", NOW - 20 * HOUR)
    assert scene.flagged() == []
    scene.adds("kanelbull*", NOW + 3 * MINUTE)
    assert [text for text, *_rest in scene.flagged(NOW + 4 * MINUTE)] == ["Kanelbullar i går"]
    scene.writes("later", "KANELBULLEN", NOW + 5 * MINUTE)
    assert [text for text, *_rest in scene.flagged(NOW + 7 * MINUTE)] == ["Kanelbullar i går", "KANELBULLEN"]


def test_a_rule_of_one_channel_counts_there_alone(scene: Scene) -> None:
    scene.channel("ig", platform="instagram")
    scene.schedule("ig", revision=1)
    scene.adds("kanelbulle", channel="ig")
    scene.writes("1", "Kanelbulle på fb")
    scene.writes("2", "Kanelbulle på ig", channel_id="ig")
    assert [text for text, *_rest in scene.flagged()] == ["Kanelbulle på ig"]


def test_a_rule_that_is_taken_away_and_comes_back_flags_nothing_a_second_time(scene: Scene) -> None:
    rule = scene.adds("kanelbulle")
    scene.writes("1", "Kanelbulle")
    assert len(scene.flagged()) == 1
    scene.removes(rule.id)
    scene.writes("2", "En kanelbulle till")
    assert len(scene.flagged(NOW + 3 * MINUTE)) == 1
    assert scene.adds("KANELBULLE", NOW + 4 * MINUTE).id == rule.id
    assert len(scene.flagged(NOW + 5 * MINUTE)) == 2  # the second one is of the last day
    expected = [("redaktor", f"flag_rule.{act}") for act in ("added", "removed", "added")]
    assert scene.acts() == [("system", "flag_rule.seeded"), *expected]


@pytest.mark.parametrize("word", ["", "*", "lä*cka", "a*", "x" * 200])
def test_what_is_no_rule_is_refused(scene: Scene, word: str) -> None:
    with pytest.raises(NotAccepted):
        scene.adds(word)


def test_a_rule_that_is_there_already_is_refused(scene: Scene) -> None:
    scene.adds("kanelbulle")
    with pytest.raises(NotAccepted, match="redan regel"):
        scene.adds("  Kanelbulle ")


def test_what_residents_wrote_is_in_no_entry_of_the_log(scene: Scene) -> None:
    number = scene.writes("1", THREAT)
    scene.flagged()
    with scene.db.transaction() as session:
        report(session, session.get_one(Comment, number), "redaktor", "Grannen ringde", NOW)
    with scene.db.snapshot() as session:
        entries = session.scalars(select(AuditEntry)).all()
    assert [entry.act for entry in entries] == ["flag_rule.seeded", "flag.reported"]
    assert all(word not in f"{entry.before}{entry.after}" for entry in entries for word in (THREAT, "Grannen"))


def test_a_report_flags_at_once_and_the_same_word_again_is_the_same_flag(scene: Scene) -> None:
    number = scene.writes("1", "Helt vanligt")
    with scene.db.transaction() as session:
        comment = session.get_one(Comment, number)
        first = report(session, comment, "redaktor", "Någon ringde", NOW)
        assert report(session, comment, "redaktor", "Någon ringde", NOW + HOUR).id == first.id
        assert report(session, comment, "ersattare", "Någon ringde", NOW).id != first.id
    assert [kind for _text, kind, _words in scene.flags()] == ["report", "report"]


# Rushes


def writes_many(scene: Scene, count: int, first: datetime, step: timedelta, *, fetched: datetime | None = None) -> None:
    for number in range(count):
        at = first + number * step
        seen = fetched or at + MINUTE
        scene.writes(f"{first:%d%H%M}-{number}", "Hej", at, fetched_at=seen, text_seen_at=seen)


def test_a_rush_is_one_flag_however_long_it_lasts(scene: Scene) -> None:
    scene.rush_is(10, 10)
    for part in range(6):
        begin = NOW + part * 10 * MINUTE
        writes_many(scene, 20, begin, MINUTE / 2)
        scene.flagged(begin + 11 * MINUTE)
    assert [kind for _text, kind, _words in scene.flags()] == ["rush"]
    writes_many(scene, 20, NOW + 3 * HOUR, MINUTE / 2)
    scene.flagged(NOW + 3 * HOUR + 11 * MINUTE)
    assert [kind for _text, kind, _words in scene.flags()] == ["rush", "rush"]


def test_a_rush_that_lasts_for_two_days_is_told_once(scene: Scene) -> None:
    scene.rush_is(4, 60)
    for part in range(8):
        begin = NOW + part * 6 * HOUR
        writes_many(scene, 36, begin, 10 * MINUTE)
        scene.flagged(begin + 6 * HOUR)
    assert [kind for _text, kind, _words in scene.flags()] == ["rush"]


def test_what_is_fetched_late_makes_no_second_rush_of_one(scene: Scene) -> None:
    scene.rush_is(10, 10)
    writes_many(scene, 15, NOW + 5 * MINUTE, MINUTE / 2)
    scene.flagged(NOW + 20 * MINUTE)
    writes_many(scene, 15, NOW, MINUTE / 3, fetched=NOW + 25 * MINUTE)
    assert len(scene.flagged(NOW + 26 * MINUTE)) == 1


def test_a_first_import_and_a_catch_up_are_no_rush(scene: Scene) -> None:
    scene.rush_is(10, 10)
    writes_many(scene, 40, NOW - 20 * HOUR, MINUTE / 2, fetched=NOW)  # a real one then, but long over
    writes_many(scene, 60, NOW - 2 * HOUR, 2 * MINUTE, fetched=NOW)  # two hours of outage, no more than usual
    assert scene.flagged() == []


def test_the_organisations_own_words_make_no_rush(scene: Scene) -> None:
    scene.rush_is(5, 10)
    for number in range(10):
        scene.writes(str(number), "Svar", NOW + number * MINUTE / 4, author_id="page-1")
    assert scene.flagged(NOW + 10 * MINUTE) == []


def test_a_channels_own_rush_goes_before_that_of_all(scene: Scene) -> None:
    scene.rush_is(5, 10)
    scene.rush_is(50, 10, "fb")
    writes_many(scene, 20, NOW, MINUTE / 4)
    assert scene.flagged(NOW + 10 * MINUTE) == []
    scene.rush_is(6, 10)
    with scene.db.snapshot() as session:
        assert [rule.comments for rule in rules_in_use(session) if rule.kind == "rush"] == [50, 6]


def test_a_rule_that_comes_while_comments_are_matched_is_not_lost(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.writes("1", "Kanelbulle")
    scene.flagged()
    scene.stirs()

    def matches_slowly(text: str, rules: Rules) -> list[Match]:
        monkeypatch.undo()
        scene.adds("kanelbulle")
        return flagging.matches(text, rules)

    monkeypatch.setattr(flagging, "matches", matches_slowly)
    flag_new(scene.db, NOW + 3 * MINUTE)
    assert scene.flags() == []
    assert len(scene.flagged(NOW + 4 * MINUTE)) == 1


def test_ten_thousand_new_comments_are_held_against_the_first_list(sqlite: Database, measured: Measured) -> None:
    scene = Scene(sqlite)
    words = "det är en fin dag och vi undrar när badet öppnar för barnen på torget i Tibro hur länge vägen är avstängd"
    known = {"channel_id": "fb", "post_external_id": "p1", "content_hash": b"", "author_id": "anna"}
    seen = {"posted_at": NOW, "fetched_at": NOW, "text_seen_at": NOW}
    rows = [
        Comment(external_id=str(number), thread_external_id=str(number), text=f"{words} {number}", **known, **seen)
        for number in range(10_000)
    ]
    with sqlite.transaction() as session:
        session.add_all(rows)
    scene.stirs()
    began = time.perf_counter()
    flag_new(sqlite, NOW + MINUTE)
    took = time.perf_counter() - began
    assert took < 30
    measured(f"new comments held against the first list of words in {took:.1f} s", len(rows))
    with sqlite.snapshot() as session:
        assert session.get_one(FlagScan, "fb").until == NOW + MINUTE
