"""Google's resumable upload, step by step, with Google's own client: begin, ask how far it has come, send a piece."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from googleapiclient.http import MediaFileUpload

from connectors.errors import OutcomeUnknown, Unavailable, UnexpectedAnswer
from connectors.youtube.parts import Press, json_of

KIND = "video/mp4"
PARTS = "snippet,status"
FORGOTTEN = frozenset({404, 410})
WANTS_MORE = 308


@dataclass(frozen=True, slots=True)
class Upload:
    """session: its address. sent: so many bytes of `size` are kept there."""

    session: str
    sent: int
    size: int

    @property
    def left(self) -> int:
        return self.size - self.sent


def begin(press: Press, metadata: dict[str, Any], video: Path) -> Upload:
    """Nothing is made by it, so it may be sent again. Raises ConnectorError."""
    media = MediaFileUpload(str(video), mimetype=KIND, resumable=True)
    try:
        request = press.request("videos.insert", part=PARTS, body=metadata, media_body=media)
        told = {"X-Upload-Content-Type": KIND, "X-Upload-Content-Length": str(media.size())}
        headers = {**request.headers, **told, "content-length": str(request.body_size)}
        response, _content = _unharmful(press, request.uri, "POST", request.body, headers)
    finally:
        media.stream().close()
    if response.status != 200 or "location" not in response:
        raise Unavailable("YouTube did not begin the upload", code=f"HTTP {response.status}")
    return Upload(str(response["location"]), 0, video.stat().st_size)


def how_far(press: Press, session: str, size: int) -> Upload | dict[str, Any] | None:
    """The video, where there is one; None where YouTube has forgotten the session. Changes nothing. Raises
    ConnectorError."""
    headers = {"Content-Range": f"bytes */{size}", "content-length": "0"}
    response, content = _unharmful(press, session, "PUT", None, headers)
    if response.status in FORGOTTEN:
        return None
    if response.status == WANTS_MORE:
        kept = str(response.get("range", "bytes=0--1")).rpartition("-")[2]
        return Upload(session, int(kept) + 1 if kept.isdecimal() and "range" in response else 0, size)
    return json_of(content)


def send_piece(press: Press, upload: Upload, video: Path, piece: int) -> Upload | dict[str, Any]:
    """The next so many bytes, once: the video where they were the last. Raises what Google's client raises."""
    media = MediaFileUpload(str(video), mimetype=KIND, chunksize=piece, resumable=True)
    try:
        request = press.request("videos.insert", part=PARTS, body={}, media_body=media)
        request.resumable_uri, request.resumable_progress = upload.session, upload.sent
        _progress, video_made = request.next_chunk(num_retries=0)
        return video_made if video_made is not None else replace(upload, sent=request.resumable_progress)
    finally:
        media.stream().close()


def _unharmful(press: Press, url: str, method: str, body: str | None, headers: dict[str, str]) -> Any:
    """As `Press.send`, of what may be repeated."""
    code = ""
    try:
        return press.send(url, method, body, headers, fine=FORGOTTEN)
    except (OutcomeUnknown, UnexpectedAnswer) as lost:
        code = lost.code
    raise Unavailable("the upload's answer was lost", code=code)
