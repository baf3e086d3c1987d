"""How Graph renders a thing: the fields asked for, edges below it in pages, and nothing that is empty."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from connectors.emulator.graph.fields import Asked
from connectors.emulator.graph.habits import Habits
from connectors.emulator.graph.paging import BY_THING, Cursors, behind, number, seconds
from connectors.emulator.graph.refusals import Refusal, no_such_field, refused
from connectors.emulator.graph.times import unix
from connectors.emulator.graph.tokens import Viewer

Options = Mapping[str, str]
"""The modifiers of an edge, or the parameters of the address where the edge was asked for by its own."""


@dataclass(frozen=True)
class Edge:
    """A list below a node.

    kind: what its things are. things: all of them in order. total: what `summary` says of them; None where the edge
    has no summary. most: the largest page. by_time: pages are told apart by time (`until`), as in feeds. dated: `since`
    and `until` cut it; where they do not, they are passed over in silence. paged: False where one
    answer always holds all of it.
    """

    kind: str
    things: Callable[[Any, Viewer, Options], Sequence[Any]]
    total: Callable[[Any, Viewer, Options], dict[str, Any]] | None = None
    cursors: Callable[[Options], Cursors] = lambda _options: BY_THING
    most: int = 100
    by_time: bool = False
    dated: bool = True
    paged: bool = True


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
        """The id is always given, where there is one."""
        self.viewer.spend()
        kind = self.kinds[node.kind]
        wanted = asked or [Asked(name) for name in kind.default]
        withheld = "id" not in kind.fields or (self.viewer.habits.withheld_ids and node.kind == "Comment")
        told = [] if withheld else [Asked("id")]
        wanted = [each for each in wanted if told or each.name != "id"]
        shown = {each.shown_as: self._part(kind, node, each) for each in [*wanted, *told]}
        return {name: value for name, value in shown.items() if value is not None}

    def edge(self, node: Node, name: str, options: Options, asked: Asked) -> dict[str, Any]:
        """A list as it is answered when it was asked for by its own address: there even if empty."""
        edge = self.kinds[node.kind].edges[name]
        things = edge.things(node.thing, self.viewer, options)
        if not edge.paged:
            return {"data": [self.node(Node(edge.kind, thing), asked.inner) for thing in things]}
        page = _Page(edge, things, options, self.viewer.habits)
        blank = name == "comments" and node.thing.id in self.viewer.habits.blank
        if blank:
            page.leave_blank()
        shown = [self.node(Node(edge.kind, thing), asked.inner) for thing in page.things if not blank]
        answer: dict[str, Any] = {"data": shown}
        if page.things or page.gap:
            answer["paging"] = page.paging(self._address(node, name), self._repeated(options, asked))
        if edge.total and options.get("summary") in ("true", "1"):
            answer["summary"] = edge.total(node.thing, self.viewer, options)
        return answer

    def _part(self, kind: Kind, node: Node, asked: Asked) -> Any:
        if code := self.viewer.habits.refused_fields.get(f"{kind.name}.{asked.name}"):
            raise refused(code, asked.name, kind.name)
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
_PLACES = ("after", *_OF_FEEDS)
_GAP, _CIRCLE = "__gap", "__circle"


class _Page:
    """The part of a list that one answer holds."""

    def __init__(self, edge: Edge, things: Sequence[Any], options: Options, habits: Habits) -> None:
        self.edge, self.options, self.circles = edge, options, habits.circles
        self.all = _between(things, options) if edge.dated else list(things)
        self.start = self._start()
        limit = options.get("limit", "25")
        if not limit.isdigit():
            raise Refusal(100, "(#100) param limit must be an integer.")
        self.limit = max(1, min(int(limit), edge.most))
        self.gap = habits.gaps and bool(self.all) and not any(name in options for name in (_GAP, *_PLACES))
        self.things = [] if self.gap else self.all[self.start : self.start + self.limit]

    def _start(self) -> int:
        if token := self.options.get("__paging_token"):
            return behind(self.all, token.removeprefix("enc_"), 0)
        after = self.options.get("after")
        return self.edge.cursors(self.options).after(self.all, after) if after else 0

    def leave_blank(self) -> None:
        """As if there were nothing, but for the cursors."""
        self.all = self.things = self.all[:1]

    def paging(self, address: str, repeated: dict[str, str]) -> dict[str, Any]:
        end = self.start + len(self.things)
        marks = self._marks(end)
        following = f"{address}?{urlencode(repeated | {'limit': str(self.limit)} | marks)}"
        more = {"next": following} if end < len(self.all) else {}
        if self.edge.by_time or not self.things:
            return more
        name = self.edge.cursors(self.options).name
        return {"cursors": {"before": name(self.things[0], self.start + 1), "after": name(self.things[-1], end)}} | more

    def _marks(self, end: int) -> dict[str, str]:
        """What tells the next page from this one."""
        if self.gap:
            return {_GAP: "1"}
        if self.circles:
            here = {name: self.options[name] for name in _PLACES if name in self.options}
            fresh = {_CIRCLE: str(int(self.options.get(_CIRCLE, "0")) + 1)}
            return here | (fresh if self.circles == "fresh" else {})
        last = self.things[-1]
        if self.edge.by_time:
            return {"until": str(seconds(last.at)), "__paging_token": f"enc_{number(last)}"}
        return {"after": self.edge.cursors(self.options).name(last, end)}


def _between(things: Sequence[Any], options: Options) -> list[Any]:
    """Those in the stretch of time that `since` and `until` name. Both ends belong to it."""
    since, until = (unix(options.get(name, "")) for name in ("since", "until"))
    return [
        thing
        for thing in things
        if (since is None or seconds(thing.at) >= since) and (until is None or seconds(thing.at) <= until)
    ]


def _unless_empty(listing: dict[str, Any]) -> dict[str, Any] | None:
    """Inside a node, a list of nothing is left out, unless its summary was asked for or it has more pages."""
    return listing if listing.keys() > {"data"} or listing["data"] else None


def _chosen(value: dict[str, Any], asked: Asked) -> dict[str, Any]:
    wanted = [each.name for each in asked.inner or ()]
    return {name: value[name] for name in [*wanted, "id"] if name in value}
