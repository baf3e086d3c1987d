"""A week of Tibro's in which comments are answered in time, late, elsewhere and not at all."""

from datetime import date

from monitor.db import Database
from monitor.inbox.mark_rules import Kind, Reason, Said
from monitor.inbox.marking import mark
from monitor.register.models import Unit
from tests.monitor.days.almanac import FRIDAY, MONDAY, THURSDAY, at
from tests.monitor.town import Town

WEDNESDAY = date(2026, 6, 17)
NOW = at(WEDNESDAY, "12.00")
FORMULA = '=HYPERLINK("https://example.com")'


def town_with_a_week(db: Database) -> Town:
    """On `fb`: answered in 1 h and in 2 h of working time, one of them late; one closed, one overdue. On `ig`: one that
    is not due yet, one older than the watch. `yt` is silent, and of another unit."""
    town = Town(db)
    with db.transaction() as session:
        session.add(Unit(id="kultur", name="Kultur & fritid"))
    town.channel("ig", platform="instagram")
    town.channel("yt", platform="youtube", unit_id="kultur", name=FORMULA)
    town.schedule("fb")
    town.schedule("ig", historic_before=at(THURSDAY, "12.00"))
    for id_, posted in (("1", at(THURSDAY, "09.00")), ("2", at(THURSDAY, "15.00"))):
        town.comment(id_, posted, author_id=f"r{id_}", post_external_id=id_)
    closed = town.comment("3", at(FRIDAY, "08.00"), author_id="r3", post_external_id="3")
    town.comment("4", at(FRIDAY, "22.10"), author_id="r4", post_external_id="4")
    for id_, posted, to in (("a1", at(THURSDAY, "10.00"), "1"), ("a2", at(MONDAY, "08.00"), "2")):
        town.comment(id_, posted, "Svar", post_external_id=to, parent_external_id=to, author_id="page-1")
    with db.transaction() as session:
        mark(session, closed, Said(Kind.CLOSE, reason=Reason.OPINION), "redaktor", at(FRIDAY, "12.00"))
    town.comment("5", at(WEDNESDAY, "08.00"), channel_id="ig", author_id="r5", post_external_id="5")
    town.comment("6", at(THURSDAY, "08.00"), channel_id="ig", author_id="r6", post_external_id="6")
    return town
