"""What the page of a message says of where it goes."""

import re

import pytest

from monitor.db import Database
from monitor.emergency import places
from monitor.emergency.models import Message
from monitor.register.models import Channel
from tests.web.emergency.test_crisis_pages import SignedIn, begin, staff, write

__all__ = ["staff"]


def test_each_text_is_shown_once_with_the_places_it_goes_to_and_youtubes_are_told_apart(
    staff: Database, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with staff.transaction() as session:
        known = session.get_one(Channel, "fb")
        same = {"unit_id": known.unit_id, "responsible_id": "redaktor", "deputy_id": "ersattare"}
        session.add(Channel(id="yt2", platform="youtube", name="YT", address="", external_id="UC1", **same))
    client = signed_in("redaktor")
    made = write(client, begin(client))
    shown = client.get(made).text
    texts = re.findall(r'<blockquote class="text" lang="sv">(.*?)</blockquote>', shown, re.DOTALL)
    assert len(texts) == len(set(texts)) == 2
    assert "YT: kommentarer under de nyaste filmerna" in shown
    assert "YT: kanalens egen text" in shown
    assert "Skicka inte till YT</" in shown, "who leaves out the channel leaves out everything of it"
    assert "kanalvakt[video]" not in shown
    monkeypatch.setattr(client.app.state, "settings", _wanting_videos(client.app.state.settings))  # type: ignore[attr-defined]
    monkeypatch.setattr(places, "can_film", lambda: False)
    assert "kanalvakt[video]" in client.get(made).text
    with staff.snapshot() as session:
        assert session.query(Message).count() == 1


def _wanting_videos(settings: object) -> object:
    wanted = settings.emergency.model_copy(update={"youtube_video": True})  # type: ignore[attr-defined]
    return settings.model_copy(update={"emergency": wanted})  # type: ignore[attr-defined]
