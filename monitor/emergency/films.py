"""A crisis message as a short film, for YouTube: its picture card, long enough to be read twice.

The words stand in the picture itself, so nobody needs captions, and there is no sound. Drawn by PyAV, which comes with
`kanalvakt[video]`: it holds an encoder of a hundred megabytes that most have no use for.
"""

import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

from monitor.emergency.cards import SIDE, Words, card

SECONDS = 15
RATE = 5
"""Pictures a second: nothing moves."""
LOOKS = {"preset": "superfast", "tune": "stillimage", "crf": "20"}


def film(message: Words, exercise: bool, path: Path) -> Path:
    """The file, made where it is not there yet: whoever goes on with an upload needs the same bytes. Raises OSError."""
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    made = encoded(card(message, exercise))
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as begun:
        begun.write(made)
    return Path(begun.name).replace(path)


def encoded(picture: bytes) -> bytes:
    """A JPEG of 1080 × 1080 as MP4 (H.264)."""
    import av  # an extra, and heavy

    content = BytesIO()
    with av.open(content, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE, options=LOOKS)
        stream.width = stream.height = SIDE
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_image(Image.open(BytesIO(picture)))
        for number in range(SECONDS * RATE):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return content.getvalue()
