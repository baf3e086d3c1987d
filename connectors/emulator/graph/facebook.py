"""Pages, posts and comments of Facebook as Graph tells of them: a page's own habits and its traps."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from connectors.emulator.graph.nodes import Edge, Kind, Node, Options
from connectors.emulator.graph.paging import BY_COMMENT, RANKED, Cursors, number
from connectors.emulator.graph.refusals import Refusal
from connectors.emulator.graph.times import written
from connectors.emulator.graph.tokens import CONTENT, ENGAGING, Viewer
from connectors.emulator.world import Account, Comment, Person, Post

WWW = "https://www.facebook.com"
TASKS = ["ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE"]


# -- who


def _from(thing: Post | Comment, viewer: Viewer) -> dict[str, str] | None:
    """The page's own name is public; a resident's is for the page's token with the permission for user content."""
    if isinstance(thing, Comment) and thing.anonymous:
        return None
    account = thing.account if isinstance(thing, Post) else thing.post.account
    by_page = thing.author.id == account.id
    return _profile(thing.author) if by_page or viewer.sees_authors() else None


def _profile(person: Person) -> dict[str, str]:
    return {"name": person.name, "id": person.id}


# -- posts


def _posts(page: Account, viewer: Viewer, *, own: bool, visitors: bool) -> list[Post]:
    viewer.needs(ENGAGING)
    if visitors:
        viewer.needs(CONTENT)
    posts = viewer.world.posts_of(page)
    return viewer.ordered([post for post in posts if post.published and (visitors if post.visitor else own)])


def _own(page: Account, viewer: Viewer, _options: Options) -> list[Post]:
    return _posts(page, viewer, own=True, visitors=False)


def _visitors(page: Account, viewer: Viewer, _options: Options) -> list[Post]:
    return _posts(page, viewer, own=False, visitors=True)


def _everybody(page: Account, viewer: Viewer, _options: Options) -> list[Post]:
    return _posts(page, viewer, own=True, visitors=True)


def _nobody(page: Account, viewer: Viewer, _options: Options) -> list[Post]:
    """Posts that tag the page: there are none in this world."""
    return _posts(page, viewer, own=False, visitors=False)


def _post_address(post: Post) -> str:
    return f"{WWW}/{post.account.id}/posts/{number(post)}/"


def _permalink(comment: Comment) -> str:
    """A reply's carries the top-level comment too."""
    reply = f"&reply_comment_id={number(comment)}" if comment.parent else ""
    return f"{_post_address(comment.post)}?comment_id={number(comment.thread)}{reply}"


def _attachments(post: Post, _viewer: Viewer, _options: Options) -> list[Post]:
    """A post shares one link, or nothing."""
    return [post] if post.link else []


def _gate(post: Post) -> str:
    """Facebook's own address of a link: it leads there through a gate, and changes from one answer to the next."""
    return f"https://l.facebook.com/l.php?{urlencode({'u': post.link, 'h': f'AT{number(post)}'})}"


# -- comments


def _below(thing: Post | Comment, viewer: Viewer) -> list[Comment]:
    return viewer.world.comments_of(thing) if isinstance(thing, Post) else viewer.world.replies_to(thing)


def _filtered(thing: Post | Comment, viewer: Viewer, options: Options) -> list[Comment]:
    """All levels with filter=stream; below a post only the top level without it."""
    stream = _choice(options, "filter", ("toplevel", "stream")) == "stream"
    return [c for c in _below(thing, viewer) if stream or isinstance(thing, Comment) or c.parent is None]


def _comments(thing: Post | Comment, viewer: Viewer, options: Options) -> Sequence[Comment]:
    """Nothing at all for a user's or app's token: not an error, an empty list."""
    found = [c for c in _filtered(thing, viewer, options) if viewer.is_page and viewer.shows(c)]
    order = _order(thing, options)
    if order == "ranked":
        return sorted(found, key=lambda c: (-c.likes, -len(viewer.world.replies_to(c)), c.at, c.id))
    return found[::-1] if order == "reverse_chronological" else found


def _order(thing: Post | Comment, options: Options) -> str:
    told = _choice(options, "order", ("", "chronological", "reverse_chronological"))
    ranked = isinstance(thing, Post) and options.get("filter", "toplevel") == "toplevel"
    return told or ("ranked" if ranked else "chronological")


def _choice(options: Options, name: str, allowed: tuple[str, ...]) -> str:
    value = options.get(name, allowed[0])
    if value not in allowed:
        raise Refusal(100, f"(#100) Param {name} must be one of {{{', '.join(filter(None, allowed))}}}")
    return value


def _cursors(options: Options) -> Cursors:
    chronological = options.get("order") or options.get("filter") == "stream"
    return BY_COMMENT if chronological else RANKED


def _summary(thing: Post | Comment, viewer: Viewer, options: Options) -> dict[str, Any]:
    """Counts what there is, even where the caller is shown none of it."""
    total = len(_filtered(thing, viewer, options))
    return {"order": _order(thing, options), "total_count": total, "can_comment": viewer.is_page}


def _tags(thing: Comment, _viewer: Viewer) -> list[dict[str, Any]] | None:
    tags = []
    for person in thing.tags:
        offset = max(thing.text.find(person.name), 0)
        tag = {"id": person.id, "length": len(person.name), "name": person.name, "offset": offset, "type": "user"}
        tags.append(tag)
    return tags or None


def _instagram_of(page: Account, viewer: Viewer) -> Node | None:
    mine = [account for account in viewer.world.accounts.values() if account.page_id == page.id]
    return Node("IGUser", mine[0]) if mine else None


_COMMENTS = Edge("Comment", _comments, _summary, _cursors)

PAGE = Kind(
    "Page",
    {
        "id": lambda page, _: page.id,
        "name": lambda page, _: page.name,
        "username": lambda page, _: page.handle,
        "link": lambda page, _: f"{WWW}/{page.handle}",
        "category": lambda _page, _: "Government organisation",
        "instagram_business_account": _instagram_of,
    },
    {
        "published_posts": Edge("PagePost", _own),
        "posts": Edge("PagePost", _own),
        "visitor_posts": Edge("PagePost", _visitors),
        "feed": Edge("PagePost", _everybody, by_time=True),
        "tagged": Edge("PagePost", _nobody),
    },
    ("name", "id"),
)
POST = Kind(
    "PagePost",
    {
        "id": lambda post, _: post.id,
        "message": lambda post, _: post.text or None,
        "story": lambda _post, _: None,
        "created_time": lambda post, _: written(post.at),
        "updated_time": lambda post, _: written(post.updated_at or post.at),
        "from": _from,
        "permalink_url": lambda post, _: _post_address(post),
        "is_published": lambda post, _: post.published,
        "is_hidden": lambda _post, _: False,
        "is_expired": lambda _post, _: False,
        "status_type": lambda post, _: "shared_story" if post.link else "mobile_status_update",
        "message_tags": lambda _post, _: None,
        "parent_id": lambda _post, _: None,
    },
    {"comments": _COMMENTS, "attachments": Edge("StoryAttachment", _attachments, paged=False)},
    ("created_time", "message", "id"),
)
ATTACHMENT = Kind(
    "StoryAttachment",
    {
        "description": lambda _post, _: None,
        "media_type": lambda _post, _: "link",
        "target": lambda post, _: {"url": _gate(post)},
        "title": lambda post, _: post.link,
        "type": lambda _post, _: "share",
        "unshimmed_url": lambda post, _: post.link,
        "url": lambda post, _: _gate(post),
    },
    default=("description", "target", "title", "type", "url"),
)
COMMENT = Kind(
    "Comment",
    {
        "id": lambda comment, _: comment.id,
        "message": lambda comment, _: comment.text,
        "created_time": lambda comment, _: written(comment.at),
        "from": _from,
        "parent": lambda comment, _: Node("Comment", comment.parent) if comment.parent else None,
        "permalink_url": lambda comment, _: _permalink(comment),
        "comment_count": lambda comment, viewer: len(viewer.world.replies_to(comment)),
        "like_count": lambda comment, _: comment.likes,
        "user_likes": lambda _comment, _: False,
        "is_hidden": lambda comment, _: comment.hidden,
        "is_private": lambda _comment, _: False,
        "can_hide": lambda comment, viewer: viewer.is_page and comment.author.id != comment.post.account.id,
        "can_remove": lambda _comment, viewer: viewer.is_page,
        "can_like": lambda _comment, viewer: viewer.is_page,
        "can_comment": lambda _comment, viewer: viewer.is_page,
        "can_reply_privately": lambda _comment, _: False,
        "message_tags": _tags,
        "attachment": lambda _comment, _: None,
    },
    {"comments": _COMMENTS},
    ("created_time", "from", "message", "id"),
)
USER = Kind("User", {"id": lambda user, _: user.id, "name": lambda user, _: user.name}, {}, ("name", "id"))


def managed_pages(viewer: Viewer, fields: str) -> dict[str, Any]:
    """What /me/accounts answers: the pages on which the user has a role, each with its own token; and with the account
    on Instagram where `fields` asks for it."""
    if viewer.token.kind not in ("user", "system"):
        raise Refusal(100, "(#100) Tried accessing nonexisting field (accounts) on node type (Page)")
    viewer.needs("pages_show_list")
    tokens = [token for token in viewer.world.tokens.values() if token.kind == "page" and token.account]
    mine = [(token.account, token.value) for token in tokens if token.account and viewer.reaches(token.account)]
    roles = [_role(page, value, viewer) for page, value in mine if page.platform == "facebook"]
    asks = "instagram_business_account" in fields
    return {"data": [{name: role[name] for name in role if asks or not name.startswith("instagram")} for role in roles]}


def _role(page: Account, token: str, viewer: Viewer) -> dict[str, Any]:
    role = {"access_token": token, "category": "Government organisation", "name": page.name, "id": page.id}
    instagram = _instagram_of(page, viewer)
    more = {"instagram_business_account": {"id": instagram.thing.id}} if instagram else {}
    return {**role, "tasks": list(viewer.habits.tasks or TASKS), **more}
