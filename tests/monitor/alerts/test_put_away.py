"""Whoever takes care of a channel hears, once and the next morning, what was hidden or thrown away there."""

from datetime import date

import pytest
from sqlalchemy import select

from config.settings import Settings
from monitor.db import Database
from monitor.inbox.action_rules import Fate
from monitor.inbox.models import Action
from monitor.inbox.removal_models import SavedCopy
from monitor.inbox.removal_rules import Kind, Rule, Step
from monitor.inbox.removal_steps import write
from monitor.register.models import Organisation
from monitor.watch.models import Comment, Observation
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.vigil import Vigil, plain
from tests.monitor.copies import keep_copy
from tests.monitor.days.almanac import at

MON, TUE, WED, THU = (date(2026, 6, day) for day in range(8, 12))


class Tidy(Vigil):
    def hides(self, id_: str, day: date, clock: str, by: str | None = None, kind: str = "hide") -> int:
        """A comment of that morning is hidden; from here where somebody does it. A reading notices it then."""
        when = at(day, clock)
        comment = self.town.comment(id_, at(day, "07.00"), f"Elakt nummer {id_}", author_id=id_)
        run = self.town.read(when)
        with self.db.transaction() as session:
            if by is not None:
                known = {"channel_id": "fb", "comment_id": comment, "by_id": by, "text": "", "state": Fate.DONE}
                times = {"created_at": when, "next_at": when, "done_at": when}
                keep_copy(session, comment)
                session.add(Action(key=id_, kind=kind, **known, **times))
            if kind == "hide":
                session.add(Observation(comment_id=comment, poll_run_id=run, kind="hidden", seen_at=when))
                session.get_one(Comment, comment).hidden = True
        return comment

    def told(self, day: date, *clocks: str) -> list[tuple[str, str]]:
        return [each for each in self.run(day, *clocks) if "undan" in each[1]]


@pytest.fixture
def tidy(sqlite: Database, mail: Settings, post_office: PostOffice) -> Tidy:
    return Tidy(sqlite, mail, post_office)


def test_whoever_takes_care_of_the_channel_hears_once_and_the_next_morning(tidy: Tidy) -> None:
    tidy.hides("c1", MON, "10.00", by="ersattare")
    assert tidy.told(MON, "10.05", "15.55") == []
    assert tidy.told(TUE, "07.30", "07.35", "12.00") == [("redaktor", "1 kommentar har lagts undan")]
    assert "Erik Ersättare dolde den mån 8 juni kl. 10.00" in " ".join(plain(tidy.office.mails[-1]).split())
    assert tidy.told(WED, "07.30", "12.00") == []


def test_what_was_hidden_on_the_platform_itself_is_told_as_that(tidy: Tidy) -> None:
    tidy.hides("c1", MON, "10.00")
    tidy.told(TUE, "07.30")
    [text] = [plain(each) for each in tidy.office.mails if "undan" in each["Subject"]]
    assert "den har dolts på själva plattformen" in " ".join(text.split())


def test_whoever_did_it_is_not_told_of_it(tidy: Tidy) -> None:
    tidy.hides("c1", MON, "10.00", by="redaktor")
    assert tidy.told(TUE, "07.30") == []


def test_what_was_thrown_away_before_it_was_shown_is_told_too(tidy: Tidy) -> None:
    tidy.hides("c1", MON, "10.00", by="ersattare", kind="reject")
    assert tidy.told(TUE, "07.30") == [("redaktor", "1 kommentar har lagts undan")]


def test_what_is_shown_again_is_not_told(tidy: Tidy) -> None:
    comment = tidy.hides("c1", MON, "10.00")
    tidy.judged(TUE, "07.30")
    tidy.town.change(Comment, comment, hidden=False)
    tidy.sends(TUE, "07.30")
    assert [state for _who, _rung, state in tidy.notices("put_away")] == ["cancelled"]


def test_many_make_one_mail_that_is_no_longer_than_it_needs_to_be(tidy: Tidy) -> None:
    for number in range(25):
        tidy.hides(f"c{number}", MON, "10.00", by="ersattare")
    assert tidy.told(TUE, "07.30") == [("redaktor", "25 kommentarer har lagts undan")]
    [text] = [plain(each) for each in tidy.office.mails if "undan" in each["Subject"]]
    assert text.count("dolde den") == 20
    assert "Och 5 till." in text


def test_who_comes_back_is_not_told_what_the_deputy_was_told(tidy: Tidy) -> None:
    tidy.hides("c1", MON, "10.00")
    tidy.away("redaktor", TUE)
    assert [who for who, _subject in tidy.told(TUE, "07.30")] == ["ersattare"]
    assert tidy.told(WED, "07.30") == []


def test_texts_stay_out_of_mails_where_the_organisation_wants_that(tidy: Tidy) -> None:
    tidy.town.change(Organisation, 1, excerpts=False)
    tidy.hides("c1", MON, "10.00")
    tidy.told(TUE, "07.30")
    assert not [each for each in tidy.office.mails if "Elakt" in plain(each)]


def test_what_is_secret_is_not_quoted(tidy: Tidy) -> None:
    number = tidy.hides("c1", MON, "10.00", by="ersattare")
    with tidy.db.transaction() as session:
        copy = session.scalars(select(SavedCopy).where(SavedCopy.comment_id == number)).one()
        write(session, copy.id, Step(Kind.RULE, rule=Rule.SECRECY), "ersattare", at(MON, "10.00"))
    assert tidy.told(TUE, "07.30") == [("redaktor", "1 kommentar har lagts undan")]
    text = plain(tidy.office.mails[-1])
    assert "Elakt" not in text
    assert "sekretess" in text


def test_what_was_removed_for_good_is_told_too(tidy: Tidy) -> None:
    tidy.hides("c1", MON, "10.00", by="ersattare", kind="remove")
    assert tidy.told(TUE, "07.30") == [("redaktor", "1 kommentar har lagts undan")]
