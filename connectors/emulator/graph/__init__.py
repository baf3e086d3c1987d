"""The Graph API on loopback: versions, tokens, envelopes, several ids and batches.

fields.py    the language of `fields`     nodes.py, paging.py, times.py    rendering and pages
tokens.py    who asks                     facebook.py, instagram.py        what there is to ask for
usage.py     what it costs                refusals.py, habits.py           errors and traps
subscribing.py    which app hears of a page    logins.py    codes and tokens out of Facebook's login
writing.py   replies, hiding, deleting       batch.py    several questions in one
publishing.py, pictures.py    posts of a page, containers of Instagram
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.emulator.graph import facebook, instagram
from connectors.emulator.graph.batch import Batch, read_operations
from connectors.emulator.graph.fields import Asked, FieldSyntax, parse
from connectors.emulator.graph.habits import Habits
from connectors.emulator.graph.logins import Logins
from connectors.emulator.graph.nodes import Kind, Node, Renderer
from connectors.emulator.graph.publishing import Container, Publishing
from connectors.emulator.graph.refusals import Refusal, gone, no_such_field, no_such_path
from connectors.emulator.graph.subscribing import subscribed_apps
from connectors.emulator.graph.tokens import USER_ID, Viewer, caller, debug_token
from connectors.emulator.graph.usage import Budget, Usage
from connectors.emulator.graph.writing import Writing
from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Account, Comment, Person, Post, World

HOSTS = frozenset({"graph.facebook.com", "graph.instagram.com"})
VERSIONS = {  # usable until
    "v21.0": datetime(2027, 1, 21, tzinfo=UTC),
    "v22.0": datetime(2027, 5, 20, tzinfo=UTC),
    "v23.0": datetime(2027, 10, 8, tzinfo=UTC),
    "v24.0": datetime(2028, 2, 18, tzinfo=UTC),
    "v25.0": datetime(2028, 7, 29, tzinfo=UTC),
    "v26.0": datetime.max.replace(tzinfo=UTC),
}
KINDS: dict[str, Kind] = {
    kind.name: kind for module in (facebook, instagram) for kind in vars(module).values() if isinstance(kind, Kind)
}
Thing = Account | Post | Comment | Person | Container
_VERSION = re.compile(r"/v(\d+)\.(\d+)(?=/|$)")
_OWN = frozenset({"access_token", "appsecret_proof", "fields", "ids", "pretty"})
"""Parameters of every question; the others are the edge's."""


class Graph:
    """Serves Facebook and Instagram accounts of one world. habits and usage may be looked at and changed by tests."""

    name = "graph"

    def __init__(self, world: World) -> None:
        self.world = world
        self.habits = Habits()
        self.usage = Usage(self.habits)
        self.logins = Logins(world)
        self.writing = Writing(world)
        self.publishing = Publishing(world, self.habits)

    def owns(self, request: Request) -> bool:
        return request.host in HOSTS or (request.on_loopback and _VERSION.match(request.path) is not None)

    def answer(self, request: Request) -> Answer:
        batch = request.form.get("batch")
        return self._batch(request, batch[-1]) if batch else self._one(request)

    # -- one question

    def _one(self, request: Request) -> Answer:
        call = _Call(self, request)
        try:
            value, status = call.login() or call.value(), 200
        except Refusal as refusal:
            value, status = refusal.envelope(), refusal.status
        except FieldSyntax as wrong:
            value, status = Refusal(2500, str(wrong)).envelope(), 400
        return _answer(request, value, status, call)

    # -- several questions

    def _batch(self, request: Request, text: str) -> Answer:
        """Each operation counts as one call, whatever comes of it."""
        try:
            caller(self.world, request)
            operations = read_operations(text)
        except Refusal as refusal:
            return Answer(400, _body(refusal.envelope()), _JSON | _ERROR)
        answers = Batch(request, self._one, self.habits.null_operations).answers(operations)
        return Answer(200, _body(answers), dict(_JSON), cost=len(operations))


@dataclass
class _Call:
    """One question on its way: what it turned out to be about, and what it costs."""

    graph: Graph
    request: Request
    cost: int = 1
    budget: Budget | None = None

    def __post_init__(self) -> None:
        self.version, self.path = _route(self.request.path, self.graph.world.now)

    def login(self) -> dict[str, Any] | None:
        """The one question that is asked without a token. Raises Refusal."""
        return self.graph.logins.access_token(self.request) if self.path == ("oauth", "access_token") else None

    def value(self) -> dict[str, Any]:
        """Raises Refusal or FieldSyntax."""
        world, request = self.graph.world, self.request
        about_hints = self.path[1:] == ("subscribed_apps",)
        if request.method not in ("GET", "POST", "DELETE"):
            raise Refusal(3, "(#3) Application does not have the capability to make this API call.")
        token = caller(world, request)
        self.viewer = Viewer(world, token, self.graph.habits, self.version, request.origin)
        ids = [id_ for id_ in request.get("ids").split(",") if id_]
        self.cost = max(1, len(ids))
        self._count(ids[0] if ids else self.path[0] if self.path else "")
        if request.method != "GET" and not about_hints:
            return self._write()
        if self.path == ("debug_token",):
            return debug_token(world, request.get("input_token"))
        if about_hints:
            return subscribed_apps(self.viewer, self._page(), request)
        if ids:
            edge = self.path[0] if self.path else ""
            return {id_: self._look_at(id_, edge) for id_ in ids}
        if self.path in (("me", "permissions"), ("me", "accounts")):
            return self._mine()
        if not 1 <= len(self.path) <= 2:
            raise no_such_path(request.path)
        return self._look_at(self.path[0], self.path[1] if len(self.path) == 2 else "")

    def _mine(self) -> dict[str, Any]:
        """What the person behind the token granted, and the pages that this person manages."""
        logins, token = self.graph.logins, self.viewer.token
        if self.path[1] == "permissions":
            return logins.permissions(token)
        if token.kind == "user" and logins.knows(token):
            return logins.accounts(self.viewer, self.request)
        return facebook.managed_pages(self.viewer, self.request.get("fields"))

    def _page(self) -> Account:
        thing = self._thing(self.path[0])
        if not isinstance(thing, Account) or thing.platform != "facebook":
            raise gone(self.path[0])
        self.viewer.enter(thing, self.path[0])
        return thing

    def _write(self) -> dict[str, Any]:
        thing = self._thing(self.path[0]) if 1 <= len(self.path) <= 2 else None
        if thing is None and self.path:
            raise gone(self.path[0])
        account = _account(thing)
        if account is None or isinstance(thing, Container | Person | None):
            raise Refusal(3, "(#3) Application does not have the capability to make this API call.")
        self.viewer.enter(account, self.path[0])
        if isinstance(thing, Account):
            return self.graph.publishing.answer(self.viewer, thing, "".join(self.path[1:]), self.request)
        if isinstance(thing, Post) and len(self.path) == 1:
            return self.graph.publishing.change(self.viewer, thing, self.request)
        return self.graph.writing.answer(self.viewer, thing, "".join(self.path[1:]), self.request)

    def _count(self, id_: str) -> None:
        """Charges whoever the question is about."""
        account = _account(self._thing(id_))
        self.budget = Budget.of(self.viewer, account)
        on_page = account is not None and account.platform == "facebook"
        self.graph.usage.count(self.budget, self.cost, self.graph.world.now, on_page=on_page)

    def _look_at(self, id_: str, edge: str) -> dict[str, Any]:
        thing = self._thing(id_)
        if thing is None:
            raise gone(id_)
        if account := _account(thing):
            self.viewer.enter(account, id_)
        node, renderer = Node(_kind(thing), thing), Renderer(KINDS, self.viewer)
        asked = parse(text) if (text := self.request.get("fields")) else None
        if not edge:
            return renderer.node(node, asked)
        if edge not in KINDS[node.kind].edges:
            raise no_such_field(edge, node.kind)
        options = {name: values[-1] for name, values in self.request.query.items() if name not in _OWN}
        return renderer.edge(node, edge, options, Asked(edge, inner=asked, source=self.request.get("fields")))

    def _thing(self, id_: str) -> Thing | None:
        world = self.graph.world
        if id_ == "me":
            mine = self.viewer.token.account if self.viewer.token.kind == "page" else None
            return mine or Person(USER_ID, "", "Anna Andersson")
        account = world.accounts.get(id_)
        if account:
            return account if account.platform in ("facebook", "instagram") else None
        if container := self.graph.publishing.containers.get(id_):
            return container
        thing = world.posts.get(id_) or world.comments.get(id_)
        return thing if thing and _is_there(thing, self.viewer) else None


def _is_there(thing: Post | Comment, viewer: Viewer) -> bool:
    post = thing if isinstance(thing, Post) else thing.post
    if thing.deleted_at or not post.published or post.account.platform not in ("facebook", "instagram"):
        return False
    return isinstance(thing, Post) or (not thing.rejected and viewer.shows(thing))


def _account(thing: Thing | None) -> Account | None:
    if isinstance(thing, Comment):
        return thing.post.account
    return thing.account if isinstance(thing, Post | Container) else thing if isinstance(thing, Account) else None


def _kind(thing: Thing) -> str:
    if isinstance(thing, Person | Container):
        return "User" if isinstance(thing, Person) else "IGContainer"
    account = _account(thing)
    on_facebook = account is not None and account.platform == "facebook"
    names = {Account: ("Page", "IGUser"), Post: ("PagePost", "IGMedia"), Comment: ("Comment", "IGComment")}
    return names[type(thing)][0 if on_facebook else 1]


def _route(path: str, now: datetime) -> tuple[str, tuple[str, ...]]:
    """The version that answers and the rest of the path. An expired version, or none, is served by the oldest alive."""
    alive = [version for version, until in VERSIONS.items() if until > now]
    found = _VERSION.match(path)
    rest = path[found.end() :] if found else path
    asked = f"v{found[1]}.{found[2]}" if found else ""
    parts = tuple(part for part in rest.split("/") if part)
    newest = int(alive[-1][1:].split(".")[0])
    if found and int(found[1]) > newest:
        return alive[0], (asked, *parts)
    return asked if asked in alive else alive[0], parts


_JSON = {"Content-Type": "application/json; charset=UTF-8"}
_ERROR = {"Cache-Control": "no-store"}


def _answer(request: Request, value: dict[str, Any], status: int, call: _Call) -> Answer:
    body = _body(value)
    headers = {**_JSON, "Facebook-Api-Version": call.version}
    if call.budget:
        headers |= call.graph.usage.headers(call.budget, call.graph.world.now)
    if status != 200:
        text = value["error"]["message"].replace('"', "'").encode("ascii", "replace").decode()
        told = {"WWW-Authenticate": f'OAuth "Facebook Platform" "invalid_request" "{text}"'}
        return Answer(status, body, headers | _ERROR | told, call.cost)
    mark = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'
    if request.headers.get("if-none-match") == mark:
        return Answer(304, b"", {"ETag": mark, "Facebook-Api-Version": call.version}, call.cost)
    return Answer(200, body, headers | {"ETag": mark}, call.cost)


def _body(value: Any) -> bytes:
    """ASCII only and with escaped slashes, as Graph writes."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()
