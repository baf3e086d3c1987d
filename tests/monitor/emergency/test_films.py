"""The picture card as a film, by the real encoder."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from monitor.emergency import films
from monitor.emergency.cards import SIDE, card
from monitor.emergency.models import Message

av = pytest.importorskip("av", reason="the encoder comes with kanalvakt[video]")


def message() -> Message:
    made = Message(incident_id=1, kind="alert", author_id="anna", made_at=None)  # type: ignore[arg-type]
    made.headline = "Koka vattnet i Tibro"
    return made


def test_it_shows_the_card_long_enough_to_be_read_and_is_drawn_once(tmp_path: Path) -> None:
    path = films.film(message(), False, tmp_path / "films" / "m.mp4")
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", SIDE, SIDE)
        assert container.duration / 1_000_000 == films.SECONDS
        shown = next(container.decode(video)).to_image()
    written = Image.open(BytesIO(card(message(), False))).convert("RGB")
    for at in ((20, 20), (SIDE - 20, SIDE - 20)):  # the band, and the paper
        assert max(abs(a - b) for a, b in zip(shown.getpixel(at), written.getpixel(at), strict=True)) < 12
    before = path.stat().st_mtime_ns
    assert films.film(message(), False, path).stat().st_mtime_ns == before
    assert [each.name for each in path.parent.iterdir()] == ["m.mp4"]
    assert path.stat().st_size < 500_000
