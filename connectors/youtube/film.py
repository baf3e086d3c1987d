"""A crisis message as a short video on the channel, by Google's resumable upload.

An upload makes no video before its last byte: all but the last piece is preparing, the last piece publishes. Whoever
has lost the answer asks the upload itself how far it has come; where that is forgotten, the channel's own uploads tell.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

from connectors.apart import moment
from connectors.base import State
from connectors.errors import ConnectorError, Meaning, OutcomeUnknown, Refused, Unavailable, UnexpectedAnswer
from connectors.publishing import Draft, Prepared, Published, Search, marked
from connectors.youtube.answers import WATCH
from connectors.youtube.parts import Part, Press, printable
from connectors.youtube.publish_errors import PUBLISHING
from connectors.youtube.publishing import CLOCKS_DIFFER
from connectors.youtube.uploading import Upload, begin, how_far, send_piece

PIECE = 4 * 1024 * 1024
"""Bytes; a multiple of 256 KB."""
A_WHILE = 30.0
"""Seconds that one go of preparing uploads; then others have their turn."""
LONGEST_TITLE = 100
LARGEST_DESCRIPTION = 5_000
"""Bytes."""
PROCESSING = frozenset({"uploaded"})


@dataclass(frozen=True)
class Film(Part):
    """A Publisher. progress: "session", the upload's address; "sha256" of the file that goes there; "sent", bytes."""

    longest_post: ClassVar[int] = 2_400
    publish_cost: ClassVar[int] = 1
    """Of the uploads' own hundred a day; each look costs a unit of the others."""

    def prepare(self, draft: Draft, progress: State, now: datetime) -> Prepared:  # noqa: ARG002 - the protocol's
        self.check(draft)
        video = _there(draft)
        mark, until = sha256(video.read_bytes()).hexdigest(), monotonic() + A_WHILE
        with self.open() as press:
            upload = self._resumed(press, progress, mark, video)
            if upload is None:
                upload = begin(press, _metadata(draft), video)
            while upload.left > PIECE and monotonic() < until:
                upload = self._piece(press, draft, upload)
        kept = {"session": upload.session, "sha256": mark, "sent": upload.sent}
        return Prepared(kept, ready=upload.left <= PIECE)

    def publish(self, draft: Draft, progress: State) -> Published:
        """The last piece."""
        video = _there(draft)
        upload = Upload(str(progress["session"]), int(progress["sent"]), video.stat().st_size)
        with self.open() as press:
            answer = self.write(press, lambda: send_piece(press, upload, video, PIECE))
        if isinstance(answer, Upload):
            raise Unavailable("YouTube has not kept all of the video yet", code="HTTP 308")
        return _published(answer)

    def find(self, draft: Draft, progress: State, since: datetime) -> Search:
        """What the upload itself says, and else the channel's uploads since then."""
        with self.open() as press:
            if progress.get("session"):
                told = how_far(press, str(progress["session"]), _there(draft).stat().st_size)
                if isinstance(told, dict):
                    return Search(_published(told), complete=True)
            for item in self._uploads(press, since):
                if marked(str(item.get("description", "")), draft.marker):
                    return Search(Published(item["resourceId"]["videoId"], WATCH + item["resourceId"]["videoId"]), True)
        return Search(None, complete=True)

    def verify(self, draft: Draft, published: Published) -> Published:
        """Raises Unavailable while YouTube processes it, Refused where it is not public, or is not what was sent."""
        with self.open() as press:
            found = press.list("videos", part="snippet,status", id=published.remote_id)["items"]
        if not found:
            raise Refused("it is not there", code="videoNotFound")
        snippet, status = found[0].get("snippet") or {}, found[0].get("status") or {}
        if snippet.get("channelId") != self.channel or not marked(str(snippet.get("description")), draft.marker):
            raise Refused("something else stands there", code="text")
        if status.get("uploadStatus") in PROCESSING:
            raise Unavailable("YouTube still processes the video", code="uploaded")
        if status.get("uploadStatus") != "processed":
            raise _meant("notProcessed")
        if status.get("privacyStatus") != "public":
            raise _meant("private")
        return published

    # -- the upload

    def _resumed(self, press: Press, progress: State, mark: str, video: Path) -> Upload | None:
        """None where another has to begin: there is none, it was of another file, or YouTube has forgotten it."""
        if not progress.get("session") or progress.get("sha256") != mark:
            return None
        told = how_far(press, str(progress["session"]), video.stat().st_size)
        if isinstance(told, dict):
            raise OutcomeUnknown("the video was uploaded by an attempt that nobody remembers")
        return told

    def _piece(self, press: Press, draft: Draft, upload: Upload) -> Upload:
        """One piece more. Nothing is public after it."""
        with _harmless():
            answer = press.once(lambda: send_piece(press, upload, _there(draft), PIECE))
        if isinstance(answer, Upload):
            return answer
        raise OutcomeUnknown("YouTube takes a part of the video for the whole")

    def _uploads(self, press: Press, since: datetime) -> Iterator[dict[str, Any]]:
        """What the channel uploaded, newest first, back to then."""
        for item in press.list("channels", part="contentDetails", id=self.channel)["items"]:
            playlist = item["contentDetails"]["relatedPlaylists"]["uploads"]
            asked = {"part": "snippet", "playlistId": playlist, "maxResults": 50}
            for page in press.pages("playlistItems", nothing_for=("playlistNotFound",), **asked):
                snippets = [entry["snippet"] for entry in page["items"]]
                yield from snippets
                if snippets and moment(snippets[-1]["publishedAt"]) < since - CLOCKS_DIFFER:
                    return


@contextmanager
def _harmless() -> Iterator[None]:
    """An upload that has not had its last byte makes nothing: what is lost of it may be sent again."""
    lost: ConnectorError | None = None
    try:
        yield
    except (OutcomeUnknown, UnexpectedAnswer) as error:
        lost = Unavailable("the upload broke off", code=error.code)
    if lost is not None:
        raise lost


def _there(draft: Draft) -> Path:
    if draft.video is None or not draft.video.is_file():
        raise Refused("there is no video to upload", code="mediaBodyRequired")
    return draft.video


def _metadata(draft: Draft) -> dict[str, Any]:
    title = printable(" ".join(draft.title.split()))
    title = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"
    description = printable(draft.text)
    if len(description.encode()) > LARGEST_DESCRIPTION:
        raise Refused("the text is empty or too long", code="length")
    snippet = {"title": title, "description": description, "categoryId": "25"}
    return {"snippet": snippet, "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": False}}


def _published(video: object) -> Published:
    id_ = video.get("id") if isinstance(video, dict) else None
    if not isinstance(id_, str) or not id_:
        raise OutcomeUnknown("YouTube does not say what it made")
    return Published(id_, f"{WATCH}{id_}")


def _meant(code: str) -> ConnectorError:
    meaning: Meaning = PUBLISHING[code]
    return meaning.error(meaning.detail, code=code, remedy=meaning.remedy)
