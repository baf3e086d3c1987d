"""Repairs on the web: each problem with a button or link that mends it, for whoever may."""

import re
from datetime import timedelta

import pytest

from monitor.access.visitors import Visitor, visitor_of
from monitor.alerts.models import Notice
from monitor.records.repair_rules import Gravity, Means, Repair
from monitor.register.models import Channel, Decision, DecisionReceipt, Person, Route
from monitor.watch.models import Schedule, TokenHealth
from monitor.web.repairs import WAYS, offered
from tests.monitor.days.almanac import MONDAY, THURSDAY
from tests.web.register.office import NOW, Office


def buttons(text: str) -> set[str]:
    return set(re.findall(r'method="post" action="(/(?:channels|people|decisions)[^"]+)"', text))


def links(text: str) -> set[str]:
    return set(re.findall(r'class="ds-button" href="([^"]+)"', text))


def _who(office: Office, person: str) -> Visitor:
    with office.db.snapshot() as session:
        return visitor_of(session, session.get_one(Person, person), 0, MONDAY)


def test_each_problem_leads_to_what_mends_it(office: Office) -> None:
    town = office.town
    town.change(Route, ("ersattare", "mail"), disabled_at=NOW - timedelta(days=1), reason="550")
    town.change(Channel, "grupp", watch_mode="automatic", state="paused", state_reason="Sommar")
    told = {"subject_kind": "digest", "subject": "chef", "rung": "daily", "recipient_id": "chef", "cycle": "1"}
    town._add(Notice(**told, due_at=NOW, created_at=NOW, state="failed"))
    text = office.client("kommunikator").get("/repairs").text
    assert {"/channels/forskola/check", "/channels/forskola/read"} <= buttons(text)
    assert {"/people/ersattare/ways/try", "/people/chef/ways/try", "/channels/grupp/resume"} <= buttons(text)
    assert f"/watch/grupp/{THURSDAY}" in links(text)
    assert not any(address.endswith("/decision") for address in links(text)), "that is the manager's"
    listed = text.split("<h1", 1)[1].rsplit("</ol>", 1)[0]
    assert "<code>kanalvakt notices list</code>" in listed
    assert "kanalvakt " not in re.sub("<details.*?</details>", "", listed, flags=re.DOTALL), "behind a fold"
    device = office.client("kommunikator")
    for address in links(text):
        assert device.get(address).status_code == 200, address


def test_a_manager_gets_the_decision_and_no_others_troubles(office: Office) -> None:
    text = office.client("chef").get("/repairs").text
    assert "/channels/fb/decision" in links(text)
    assert "forskola" not in text
    text = office.client("barnchef").get("/repairs").text
    assert {"/channels/forskola/check", "/channels/forskola/read"} <= buttons(text)
    assert "/channels/forskola/decision" in links(text)


@pytest.mark.parametrize("means", list(Means))
def test_every_means_is_offered_to_whoever_may_and_to_nobody_else(office: Office, means: Means) -> None:
    repair = Repair("x", Gravity.NOW, "p", "r", "", "", "fb", means=((means, "fb"),))
    for person in ("kommunikator", "chef", "barnchef", "admin", "redaktor"):
        who = _who(office, person)
        shown = [each.presses for each in offered(who, repair)]
        assert shown == [WAYS[means].presses] * who.may(WAYS[means].permission, "fb")


def test_a_token_is_tried_and_a_channel_read_by_a_press(office: Office) -> None:
    device = office.client("chef")
    office.town.change(Schedule, "fb", next_poll_at=NOW + timedelta(hours=5))
    page = device.post("/channels/fb/check").text
    assert "kanalen kan inte hämtas" in page
    assert "TIBRO_FB_TOKEN" in page, "the setting that has no token"
    with office.db.snapshot() as session:
        assert session.get_one(TokenHealth, "fb").checked_at >= NOW
    assert "så snart den står på tur" in device.post("/channels/fb/read").text
    with office.db.snapshot() as session:
        assert session.get_one(Schedule, "fb").next_poll_at < NOW + timedelta(minutes=1)
    other = office.client("barnchef")
    assert [other.post(f"/channels/fb/{act}").status_code for act in ("check", "read")] == [404, 404]
    assert office.client("redaktor").post("/channels/fb/read").status_code == 403


def test_a_persons_ways_are_tried_and_put_into_use_again(office: Office) -> None:
    office.town.change(Route, ("redaktor", "mail"), disabled_at=NOW, reason="550 <okänd>")
    device = office.client("admin")
    page = device.get("/people/redaktor/ways").text
    assert "550 &lt;okänd&gt;" in page
    assert "KANALVAKT_SMTP_URL" in device.post("/people/redaktor/ways/try").text, "why no test went out"
    assert "Vägen används igen" in device.post("/people/redaktor/ways/mail/enable").text
    assert office.acts("route.enabled") == [("admin", "redaktor/mail")]
    assert device.post("/people/redaktor/ways/duva/enable").status_code == 404
    own = office.client("redaktor")
    assert own.get("/people/redaktor/ways").status_code == own.post("/people/redaktor/ways/try").status_code == 200
    assert own.post("/people/redaktor/ways/mail/enable").status_code == 403
    assert own.get("/people/chef/ways").status_code == own.post("/people/chef/ways/try").status_code == 404


def test_an_arrived_decision_is_confirmed_from_the_list(office: Office) -> None:
    with office.db.transaction() as session:
        made = session.query(Decision).filter_by(channel_id="fb").one()
        number = made.id
        session.query(DecisionReceipt).update({"sent_at": NOW - timedelta(days=30)})
    device = office.client("kommunikator")
    address = f"/decisions/{number}/confirm"
    assert address in buttons(device.get("/repairs").text)
    device.post(address)
    assert address not in buttons(device.get("/repairs").text)
