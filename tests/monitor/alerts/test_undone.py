"""Who asked for something on a platform hears, once, when it needs a person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.judging import judge
from monitor.alerts.sending import SendOutcome, send_due
from monitor.db import Database
from monitor.inbox.acting_words import SENTENCES
from monitor.inbox.action_rules import Fate, Why
from monitor.inbox.models import Action
from tests.monitor.alerts.conftest import MORNING
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.town import Town

NOW = MORNING + timedelta(hours=2)


def asked(town: Town, state: Fate, why: Why) -> None:
    """The deputy asked for a reply to a comment."""
    comment = town.comment("c1", MORNING)
    with town.db.transaction() as session:
        known = {"channel_id": "fb", "comment_id": comment, "kind": "reply", "by_id": "ersattare"}
        told = {"state": state, "reason": str(why), "remedy": SENTENCES[why]}
        session.add(Action(key="k", created_at=MORNING, next_at=MORNING, text="På måndag.", **known, **told))


def mails(post_office: PostOffice) -> list[tuple[str, str]]:
    return [(m["To"], m["Subject"].partition(" –")[0]) for m in post_office.mails if "behöver dig" in m["Subject"]]


@pytest.mark.parametrize(("state", "why"), [(Fate.NEEDS_HUMAN, Why.NOT_FOUND), (Fate.ASKS, Why.ANSWERED_MEANWHILE)])
def test_who_asked_is_told_once_what_to_do(
    town: Town, post_office: PostOffice, mail: Settings, state: Fate, why: Why
) -> None:
    asked(town, state, why)
    for hours in range(3):
        judge(town.db, NOW + timedelta(hours=hours), mail)
        send_due(town.db, NOW + timedelta(hours=hours), mail)
    assert mails(post_office) == [("ersattare@example.org", "Tibro kommun på fb: det du bad om behöver dig")]


def test_what_has_been_settled_meanwhile_is_not_told(town: Town, db: Database, mail: Settings) -> None:
    asked(town, Fate.ASKS, Why.ANSWERED_MEANWHILE)
    judge(db, NOW, mail)
    with db.transaction() as session:
        session.scalars(select(Action)).one().state = Fate.DONE
    assert send_due(db, NOW, mail) == SendOutcome(sent=1, cancelled=1)
