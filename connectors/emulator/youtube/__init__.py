"""The YouTube Data API v3, with Google's token endpoint and batch.

Hosts youtube.googleapis.com, www.googleapis.com and oauth2.googleapis.com; on loopback /youtube/v3/…, /token, /batch….
Costs are quota units; token requests are free. Of the writing side there is what moderates, answers and begins
comments, changes a channel's own text, and uploads a video; no texts of videos are changed.
"""

from email import message_from_bytes
from email.message import Message
from urllib.parse import urlsplit

from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import World
from connectors.emulator.youtube.channel_texts import ChannelTexts
from connectors.emulator.youtube.google import Caller, Gate, Quota, Refusal, login_required, missing_scope
from connectors.emulator.youtube.habits import Habits
from connectors.emulator.youtube.lists import METHODS, Listing, Lists
from connectors.emulator.youtube.parameters import Asked
from connectors.emulator.youtube.resources import Resource, etag
from connectors.emulator.youtube.uploads import PATH as UPLOADS
from connectors.emulator.youtube.uploads import Uploads
from connectors.emulator.youtube.writing import Writing

API_HOSTS = frozenset({"youtube.googleapis.com", "www.googleapis.com"})
TOKEN_HOST = "oauth2.googleapis.com"  # noqa: S105 - an address, not a secret
ROOT = "/youtube/v3/"


class YouTube:
    """One site for the API and the token endpoint."""

    name = "youtube"

    def __init__(self, world: World) -> None:
        self._world = world
        self.habits = Habits()
        self.texts = ChannelTexts(world)
        self._lists = Lists(world, self.habits, self.texts)
        self.gate = Gate(world)
        self.quota = Quota()
        self.writing = Writing(world, self.gate, self.quota, self.habits, self.texts)
        self.uploads = Uploads(world, self.gate, self.quota, self.habits)

    def owns(self, request: Request) -> bool:
        if request.host in API_HOSTS or request.host == TOKEN_HOST:
            return True
        ours = request.path.startswith((ROOT, "/batch", UPLOADS)) or request.path == "/token"
        return request.on_loopback and ours

    def answer(self, request: Request) -> Answer:
        if request.path == "/token":
            return self.gate.exchange(request)
        if request.path.startswith("/batch"):
            return self._batch(request)
        try:
            if request.path == UPLOADS:
                return self.uploads.answer(request)
            if request.method != "GET":
                return self.writing.answer(request)
            return _conditional(request, self._list(request))
        except Refusal as refusal:
            return refusal.answer()

    def _list(self, request: Request) -> Resource:
        name = request.path.removeprefix(ROOT)
        listing = METHODS.get(name)
        if listing is None or request.method != "GET":
            raise Refusal(404, "notFound", "Not Found", cost=0)
        caller = self.gate.caller(request)
        self.quota.charge(self._world.now, caller.project, f"{name}.list")
        self.gate.admit(caller)
        _admit(caller, listing, request)
        return self._lists.page(listing, Asked(request, listing.rules), caller)

    def _batch(self, request: Request) -> Answer:
        """Every inner request is answered, and charged, as if it came alone."""
        head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
        parts = [part for part in message_from_bytes(head + request.body).walk() if not part.is_multipart()]
        answers = [(part, self.answer(_inner(request, part))) for part in parts]
        body = b"".join(_part(part["Content-ID"], answer) for part, answer in answers) + b"--batch_answers--"
        kind = {"Content-Type": "multipart/mixed; boundary=batch_answers"}
        return Answer(200, body, kind, sum(answer.cost for _, answer in answers))


def _admit(caller: Caller, listing: Listing, request: Request) -> None:
    if caller.account is not None and not caller.scopes & listing.scopes:
        raise missing_scope()
    if caller.account is None and request.get("mine") == "true":
        raise login_required()


def _conditional(request: Request, body: Resource) -> Answer:
    tag = etag(body)
    if request.headers.get("if-none-match") == tag:
        return Answer(304, b"", {"ETag": tag})
    kind = str(body.pop("kind"))
    return Answer.json({"kind": kind, "etag": tag, **body}, ETag=tag)


def _inner(request: Request, part: Message) -> Request:
    """A part's payload is a request of its own: first line, headers, perhaps a body."""
    text = part.get_payload(decode=True)
    line, _, rest = text.partition(b"\n") if isinstance(text, bytes) else (b"", b"", b"")
    method, target = line.decode().split()[:2]
    message = message_from_bytes(rest)
    address = urlsplit(target)
    headers = {**dict(message.items()), "host": request.headers.get("host", request.host)}
    return Request.parse(method, address.path + "?" + address.query, headers)


def _part(content_id: str, answer: Answer) -> bytes:
    named = content_id.replace("<", "<response-", 1)
    lines = ["--batch_answers", "Content-Type: application/http", f"Content-ID: {named}", ""]
    lines += [f"HTTP/1.1 {answer.status} Answer", *(f"{name}: {value}" for name, value in answer.headers.items()), ""]
    return "\r\n".join([*lines, ""]).encode() + answer.body + b"\r\n"
