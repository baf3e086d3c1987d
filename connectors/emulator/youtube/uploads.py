"""videos.insert through Google's resumable upload protocol: a session that makes no video before its last byte.

POST begins a session and tells its address (Location). PUT brings bytes: 308 with the Range of what has been kept, or
the video when all is there; "Content-Range: bytes */N" asks how far it has come, and changes nothing. A session that
has made its video says so again whenever it is asked; one that is forgotten is 404.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Account, Post, World
from connectors.emulator.youtube.google import Caller, Gate, Quota, Refusal, login_required, missing_scope
from connectors.emulator.youtube.habits import Habits
from connectors.emulator.youtube.resources import status_of, video

PATH = "/upload/youtube/v3/videos"
METHOD = "videos.insert"
SCOPES = frozenset(
    f"https://www.googleapis.com/auth/{name}" for name in ("youtube", "youtube.force-ssl", "youtube.upload")
)
LIVES = timedelta(days=7)
PIECE = 256 * 1024
"""Every piece but the last is a multiple of this."""
LONGEST_TITLE = 100
LARGEST_DESCRIPTION = 5_000
"""Bytes."""
DOMAIN = "youtube.video"


@dataclass
class Session:
    """One upload. content: what has been kept. made: the video, when all was there."""

    account: Account
    title: str
    description: str
    size: int
    began: datetime
    content: bytes = b""
    made: Post | None = None
    privacy: str = "public"


@dataclass
class Uploads:
    """sessions: by upload id; a test may forget one. files: the bytes of each video."""

    world: World
    gate: Gate
    quota: Quota
    habits: Habits
    sessions: dict[str, Session] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def answer(self, request: Request) -> Answer:
        """Raises Refusal."""
        if request.method == "POST":
            return self._begin(request, self._caller(request))
        session = self.sessions.get(request.get("upload_id"))
        if session is None or self.world.now > session.began + LIVES:
            return Answer(404, b"Not Found", {"Content-Type": "text/plain"}, 0)
        if session.made is None:
            self._caller(request)
            self._keep(session, request)
        if session.made is None:
            return _so_far(session)
        return Answer.json(
            video(session.made, self.world, status=status_of(session.made, self.habits, self.world)), cost=0
        )

    def _caller(self, request: Request) -> Caller:
        caller = self.gate.caller(request)
        if caller.account is None:
            raise login_required()
        if not caller.scopes & SCOPES:
            raise missing_scope()
        return caller

    def _begin(self, request: Request, caller: Caller) -> Answer:
        self.quota.charge(self.world.now, caller.project, METHOD)
        if request.get("uploadType") != "resumable" or caller.account is None:
            raise _refusal("badRequest", "Only resumable uploads are emulated.")
        if self.habits.uploads_left == 0:
            raise _refusal("uploadLimitExceeded", "The user has exceeded the number of videos they may upload.")
        told = _told(request)
        size = int(request.headers.get("x-upload-content-length", "0"))
        session = Session(caller.account, *told[:2], size, self.world.now, privacy=told[2])
        id_ = f"ABg5-{len(self.sessions):04}"
        self.sessions[id_] = session
        where = f"{request.origin}{PATH}?uploadType=resumable&upload_id={id_}"
        return Answer(200, b"", {"Location": where, "X-GUploader-UploadID": id_})

    def _keep(self, session: Session, request: Request) -> None:
        asked = request.headers.get("content-range", f"bytes 0-{len(request.body) - 1}/{session.size}")
        match = re.fullmatch(r"bytes (\*|(\d+)-(\d+))/(\d+)", asked)
        if match is None or int(match[4]) != session.size:
            raise _refusal("badRequest", "Failed to parse Content-Range header.")
        if match[1] == "*" or int(match[2]) != len(session.content):
            return
        if int(match[3]) + 1 < session.size and len(request.body) % PIECE:
            raise _refusal("badRequest", "Invalid request: the size of a piece is no multiple of 256 KB.")
        session.content += request.body[: self.habits.keeps_at_most]
        if len(session.content) == session.size:
            self._make(session)

    def _make(self, session: Session) -> None:
        made = self.world.publish(session.account, f"{session.title}\n{session.description}")
        made.listed_at = self.world.now + timedelta(seconds=self.world.list_lag)
        self.files[made.id], session.made = session.content, made
        self.habits.uploaded.add(made.id)
        if session.privacy != "public" or self.habits.unaudited:
            self.habits.private.add(made.id)
        if self.habits.uploads_left:
            self.habits.uploads_left -= 1
        self.world.did("publish", session.account, made)


def _so_far(session: Session) -> Answer:
    kept = {"Range": f"bytes=0-{len(session.content) - 1}"} if session.content else {}
    return Answer(308, b"", kept, 0)


def _told(request: Request) -> tuple[str, str, str]:
    """Title, description and privacy. Raises Refusal."""
    try:
        body: dict[str, Any] = json.loads(request.body)
        snippet, status = body["snippet"], body["status"]
        title, description = str(snippet["title"]), str(snippet.get("description", ""))
        privacy = str(status.get("privacyStatus", "public"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _refusal("badRequest", "The body is no video.") from None
    if not title.strip() or len(title) > LONGEST_TITLE or re.search("[<>]", title):
        raise _refusal("invalidTitle", "The video's title is invalid or empty.")
    if len(description.encode()) > LARGEST_DESCRIPTION or re.search("[<>]", description):
        raise _refusal("invalidDescription", "The video's description is invalid.")
    return title, description, privacy


def _refusal(reason: str, message: str) -> Refusal:
    return Refusal(400, reason, message, domain=DOMAIN)
