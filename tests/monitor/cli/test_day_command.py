"""`kanalvakt attest`, `review` and `watch today|correct`: what people say of a channel's day, and how it stands."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from monitor.audit.models import AuditEntry
from monitor.cli.setup import opened_database
from monitor.register.models import Person
from monitor.watch.day_models import Attestation
from monitor.watch.models import PollRun, Schedule
from tests.monitor.cli.conftest import Command

NOW = datetime(2026, 6, 17, 9, 0, tzinfo=UTC)  # Wednesday 11.00 in Stockholm, two days before Midsummer's Eve
BY = ("--by", "larare")
GROUP = "foraldragrupp"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


def reading(channel: str, outcome: str, at: datetime = NOW - timedelta(hours=1)) -> None:
    """A reading that takes a minute."""
    run = PollRun(channel_id=channel, claim="c", full=False, started_at=at, finished_at=at, outcome=outcome)
    with opened_database().transaction() as session:
        session.add(run)
        schedule = session.get(Schedule, channel)
        if schedule is not None:
            schedule.next_poll_at = at + timedelta(days=30)


def today(kanalvakt: Command, channel: str = GROUP) -> dict[str, Any]:
    rows = json.loads(kanalvakt("watch", "today", "--json").out)
    return next(row for row in rows if row["channel"] == channel)


class TestAttest:
    pytestmark = pytest.mark.usefixtures("imported")

    def test_it_says_who_went_through_what_and_when(self, kanalvakt: Command) -> None:
        answer = kanalvakt("attest", GROUP, *BY, "--note", "Lugnt", "--count", "3")
        assert (answer.code, answer.err) == (0, "")
        head, row = answer.out.splitlines()
        assert head.split("\t") == ["Kanal", "Arbetsdag", "Läge", "Vem", "När", "Kommentarer", "Anteckning"]
        expected = ["2026-06-17", "Bevakad", "Lärare", "2026-06-17 11.00", "3", "Lugnt"]
        assert row.split("\t")[1:] == expected

    def test_programs_get_one_document(self, kanalvakt: Command) -> None:
        answer = kanalvakt("attest", GROUP, *BY, "--count", "0", "--json")
        found = json.loads(answer.out)
        assert (answer.code, answer.err) == (0, "")
        assert (found["channel"], found["date"], found["attested_by"]) == (GROUP, "2026-06-17", "larare")
        assert found["attested_at"] == "2026-06-17T09:00:00+00:00"
        assert (found["note"], found["count"]) == ("", 0)
        assert (found["verdict"], found["how"], found["reason"]) == ("watched", "attested", "attested")

    def test_the_day_is_watched_from_then_on(self, kanalvakt: Command) -> None:
        assert today(kanalvakt)["verdict"] is None
        kanalvakt("attest", GROUP, *BY)
        found = today(kanalvakt)
        assert (found["verdict"], found["attested_by"]) == ("watched", "larare")

    def test_said_twice_the_first_one_stands(self, kanalvakt: Command, clock: time_machine.Traveller) -> None:
        kanalvakt("attest", GROUP, *BY, "--note", "Lugnt")
        clock.shift(timedelta(minutes=5))
        again = json.loads(kanalvakt("attest", GROUP, *BY, "--note", "Igen", "--json").out)
        assert (again["note"], again["attested_at"]) == ("Lugnt", "2026-06-17T09:00:00+00:00")
        with opened_database().snapshot() as session:
            assert len(session.scalars(select(Attestation)).all()) == 1

    def test_an_earlier_day_is_put_right(self, kanalvakt: Command, clock: time_machine.Traveller) -> None:
        clock.shift(timedelta(days=1))
        answer = kanalvakt("attest", GROUP, *BY, "--date", "2026-06-17", "--json")
        found = json.loads(answer.out)
        assert (answer.code, found["date"], found["verdict"]) == (0, "2026-06-17", "watched")

    def test_an_automatic_channel_can_be_attested_once_its_reading_has_failed(self, kanalvakt: Command) -> None:
        reading("facebook", "failed")
        assert kanalvakt("attest", "facebook", *BY).code == 0
        assert today(kanalvakt, "facebook")["how"] == "attested"

    def test_one_that_was_read_is_refused_with_what_to_do_instead(self, kanalvakt: Command) -> None:
        reading("facebook", "complete")
        answer = kanalvakt("attest", "facebook", *BY, "--json")
        assert (answer.code, answer.out) == (2, "")
        assert "hämtades automatiskt 2026-06-17" in answer.err
        assert "`kanalvakt review`" in answer.err

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            ((GROUP, *BY, "--date", "2026-06-18"), "2026-06-18 har inte kommit än"),
            ((GROUP, *BY, "--date", "2026-06-14"), "2026-06-14 är ingen arbetsdag"),
            ((GROUP, *BY, "--date", "2026-06-16"), "skulle inte bevakas 2026-06-16"),
            ((GROUP, *BY, "--date", "17 juni"), "17 juni är ingen dag: skriv den som 2026-06-18."),
            (("foraldragrup", *BY), "Det finns ingen kanal foraldragrup. Menade du foraldragrupp?"),
            (("xyz", *BY), "Det finns ingen kanal xyz. De som finns: "),
            ((GROUP, "--by", "larar"), "Det finns ingen person larar. Menade du larare?"),
            ((GROUP, "--by", "xyz"), "Det finns ingen person xyz. De som finns: "),
        ],
    )
    def test_what_would_not_count_is_refused_and_says_why(
        self, kanalvakt: Command, words: tuple[str, ...], told: str
    ) -> None:
        answer = kanalvakt("attest", *words)
        assert (answer.code, answer.out) == (2, "")
        assert told in answer.err
        with opened_database().snapshot() as session:
            assert session.scalars(select(Attestation)).all() == []

    @pytest.mark.parametrize("words", [(GROUP,), (*BY,), (GROUP, *BY, "--count", "-1"), (GROUP, *BY, "--count", "x")])
    def test_words_that_are_missing_or_wrong_are_named(self, kanalvakt: Command, words: tuple[str, ...]) -> None:
        answer = kanalvakt("attest", *words)
        assert (answer.code, answer.out) == (2, "")
        assert len(answer.err.splitlines()) == 1

    def test_who_has_left_is_refused(self, kanalvakt: Command) -> None:
        with opened_database().transaction() as session:
            session.get_one(Person, "larare").retired = True
        answer = kanalvakt("attest", GROUP, *BY)
        assert (answer.code, "finns inte längre i registret" in answer.err) == (2, True)

    def test_the_audit_log_keeps_the_act_and_not_the_note(self, kanalvakt: Command) -> None:
        kanalvakt("attest", GROUP, *BY, "--note", "Anna undrade om badet")
        with opened_database().snapshot() as session:
            entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "watch_day.attested")).all()
        assert [(each.actor, each.subject) for each in entries] == [("larare", f"{GROUP}/2026-06-17")]
        assert "Anna" not in json.dumps([each.after for each in entries])


class TestReview:
    pytestmark = pytest.mark.usefixtures("imported")

    def test_several_channels_are_gone_through_at_once(self, kanalvakt: Command) -> None:
        for channel in ("facebook", "instagram"):
            reading(channel, "complete")
        answer = kanalvakt("review", "facebook", "instagram", *BY)
        assert (answer.code, answer.err) == (0, "")
        rows = [line.split("\t")[1:] for line in answer.out.splitlines()]
        assert rows == [["Läge", "Vem", "När"], *[["Bevakad", "Lärare", "2026-06-17 11.00"]] * 2]
        assert today(kanalvakt, "facebook")["reviewed_by"] == "larare"

    def test_programs_get_one_document_for_all(self, kanalvakt: Command) -> None:
        reading("facebook", "complete")
        answer = kanalvakt("review", "facebook", "instagram", *BY, "--json")
        first, second = json.loads(answer.out)
        assert (first["channel"], first["verdict"], first["reason"]) == ("facebook", "watched", "reviewed")
        assert (first["reviewed_by"], first["reviewed_at"]) == ("larare", "2026-06-17T09:00:00+00:00")
        assert (second["channel"], second["verdict"]) == ("instagram", None)  # not read yet: a look proves nothing

    def test_on_a_day_off_there_is_no_day_to_stand(self, kanalvakt: Command, clock: time_machine.Traveller) -> None:
        clock.move_to(datetime(2026, 6, 19, 9, 0, tzinfo=UTC))
        [found] = json.loads(kanalvakt("review", "facebook", *BY, "--json").out)
        assert (found["date"], found["verdict"], found["how"]) == ("2026-06-19", None, None)
        assert "\t–\tLärare\t" in kanalvakt("review", "facebook", *BY).out

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("facebook", GROUP, *BY), "`kanalvakt attest`"),
            (("facebok", *BY), "Menade du facebook?"),
            (("facebook", "xyz", *BY), "Det finns ingen kanal xyz. De som finns: "),
            (("facebook", "--by", "xyz"), "Det finns ingen person xyz. De som finns: "),
        ],
    )
    def test_one_wrong_word_and_nothing_is_written(self, kanalvakt: Command, words: tuple[str, ...], told: str) -> None:
        answer = kanalvakt("review", *words)
        assert (answer.code, answer.out) == (2, "")
        assert told in answer.err
        with opened_database().snapshot() as session:
            assert session.scalars(select(AuditEntry).where(AuditEntry.act == "channel.reviewed")).all() == []


class TestToday:
    pytestmark = pytest.mark.usefixtures("imported")

    def test_a_program_learns_how_each_channel_stands_and_who_is_to_act(self, kanalvakt: Command) -> None:
        reading("facebook", "complete")
        found = today(kanalvakt, "facebook")
        assert (found["verdict"], found["reason"], found["who"]) == ("watched", "nothing_new", None)
        assert (found["date"], found["watch_mode"]) == ("2026-06-17", "automatic")
        assert today(kanalvakt)["who"] == "larare"

    def test_it_needs_a_person_only_after_closing_time(self, kanalvakt: Command, clock: time_machine.Traveller) -> None:
        assert kanalvakt("watch", "today").code == 0
        clock.move_to(datetime(2026, 6, 17, 14, 0, tzinfo=UTC))  # 16.00
        answer = kanalvakt("watch", "today")
        assert answer.code == 1
        assert "Ej bevakad" in answer.out
        assert "Ingen har gått igenom kanalen ännu." in answer.out
        assert kanalvakt("watch", "today", "--json").code == 1

    def test_on_a_day_off_nothing_has_to_be_watched(self, kanalvakt: Command, clock: time_machine.Traveller) -> None:
        clock.move_to(datetime(2026, 6, 19, 9, 0, tzinfo=UTC))
        answer = kanalvakt("watch", "today")
        assert answer.code == 0
        assert answer.out == "I dag är ingen arbetsdag (Midsommarafton): inget behöver bevakas.\n"
        assert json.loads(kanalvakt("watch", "today", "--json").out) == []


class TestCorrect:
    pytestmark = pytest.mark.usefixtures("imported")
    WORDS = ("--date", "2026-06-17", "--verdict", "watched", "--reason", "Sågs på plats")

    def test_a_day_that_is_over_is_put_right(self, kanalvakt: Command, clock: time_machine.Traveller) -> None:
        clock.shift(timedelta(days=1))
        answer = kanalvakt("watch", "correct", GROUP, *self.WORDS, "--by", "kommunikator")
        assert (answer.code, answer.err) == (0, "")
        assert "2026-06-17: Bevakad." in answer.out
        with opened_database().snapshot() as session:
            [entry] = session.scalars(select(AuditEntry).where(AuditEntry.act == "watch_day.corrected"))
        assert (entry.actor, entry.subject) == ("kommunikator", f"{GROUP}/2026-06-17")

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            ((GROUP, *WORDS, "--by", "larare"), "får inte rätta dagar: be en kommunikatör eller enhetschefen."),
            ((GROUP, *WORDS[:5], " ", "--by", "kommunikator"), "Skriv varför dagen rättas"),
            ((GROUP, "--date", "2026-06-18", *WORDS[2:], "--by", "kommunikator"), "2026-06-18 är inte avslutad"),
            ((GROUP, "--date", "2026-06-16", *WORDS[2:], "--by", "kommunikator"), "2026-06-16 är inte avslutad"),
            ((GROUP, "--date", "i går", *WORDS[2:], "--by", "kommunikator"), "i går är ingen dag"),
            (("xyz", *WORDS, "--by", "kommunikator"), "Det finns ingen kanal xyz. De som finns: "),
            ((GROUP, *WORDS, "--by", "xyz"), "Det finns ingen person xyz. De som finns: "),
            ((GROUP, *WORDS[:3], "bra", *WORDS[4:], "--by", "kommunikator"), "bra"),
        ],
    )
    def test_what_cannot_be_corrected_is_refused_and_says_why(
        self, kanalvakt: Command, clock: time_machine.Traveller, words: tuple[str, ...], told: str
    ) -> None:
        clock.shift(timedelta(days=1))
        answer = kanalvakt("watch", "correct", *words)
        assert (answer.code, answer.out) == (2, "")
        assert told in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ("attest", GROUP, *BY),
        ("review", "facebook", *BY),
        ("watch", "today"),
        ("watch", "today", "--json"),
        ("watch", "correct", GROUP, *TestCorrect.WORDS, *BY),
    ],
)
def test_before_a_register_is_there_each_says_what_to_do(kanalvakt: Command, words: tuple[str, ...]) -> None:
    answer = kanalvakt(*words)
    assert (answer.code, answer.out) == (3, "")
    assert "kanalvakt register import" in answer.err
