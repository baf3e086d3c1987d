"""What is written through the YouTube Data API: replies, moderation, deleting, a channel's text. Fifty units each."""

import json
from collections.abc import Callable

from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Comment, World
from connectors.emulator.youtube.channel_texts import ChannelTexts
from connectors.emulator.youtube.google import Caller, Gate, Quota, Refusal, login_required, missing_scope
from connectors.emulator.youtube.habits import Habits
from connectors.emulator.youtube.resources import View, comment, thread

ROOT = "/youtube/v3/"
SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
UNITS = 50
LONGEST = 10_000
STATUSES = ("published", "heldForReview", "rejected")
DOMAIN = "youtube.comment"
Act = Callable[[Request, Caller], Answer]


class Writing:
    """The methods that change comments, and a channel's own text."""

    def __init__(self, world: World, gate: Gate, quota: Quota, habits: Habits, texts: ChannelTexts) -> None:
        self._world, self._gate, self._quota, self._habits = world, gate, quota, habits
        self._texts = texts

    def answer(self, request: Request) -> Answer:
        """Raises Refusal."""
        found = self._method(request)
        if found is None:
            raise Refusal(404, "notFound", "Not Found", cost=0)
        name, act = found
        caller = self._gate.caller(request)
        for _unit in range(UNITS):
            self._quota.charge(self._world.now, caller.project, name)
        try:
            _admit(caller)
            return act(request, caller)
        except Refusal as refusal:
            refusal.cost = UNITS
            raise

    def _method(self, request: Request) -> tuple[str, Act] | None:
        methods: dict[tuple[str, str], tuple[str, Act]] = {
            ("POST", "comments"): ("comments.insert", self._insert),
            ("POST", "commentThreads"): ("commentThreads.insert", self._begin_thread),
            ("POST", "comments/setModerationStatus"): ("comments.setModerationStatus", self._moderate),
            ("DELETE", "comments"): ("comments.delete", self._delete),
            ("PUT", "channels"): ("channels.update", lambda asked, who: self._texts.update(asked, who, UNITS)),
        }
        return methods.get((request.method, request.path.removeprefix(ROOT)))

    def _insert(self, request: Request, caller: Caller) -> Answer:
        """A reply in the caller's name, below a top-level comment: there are two levels."""
        snippet = _snippet(request)
        parent_id, text = str(snippet.get("parentId") or ""), str(snippet.get("textOriginal") or "")
        if not text.strip():
            raise _refusal(400, "commentTextRequired", "The comment has no text.")
        if len(text) > LONGEST:
            raise _refusal(400, "commentTextTooLong", "The comment text is too long.")
        top = self._there(parent_id.partition(".")[0], "parentCommentNotFound")
        if "." in parent_id:
            raise _refusal(400, "operationNotSupported", "One cannot reply to a reply.")
        if top.held:
            raise _refusal(400, "parentCommentIsPrivate", "The parent comment is private.")
        if top.post.comments_disabled:
            raise _refusal(403, "commentsDisabled", "Comments are disabled.")
        if top.id in self._habits.closed:
            raise _refusal(403, "forbidden", "The comment cannot be created due to insufficient permissions.")
        if caller.account is None:
            raise login_required()
        made = self._world.comment(top, caller.account.person, text, through_api=True)
        shown = comment(made, View(self._world, plain=True, viewer=caller.account))
        return Answer.json(shown, cost=UNITS)

    def _begin_thread(self, request: Request, caller: Caller) -> Answer:
        """A top-level comment below a video. Below one's own it counts as published, below another's as a reply."""
        snippet = _snippet(request)
        top = snippet.get("topLevelComment")
        inner = top.get("snippet") if isinstance(top, dict) else None
        text = str(inner.get("textOriginal") or "") if isinstance(inner, dict) else ""
        if not text.strip():
            raise _refusal(400, "commentTextRequired", "The comment has no text.")
        if len(text) > LONGEST:
            raise _refusal(400, "commentTextTooLong", "The comment text is too long.")
        video = self._world.posts.get(str(snippet.get("videoId")))
        if video is None or video.deleted_at or not video.published or video.account.platform != "youtube":
            raise _refusal(404, "videoNotFound", "The video cannot be found.")
        if video.comments_disabled:
            raise _refusal(403, "commentsDisabled", "Comments are disabled.")
        if caller.account is None:
            raise login_required()
        kind = "publish" if caller.account is video.account else "reply"
        made = self._world.comment(video, caller.account.person, text, through_api=True, effect=kind)
        return Answer.json(thread(made, View(self._world, plain=True, viewer=caller.account)), cost=UNITS)

    def _moderate(self, request: Request, caller: Caller) -> Answer:
        status = request.get("moderationStatus")
        if status not in STATUSES:
            raise _refusal(400, "operationNotSupported", "Invalid moderation status.")
        for id_ in request.get("id").split(","):
            one = self._there(id_, "commentNotFound")
            if caller.account is not one.post.account:
                raise _refusal(403, "forbidden", "The comment cannot be moderated by this user.")
            self._set(one, status)
        return _nothing()

    def _set(self, one: Comment, status: str) -> None:
        if status == "published":
            self._world.release(one)
        elif status == "rejected":
            self._world.reject(one)
        else:
            self._world.hold(one)
        self._world.did({"published": "release", "rejected": "reject"}.get(status, "hold"), one)

    def _delete(self, request: Request, caller: Caller) -> Answer:
        one = self._there(request.get("id"), "commentNotFound")
        if caller.account is None or one.author.id != caller.account.id:
            raise _refusal(403, "forbidden", "The comment cannot be deleted by this user.")
        self._world.delete(one)
        self._world.did("delete", one)
        return _nothing()

    def _there(self, id_: str, reason: str) -> Comment:
        one = self._world.comments.get(id_)
        if one is None or one.deleted_at or one.rejected or one.post.account.platform != "youtube":
            raise _refusal(404, reason, "The comment cannot be found.")
        return one


def _admit(caller: Caller) -> None:
    if caller.account is None:
        raise login_required()
    if SCOPE not in caller.scopes:
        raise missing_scope()


def _snippet(request: Request) -> dict[str, object]:
    try:
        snippet = json.loads(request.body)["snippet"]
    except (ValueError, KeyError, TypeError):
        raise _refusal(400, "parseError", "The body is no comment.") from None
    return snippet if isinstance(snippet, dict) else {}


def _nothing() -> Answer:
    """204 without a body."""
    return Answer(204, b"", {}, UNITS)


def _refusal(status: int, reason: str, message: str) -> Refusal:
    return Refusal(status, reason, message, domain=DOMAIN)
