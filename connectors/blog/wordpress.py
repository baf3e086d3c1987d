"""One look at a WordPress blog through its REST API.

The newest comments are listed as far back as the plan wants; the blog's own count of comments tells whether anything
came or went further down, and then everything is listed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice

from connectors.apart import UNREADABLE, Apart
from connectors.base import GROWN, YOUNG, Author, Covered, ReadComment, ReadPlan, ReadPost, State
from connectors.blog.listing import ANYWHERE, FIELDS, PER_PAGE, Listing, Row, as_comments, as_list, as_rows, written
from connectors.blog.texts import plain
from connectors.blog.web import Web
from connectors.errors import ChannelGone, PermissionLost
from connectors.sound import sound_post

A_SECOND = timedelta(seconds=1)


class WordPress:
    """Gathers what one reading brings; what was gathered before an error stays.

    State: `root` of the REST API; `total` comments by the blog's count; `recent` comments as [post, top-level comment,
    time] by id, all that were listed after `edge` (null: all there are); `posts` that were ever asked for; `memory` of
    the first page; `apart` where something was set apart, until everything is listed without it.
    """

    def __init__(self, web: Web, plan: ReadPlan, root: str) -> None:
        self.posts: list[ReadPost] = []
        self.covered: list[Covered] = []
        self.looked_up: dict[str, bool] = {}
        self._web, self._plan, self.root = web, plan, root
        self._before = plan.state if plan.state.get("root") == root else {}
        self._recent: dict[str, list[str]] = self._before.get("recent", {})
        self._known: set[str] = set(self._before.get("posts", []))
        self._all = plan.full or not self._before
        conditions = {} if self._all or plan.daily else self._before.get("memory", {})
        self.apart = Apart()
        self._listing = Listing(web, root, conditions, self.apart)
        self._older: dict[str, Row] = {}

    @property
    def comments(self) -> list[ReadComment]:
        """An answer to something that could not be asked for any more stands below what it names."""
        return [self._comment(row) for row in (self._older | self._listing.rows).values()]

    @property
    def state(self) -> State:
        if self._listing.unchanged:
            return self._before
        kept = list(islice(self._listing.rows.items(), PER_PAGE))
        young = self._plan.now - YOUNG
        kept += [(i, row) for i, row in islice(self._listing.rows.items(), PER_PAGE, None) if written(row) >= young]
        everything = self._listing.ended and len(kept) == len(self._listing.rows)
        told = {
            "root": self.root,
            "total": self._listing.total if self._listing.steady else None,
            "recent": {id_: [str(row["post"]), self._top(row), row["date_gmt"]] for id_, row in kept},
            "edge": None if everything or not kept else kept[-1][1]["date_gmt"],
            "posts": sorted(self._known),
            "memory": self._listing.memory,
        }
        return told | ({"apart": True} if self.degraded else {})

    @property
    def degraded(self) -> tuple[str, ...]:
        """What an earlier look set apart may lie deeper than this one goes."""
        is_there_still = self._before.get("apart") and not self._listing.ended
        return self.apart.degraded or ((UNREADABLE,) if is_there_still else ())

    # -- asking

    def begin(self) -> None:
        """The first page. Raises ConnectorError, also where there is no such API; ODD where nothing is understood."""
        self._listing.read_until(self._plan.now)
        self.apart.settle(self._listing.rows)

    def go_on(self) -> None:
        """Everything else that the plan wants."""
        self._listing.read_until(self._depth())
        if not self._is_explained():
            self._listing.read_until(None)
        self._find_parents()
        self._read_posts()
        self._claim()
        for id_ in self._plan.verify:
            self._look_up(id_)

    def _depth(self) -> datetime | None:
        if self._all:
            return None
        return self._plan.now - (GROWN if self._plan.daily else YOUNG)

    def _is_explained(self) -> bool:
        """Does what came and went in the stretch that was listed, now and before, explain the change of the total?"""
        listing, before = self._listing, self._before.get("total")
        if listing.ended or listing.unchanged:
            return True
        if before is None or listing.total is None:
            return False
        edge = max(listing.oldest.isoformat()[:19] if listing.oldest else "", self._before["edge"] or "")
        now = {id_ for id_, row in listing.rows.items() if row["date_gmt"] > edge}
        then = {id_ for id_, (_post, _top, at) in self._recent.items() if at > edge}
        return bool(listing.total == before + len(now) - len(then))

    def _find_parents(self) -> None:
        """Asks for comments that answers name and that are neither listed nor remembered."""
        asked: set[str] = set()
        while missing := sorted(self._unknown_parents() - asked):
            asked |= set(missing)
            for some in _hundreds(missing):
                wanted = {"include": ",".join(some), "per_page": str(PER_PAGE), "_fields": FIELDS}
                found = as_list(self._web.get(f"{self.root}/comments", wanted), self._web.now)
                self._older |= as_comments(found, self.apart)

    def _unknown_parents(self) -> set[str]:
        found = self._older | self._listing.rows
        answers = {id_: str(row["parent"]) for id_, row in found.items() if row["parent"]}
        known = found.keys() | self._recent.keys()
        return {parent for id_, parent in answers.items() if parent not in known and id_ not in self._recent}

    def _read_posts(self) -> None:
        """Those below which something new stands; with a full plan the newest ones too, whatever stands below them."""
        fields = {"per_page": str(PER_PAGE), "_fields": "id,date_gmt,link,title,author"}
        if self._all:
            self._keep_posts(fields)
        new = {str(row["post"]) for row in (self._older | self._listing.rows).values()} - self._known
        for kind in ("posts", "pages"):
            for some in _hundreds(sorted(new)):
                self._keep_posts(fields | {"include": ",".join(some)}, kind)
            new -= {post.external_id for post in self.posts}
        self._known |= new  # of a kind that the API does not tell: not asked for again

    def _keep_posts(self, parameters: Mapping[str, str], kind: str = "posts") -> None:
        found = as_list(self._web.get(f"{self.root}/{kind}", parameters), self._web.now)
        rows = as_rows(found, self.apart, _post)
        self.posts += [_post(row) for row in rows.values()]
        self._known |= rows.keys()

    def _claim(self) -> None:
        """Post by post: whatever stands below them was listed, back to where the listing ended. Nothing of where
        something was set apart."""
        if self._listing.unchanged or not self._listing.steady or ANYWHERE in self.apart.places:
            return
        since = None if self._listing.ended or self._listing.oldest is None else self._listing.oldest + A_SECOND
        self.covered += [Covered("post", post, since=since) for post in sorted(self._known - self.apart.places)]

    def _look_up(self, id_: str) -> None:
        """WordPress answers 404 for a comment that is no more, and 401 for one that the public may not see."""
        if not id_.isdecimal():
            return
        try:
            self._web.get(f"{self.root}/comments/{id_}", {"_fields": "id"})
        except PermissionLost:
            return
        except ChannelGone as error:
            if error.code == "rest_comment_invalid_id":
                self.looked_up[id_] = False
            return
        self.looked_up[id_] = True

    # -- telling

    def _top(self, row: Row) -> str:
        """The top-level comment of the thread."""
        found, passed = self._older | self._listing.rows, {str(row["id"])}
        while row["parent"]:
            parent = str(row["parent"])
            if parent not in found or parent in passed:
                return self._remembered(str(row["id"]), parent)
            passed.add(parent)
            row = found[parent]
        return str(row["id"])

    def _remembered(self, id_: str, parent: str) -> str:
        remembered = self._recent.get(id_) or self._recent.get(parent)
        return remembered[1] if remembered else parent

    def _comment(self, row: Row) -> ReadComment:
        id_, top = str(row["id"]), self._top(row)
        return ReadComment(
            external_id=id_,
            post_external_id=str(row["post"]),
            thread_external_id=top,
            parent_external_id=None if id_ == top else top,
            posted_at=written(row),
            text=plain(row["content"]["rendered"]),
            author=_author(row),
            permalink=row.get("link") or None,
        )


def _author(row: Row) -> Author:
    """0 is every visitor's number: they have a name only."""
    return Author(external_id=str(row["author"]) if row["author"] else None, name=plain(row["author_name"]) or None)


def _post(row: Row) -> ReadPost:
    read = ReadPost(
        external_id=str(row["id"]),
        posted_at=written(row),
        author=Author(external_id=str(row["author"])) if row.get("author") else None,
        text=plain(row["title"]["rendered"]),
        permalink=row.get("link") or None,
        counts_replies=None,
    )
    return sound_post(read)


def _hundreds(ids: Iterable[str]) -> list[list[str]]:
    all_of_them = list(ids)
    return [all_of_them[at : at + PER_PAGE] for at in range(0, len(all_of_them), PER_PAGE)]
