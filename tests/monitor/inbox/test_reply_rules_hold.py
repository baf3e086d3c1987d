"""What an answer says before it is sent: fields, signature, and the text that its platform gets."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import PLATFORMS
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.inbox.reply_rules import FIELDS, TemplateKind, filled, left_open, signed_text
from monitor.inbox.templates import (
    EVERYBODY,
    CannotKeep,
    Given,
    add_template,
    change_template,
    retire_template,
    sign_as,
    signature_of,
    templates_for,
    worded,
)
from monitor.inbox.writing import Unfit, draft, takes
from monitor.register.models import Channel, Organisation, Unit
from monitor.watch.models import Comment
from tests.connectors.writing_stages import STAGES, WRITES, Pen, target_of
from tests.monitor.town import Town

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
texts = st.text(alphabet="ab{}\n å😀", max_size=40)


@given(st.lists(st.sampled_from([*(f"{{{name}}}" for name in FIELDS), "{other}", "Hej ", "{", "}"])), st.data())
def test_a_field_is_filled_in_or_found_and_nothing_else_is_touched(parts: list[str], data: st.DataObject) -> None:
    known = data.draw(st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["Tibro", None])))
    text = filled("".join(parts), known)
    assert {name for name in FIELDS if f"{{{name}}}" in text} == {each.strip("{}") for each in left_open(text)}
    assert not {name for name, value in known.items() if value} & {each.strip("{}") for each in left_open(text)}
    assert text.count("{other}") == "".join(parts).count("{other}")


@given(texts, texts)
def test_a_text_is_signed_once_and_an_empty_one_never(text: str, signature: str) -> None:
    once = signed_text(text, signature)
    assert signed_text(once, signature) == once
    assert once.startswith(text.rstrip())
    assert once.endswith(signature.strip() if once else "")
    assert bool(once) == bool(text.strip())


@pytest.mark.parametrize("platform", STAGES)
def test_what_is_shown_before_is_what_the_platform_gets(emulator: Emulator, platform: str) -> None:
    """Also to a reply to a reply, which needs a name before it; and About offers what the connector does."""
    pen = Pen(STAGES[platform](emulator))
    top = pen.ready_for("reply")
    nested = pen.stage.comment(top, "Och på söndagar?")
    writes = PLATFORMS[platform].writes
    assert writes is not None
    assert (writes.kinds, writes.longest_reply) == (frozenset(WRITES[platform]), pen.replier.longest_reply)
    for comment in (top, nested):
        target = target_of(comment)
        author = target.author
        assert author is not None
        shown = writes.reply_text("Då är det stängt.", nested=target.nested, name=author.name, handle=author.handle)
        made = pen.replier.reply(target, "Då är det stängt.")
        assert pen.stage.world.comments[made].text == shown


@pytest.fixture
def town(sqlite: Database) -> Town:
    return Town(sqlite)


def test_a_draft_counts_signature_and_name_and_knows_why_it_is_unfit(town: Town) -> None:
    id_ = town.comment("nested", NOW, parent_external_id="top")
    with town.db.snapshot() as session:
        comment = session.get_one(Comment, id_)
        writes = takes(session.get_one(Channel, "fb"))
        assert writes is not None
        made = draft(comment, writes, "Hej!", "Rut, Tibro kommun")
        assert (made.text, made.whole) == ("Hej!\n\nRut, Tibro kommun", "Anna Andersson Hej!\n\nRut, Tibro kommun")
        assert (made.left, made.unfit) == (8000 - len(made.whole), None)
        room = 8000 - len("Anna Andersson \n\nRut")
        assert draft(comment, writes, "å" * room, "Rut").unfit is None
        assert draft(comment, writes, "å" * (room + 1), "Rut").unfit is Unfit.TOO_LONG
        assert draft(comment, writes, " \n", "Rut").unfit is Unfit.EMPTY
        assert draft(comment, writes, "Ring {phone}").unfit is Unfit.LEFT_OPEN
        assert "Hej" not in repr(made)
    town.change(Channel, "fb", watch_mode="manual")
    with town.db.snapshot() as session:
        assert takes(session.get_one(Channel, "fb")) is None


def test_templates_are_offered_where_they_belong_and_filled_in(town: Town) -> None:
    town.change(Organisation, 1, phone="0504-180 00")
    with town.db.transaction() as session:
        channel, owner = session.get_one(Channel, "fb"), session.get_one(Organisation, 1)
        old = add_template(session, "Gammal", "sv", "Hej", "redaktor", NOW)
        add_template(session, "Thanks", "en", "Thank you", "redaktor", NOW)
        add_template(
            session,
            "Ring oss",
            "sv",
            "Ring {organisation}: {phone}, {email}",
            "redaktor",
            NOW,
            Given(unit_id="kommunikation"),
        )
        retire_template(session, old.id, "redaktor", NOW)
        found = templates_for(session, channel)
        assert [each.name for each in found] == ["Ring oss", "Thanks"]
        for_fb, for_ig = Given(channel_id="fb", kind=TemplateKind.REFERRAL), Given(channel_id="ig")
        session.add(Unit(id="barn", name="Barn"))
        session.flush()
        about = {"name": "I", "address": "https://example.org", "unit_id": "barn", "responsible_id": "redaktor"}
        session.add(Channel(id="ig", platform="instagram", **about))
        session.flush()
        own = add_template(session, "Egen", "sv", "Hej", "redaktor", NOW, for_fb)
        add_template(session, "Annans", "sv", "Hej", "redaktor", NOW, for_ig)
        assert [each.name for each in templates_for(session, channel)] == ["Egen", "Ring oss", "Thanks"]
        change_template(session, own, "Egen", "sv", "Hej", "redaktor", NOW, Given("barn"))
        assert [each.name for each in templates_for(session, channel)] == ["Ring oss", "Thanks"]
        for given in (Given("kommunikation", "ig"), Given(channel_id="nothing"), Given("nothing")):
            with pytest.raises(CannotKeep):
                add_template(session, "x", "sv", "x", "redaktor", NOW, given)
        with pytest.raises(CannotKeep, match=r"\{website\}.*\{organisation\}, \{channel\}, \{phone\}, \{email\}"):
            add_template(session, "x", "sv", "Se {website}", "redaktor", NOW)
        assert worded(found[0], owner, channel) == "Ring Tibro kommun: 0504-180 00, {email}"
        for name, language, text in (("", "sv", "x"), ("x", "fi", "x"), ("x", "sv", " "), ("x" * 81, "sv", "x")):
            with pytest.raises(CannotKeep):
                add_template(session, name, language, text, "redaktor", NOW)
        sign_as(session, EVERYBODY, "Tibro kommun", "redaktor", NOW)
        sign_as(session, "redaktor", "Rut, Tibro kommun", "redaktor", NOW)
        assert signature_of(session, "redaktor") == "Rut, Tibro kommun"
        assert signature_of(session, "ersattare") == "Tibro kommun"
        sign_as(session, "redaktor", "", "redaktor", NOW)
        assert signature_of(session, "redaktor") == ""
