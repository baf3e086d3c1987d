"""What people say of days: attesting, going through what is new, putting right."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from monitor.audit.models import AuditEntry
from monitor.register.models import Person, Unit
from monitor.watch.attesting import CannotAttest
from monitor.watch.correcting import CannotCorrect
from monitor.watch.day_models import Attestation, Correction
from monitor.watch.day_rules import Verdict
from monitor.watch.models import Schedule
from monitor.watch.reviewing import CannotReview
from tests.monitor.days.almanac import FRIDAY, MONDAY, THURSDAY, Almanac, at


def test_a_manual_channel_is_watched_when_a_person_says_so(almanac: Almanac) -> None:
    almanac.keep(FRIDAY, "09.00")
    made = almanac.attests(FRIDAY, "10.00", note=" Lugnt. ", count=3)
    assert (made.note, made.count) == ("Lugnt.", 3)
    shown = almanac.shown(FRIDAY, "grupp")
    assert (shown.verdict, shown.how, shown.attested_by_id) == ("watched", "attested", "redaktor")
    almanac.keep_over(FRIDAY)
    assert almanac.told(FRIDAY, "grupp") == ("watched", "attested", "attested")
    [entry] = almanac.audit("watch_day.attested")
    assert (entry.actor, entry.subject) == ("redaktor", "grupp/2026-06-12")


def test_a_manual_channel_that_nobody_attests_is_not_watched_from_closing_time_on(almanac: Almanac) -> None:
    almanac.keep(FRIDAY, "15.59")
    assert almanac.shown(FRIDAY, "grupp").verdict is None
    almanac.keep(FRIDAY, "16.00")
    assert almanac.told(FRIDAY, "grupp") == ("not_watched", "none", "not_attested")


def test_an_act_just_after_midnight_concludes_no_day_whose_reading_may_still_come_back(quick: Almanac) -> None:
    quick.keep(THURSDAY, "12.00")
    quick.read(THURSDAY, "23.55", "running")
    quick.reviews(FRIDAY, "00.01")
    assert quick.shown(THURSDAY).concluded_at is None


def test_the_same_person_and_day_twice_is_one_attestation(almanac: Almanac) -> None:
    almanac.keep(FRIDAY, "09.00")
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _each: almanac.attests(FRIDAY, "10.00"), range(2)))
    assert made[0].id == made[1].id
    with almanac.db.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Attestation)) == 1
    assert len(almanac.audit("watch_day.attested")) == 1


def test_a_late_attestation_corrects_the_day_and_leaves_its_row_alone(almanac: Almanac) -> None:
    almanac.keep(MONDAY, "09.00")
    almanac.attests(MONDAY, "10.00", for_day=FRIDAY)
    shown = almanac.shown(FRIDAY, "grupp")
    assert (shown.verdict, shown.how, shown.first_verdict) == ("watched", "attested", "not_watched")
    assert (shown.attested_by_id, shown.attested_at) == ("redaktor", at(MONDAY, "10.00"))
    assert shown.correction is not None
    [entry] = almanac.audit("watch_day.attested")
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["verdict"], entry.after["verdict"]) == ("not_watched", "watched")


def test_a_channel_that_is_read_can_be_attested_once_its_reading_has_failed(almanac: Almanac) -> None:
    almanac.town.change(Schedule, "fb", next_poll_at=at(FRIDAY, "06.45"))
    with pytest.raises(CannotAttest, match="misslyckas"):
        almanac.attests(FRIDAY, "06.10", channel="fb")
    almanac.read(FRIDAY, "06.45", "failed", error_kind="auth_expired")
    almanac.attests(FRIDAY, "09.00", channel="fb")
    assert almanac.told(FRIDAY) == ("watched", "attested", "attested")
    almanac.comes("c1", FRIDAY, "10.00")
    almanac.keep(FRIDAY, "10.01")
    assert almanac.shown(FRIDAY).verdict is None  # read after all: now what came has to be gone through


def test_a_channel_that_is_read_can_be_attested_when_its_reading_is_late_or_paused(almanac: Almanac) -> None:
    almanac.town.change(Schedule, "fb", next_poll_at=at(FRIDAY, "06.45"))
    with pytest.raises(CannotAttest):
        almanac.attests(FRIDAY, "06.49", channel="fb")
    almanac.attests(FRIDAY, "06.51", channel="fb")
    almanac.town.change(Schedule, "fb", next_poll_at=at(date(2026, 6, 20), "06.45"))
    almanac.changes(state="paused")
    almanac.attests(MONDAY, "09.00", channel="fb")
    assert almanac.told(MONDAY) == ("watched", "attested", "attested")


def test_nobody_waits_for_a_reading_that_comes_when_the_day_has_closed(almanac: Almanac) -> None:
    almanac.town.change(Schedule, "fb", next_poll_at=at(FRIDAY, "16.00"))
    with pytest.raises(CannotAttest):
        almanac.attests(FRIDAY, "12.00", channel="fb")
    almanac.town.change(Schedule, "fb", next_poll_at=at(FRIDAY, "16.01"))
    almanac.attests(FRIDAY, "12.00", channel="fb")
    almanac.keep(FRIDAY, "12.01")
    assert almanac.told(FRIDAY) == ("watched", "attested", "attested")


def test_a_day_that_was_read_completely_cannot_be_attested_then_or_later(almanac: Almanac) -> None:
    almanac.comes("c1", FRIDAY, "09.00")
    for when in (FRIDAY, MONDAY):
        with pytest.raises(CannotAttest, match="kanalvakt review"):
            almanac.attests(when, "10.00", for_day=FRIDAY, channel="fb")
    almanac.keep(MONDAY, "11.00")
    assert almanac.told(FRIDAY) == ("partly", "automatic", "not_reviewed")


@pytest.mark.parametrize(
    ("day", "word"),
    [
        (date(2026, 6, 15), "inte kommit"),
        (date(2026, 6, 6), "ingen arbetsdag"),
        (date(2026, 6, 10), "inte bevakas"),
    ],
)
def test_a_day_that_has_no_row_cannot_be_attested(quick: Almanac, day: date, word: str) -> None:
    with pytest.raises(CannotAttest, match=word):
        quick.attests(FRIDAY, "10.00", for_day=day)


def test_a_channel_without_comments_cannot_be_attested(quick: Almanac) -> None:
    quick.town.channel("webb", has_comments=False)
    with pytest.raises(CannotAttest, match="kommentarsfunktion"):
        quick.attests(FRIDAY, "10.00", channel="webb")


def test_who_has_left_can_neither_attest_nor_review(quick: Almanac) -> None:
    quick.town.change(Person, "ersattare", retired=True)
    with pytest.raises(CannotAttest):
        quick.attests(FRIDAY, "10.00", by="ersattare")
    with pytest.raises(CannotReview):
        quick.reviews(FRIDAY, "10.00", by="ersattare")


def test_a_channel_that_nothing_is_fetched_from_is_attested_not_reviewed(quick: Almanac) -> None:
    with pytest.raises(CannotReview, match="kanalvakt attest"):
        quick.reviews(FRIDAY, "10.00", channel="grupp")


def test_a_review_is_seen_at_once_and_is_in_the_audit_log(almanac: Almanac) -> None:
    almanac.comes("c1", FRIDAY, "09.00")
    almanac.keep(FRIDAY, "09.01")
    almanac.reviews(FRIDAY, "10.00")
    assert almanac.told(FRIDAY) == ("watched", "automatic", "reviewed")
    assert almanac.shown(FRIDAY).reviewed_at == at(FRIDAY, "10.00")
    [entry] = almanac.audit("channel.reviewed")
    assert (entry.actor, entry.subject) == ("redaktor", "fb")


def test_an_act_before_anything_was_counted_never_makes_new_comments_look_dealt_with(almanac: Almanac) -> None:
    almanac.read(FRIDAY, "06.45", "failed")
    almanac.attests(FRIDAY, "07.00", channel="fb")
    almanac.comes("c1", FRIDAY, "09.00")
    almanac.attests(FRIDAY, "09.01")
    with pytest.raises(CannotAttest):
        almanac.attests(FRIDAY, "09.02", channel="fb", by="ersattare")
    almanac.keep_over(FRIDAY)
    assert almanac.told(FRIDAY) == ("partly", "automatic", "not_reviewed")


def test_a_correction_holds_and_the_first_verdict_stays_visible(almanac: Almanac) -> None:
    almanac.keep_over(FRIDAY)
    almanac.corrects(MONDAY, FRIDAY, Verdict.WATCHED, reason="Kanalen sågs på plats.")
    shown = almanac.shown(FRIDAY)
    assert (shown.verdict, shown.how, shown.why) == ("watched", "attested", "corrected")
    assert (shown.first_verdict, shown.correction and shown.correction.note) == (
        "not_watched",
        "Kanalen sågs på plats.",
    )
    almanac.corrects(MONDAY + timedelta(days=1), FRIDAY, Verdict.PARTLY)
    assert almanac.shown(FRIDAY).verdict == "partly"
    entries = almanac.audit("watch_day.corrected")
    assert [(each.before["verdict"], each.after["verdict"]) for each in entries if each.before and each.after] == [
        ("not_watched", "watched"),
        ("watched", "partly"),
    ]
    with almanac.db.snapshot() as session:
        corrections = session.scalars(select(Correction).order_by(Correction.id)).all()
    assert [_of_correction(entry) for entry in entries] == [(each.id, each.verdict, each.by_id) for each in corrections]


def test_a_late_attestation_is_logged_with_the_correction_that_it_became(almanac: Almanac) -> None:
    almanac.keep_over(FRIDAY)
    almanac.attests(MONDAY, "10.00", for_day=FRIDAY)
    almanac.attests(MONDAY, "10.01")
    late, in_time = almanac.audit("watch_day.attested")
    correction = almanac.shown(FRIDAY, "grupp").correction
    assert correction is not None
    assert _of_correction(late) == (correction.id, "watched", "redaktor")
    assert in_time.after is not None
    assert "correction" not in in_time.after


def test_only_a_communicator_or_the_units_manager_corrects_and_says_why(quick: Almanac) -> None:
    quick.keep_over(FRIDAY)
    quick.town.person("it", roles=["administrator"])
    quick.town.person("chef", roles=["unit_manager"])
    for person in ("redaktor", "it", "chef"):
        with pytest.raises(CannotCorrect, match="kommunikatör"):
            quick.corrects(MONDAY, FRIDAY, Verdict.WATCHED, by=person)
    quick.town.change(Unit, "kommunikation", manager_id="chef")
    quick.corrects(MONDAY, FRIDAY, Verdict.WATCHED, by="chef")
    with pytest.raises(CannotCorrect, match="varför"):
        quick.corrects(MONDAY, FRIDAY, Verdict.WATCHED, reason="  ")


def test_a_day_that_is_not_over_or_not_there_cannot_be_corrected(quick: Almanac) -> None:
    quick.keep(MONDAY, "09.00")
    for day in (MONDAY, THURSDAY - timedelta(days=1)):
        with pytest.raises(CannotCorrect, match="avslutad"):
            quick.corrects(MONDAY, day, Verdict.WATCHED)


def _of_correction(entry: AuditEntry) -> tuple[object, ...]:
    assert entry.after is not None
    return entry.after["correction"], entry.after["verdict"], entry.after["by"]


def test_what_a_communicator_has_corrected_no_late_attestation_changes(almanac: Almanac) -> None:
    almanac.keep(FRIDAY, "07.00")
    almanac.keep(MONDAY, "08.00")
    almanac.corrects(MONDAY, FRIDAY, Verdict.NOT_WATCHED, reason="Ingen var där.")
    with pytest.raises(CannotAttest, match="rättad"):
        almanac.attests(MONDAY, "11.00", for_day=FRIDAY, channel="fb", by="ersattare")
    assert almanac.shown(FRIDAY).verdict is Verdict.NOT_WATCHED


def test_a_late_attestation_of_a_day_that_was_watched_corrects_nothing(almanac: Almanac) -> None:
    almanac.keep(FRIDAY, "07.00")
    almanac.attests(FRIDAY, "09.00")
    almanac.keep(MONDAY, "08.00")
    almanac.attests(MONDAY, "11.00", for_day=FRIDAY, by="ersattare")
    assert almanac.shown(FRIDAY, "grupp").correction is None


def test_who_has_left_corrects_nothing(almanac: Almanac) -> None:
    almanac.town.change(Person, "kommunikator", retired=True)
    almanac.keep(FRIDAY, "07.00")
    almanac.keep(MONDAY, "08.00")
    with pytest.raises(CannotCorrect):
        almanac.corrects(MONDAY, FRIDAY, Verdict.WATCHED, reason="Jag var där.")
