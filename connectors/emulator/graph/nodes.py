"""How Graph renders a thing: the fields asked for, edges below it in pages, and nothing that is empty."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from connectors.emulator.graph.fields import Asked
from connectors.emulator.graph.paging import BY_THING, Cursors, behind, number, seconds
from connectors.emulator.graph.refusals import Refusal, no_such_field
from connectors.emulator.graph.times import unix
from connectors.emulator.graph.tokens import Viewer

Options = Mapping[str, str]
"""The modifiers of an edge, or the parameters of the address where the edge was asked for by its own."""


@dataclass(frozen=True)
class Edge:
    """A list below a node.

    kind: what its things are. things: all of them in order. total: what `summary` says of them; None where the edge
    has no summary. most: the largest page. by_time: pages are told apart by time (`until`), as in feeds.
    """

    kind: str
    things: Callable[[Any, Viewer, Options], Sequence[Any]]
    total: Callable[[Any, Viewer, Options], dict[str, Any]] | None = None
    cursors: Callable[[Options], Cursors] = lambda _options: BY_THING
    most: int = 100
    by_time: bool = False


@dataclass(frozen=True)
class Kind:
    """A type of node: fields (None: absent for this thing or caller), edges, and the fields given by default."""

    name: str
    fields: Mapping[str, Callable[[Any, Viewer], Any]]
    edges: Mapping[str, Edge] = field(default_factory=dict)
    default: tuple[str, ...] = ("id",)


@dataclass(frozen=True)
class Node:
    """A thing together with the name of its kind."""

    kind: str
    thing: Any


class Renderer:
    """Renders for one caller. kinds: all there are, by name."""

    def __init__(self, kinds: Mapping[str, Kind], viewer: Viewer) -> None:
        self.kinds, self.viewer = kinds, viewer

    def node(self, node: Node, asked: Sequence[Asked] | None) -> dict[str, Any]:
        """The id is always given."""
        self.viewer.spend()
        kind = self.kinds[node.kind]
        wanted = asked or [Asked(name) for name in kind.default]
        shown = {each.shown_as: self._part(kind, node, each) for each in [*wanted, Asked("id")]}
        return {name: value for name, value in shown.items() if value is not None}

    def edge(self, node: Node, name: str, options: Options, asked: Asked) -> dict[str, Any]:
        """A list as it is answered when it was asked for by its own address: there even if empty."""
        edge = self.kinds[node.kind].edges[name]
        things = edge.things(node.thing, self.viewer, options)
        page = _Page(edge, things, options)
        shown = [self.node(Node(edge.kind, thing), asked.inner) for thing in page.things]
        answer: dict[str, Any] = {"data": shown}
        if page.things:
            answer["paging"] = page.paging(self._address(node, name), self._repeated(options, asked))
        if edge.total and options.get("summary") in ("true", "1"):
            answer["summary"] = edge.total(node.thing, self.viewer, options)
        return answer

    def _part(self, kind: Kind, node: Node, asked: Asked) -> Any:
        if asked.name in kind.edges:
            return _unless_empty(self.edge(node, asked.name, asked.modifiers, asked))
        if asked.name not in kind.fields:
            raise no_such_field(asked.name, kind.name)
        value = kind.fields[asked.name](node.thing, self.viewer)
        if isinstance(value, Node):
            return self.node(value, asked.inner)
        return _chosen(value, asked) if asked.inner and isinstance(value, dict) else value

    def _address(self, node: Node, edge: str) -> str:
        return f"{self.viewer.origin}/{self.viewer.version}/{node.thing.id}/{edge}"

    def _repeated(self, options: Options, asked: Asked) -> dict[str, str]:
        """What a link to another page says again."""
        kept = {name: value for name, value in options.items() if name not in ("as", "after", "before", *_OF_FEEDS)}
        fields = {"fields": asked.source} if asked.source else {}
        return {"access_token": self.viewer.token.value, "pretty": "0", **fields, **kept}


_OF_FEEDS = ("until", "__paging_token")


class _Page:
    """The part of a list that one answer holds."""

    def __init__(self, edge: Edge, things: Sequence[Any], options: Options) -> None:
        self.edge, self.options = edge, options
        self.all = _between(things, options)
        self.start = self._start()
        limit = options.get("limit", "25")
        if not limit.isdigit():
            raise Refusal(100, "(#100) param limit must be an integer.")
        self.limit = max(1, min(int(limit), edge.most))
        self.things = self.all[self.start : self.start + self.limit]

    def _start(self) -> int:
        if token := self.options.get("__paging_token"):
            return behind(self.all, token.removeprefix("enc_"), 0)
        after = self.options.get("after")
        return self.edge.cursors(self.options).after(self.all, after) if after else 0

    def paging(self, address: str, repeated: dict[str, str]) -> dict[str, Any]:
        end = self.start + len(self.things)
        last, more = self.things[-1], end < len(self.all)
        size = {"limit": str(self.limit)}
        if self.edge.by_time:
            mark = {"until": str(seconds(last.at)), "__paging_token": f"enc_{number(last)}"}
            return {"next": f"{address}?{urlencode(repeated | size | mark)}"} if more else {}
        name = self.edge.cursors(self.options).name
        cursors = {"before": name(self.things[0], self.start + 1), "after": name(last, end)}
        following = f"{address}?{urlencode(repeated | size | {'after': cursors['after']})}"
        return {"cursors": cursors} | ({"next": following} if more else {})


def _between(things: Sequence[Any], options: Options) -> list[Any]:
    """Those in the stretch of time that `since` and `until` name. Both ends belong to it."""
    since, until = (unix(options.get(name, "")) for name in ("since", "until"))
    return [
        thing
        for thing in things
        if (since is None or seconds(thing.at) >= since) and (until is None or seconds(thing.at) <= until)
    ]


def _unless_empty(listing: dict[str, Any]) -> dict[str, Any] | None:
    """Inside a node, a list of nothing is left out, unless its summary was asked for."""
    return listing if listing["data"] or "summary" in listing else None


def _chosen(value: dict[str, Any], asked: Asked) -> dict[str, Any]:
    wanted = [each.name for each in asked.inner or ()]
    return {name: value[name] for name in [*wanted, "id"] if name in value}
