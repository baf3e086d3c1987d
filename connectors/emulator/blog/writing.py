"""Writing posts through wp/v2 of the WordPress REST API, with an application password.

A slug is kept as it is while the post is a draft, and made unique when it is published. What is published again stays
the same post. Texts are shown as WordPress's filters make them: "..." becomes "…", quotes become curly, 4x5 is 4×5.
"""

import base64
import html
import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from connectors.emulator.blog.contents import Contents
from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Post

Json = dict[str, Any]
Role = Literal["editor", "contributor", "subscriber"]
STATUSES = frozenset({"publish", "draft", "pending", "private", "future", "trash"})


@dataclass
class Written:
    """What the blog keeps of a post beside its content."""

    title: str
    slug: str
    status: str = "draft"


@dataclass
class Writing:
    """passwords: by user. role: of all of them. strips_authorization: the web server passes no Authorization header on
    to PHP, so that everybody is a visitor. filters: are texts made prettier?"""

    contents: Contents
    passwords: dict[str, str] = field(default_factory=dict)
    role: Role = "editor"
    strips_authorization: bool = False
    filters: bool = True
    written: dict[str, Written] = field(default_factory=dict)

    def who(self, request: Request) -> str | None:
        """The user; empty for a visitor, None for whoever gives a wrong password."""
        told = request.headers.get("authorization", "")
        if self.strips_authorization or not told.startswith("Basic "):
            return ""
        user, _, password = base64.b64decode(told.removeprefix("Basic ")).decode().partition(":")
        known = self.passwords.get(user, "")
        return user if known and known.replace(" ", "") == password.replace(" ", "") else None

    def answer(self, request: Request, route: str) -> Answer | None:
        """None for what is not about writing."""
        user = self.who(request)
        if user is None:
            return _refusal("incorrect_password", 401)
        if route == "/wp/v2/users/me":
            return self._me(user)
        one = re.fullmatch(r"/wp/v2/posts/(\d+)", route)
        if request.method == "POST" and route == "/wp/v2/posts":
            return self._create(request, user)
        if request.method == "POST" and one:
            return self._change(request, user, one[1])
        if one:
            return self._one(request, user, one[1])
        if route == "/wp/v2/posts" and request.get("slug"):
            return self._by_slug(request, user)
        return None

    def _me(self, user: str) -> Answer:
        if not user:
            return _refusal("rest_not_logged_in", 401)
        may = {"edit_posts": self.role != "subscriber", "publish_posts": self.role == "editor"}
        return Answer.json({"id": 3, "name": user, "capabilities": may})

    def _create(self, request: Request, user: str) -> Answer:
        given, account = _body(request), self.contents.account
        if not user or self.role == "subscriber" or account is None:
            return _refusal("rest_cannot_create", 403 if user else 401)
        status = given.get("status", "draft")
        if status not in STATUSES:
            return _refusal("rest_invalid_param", 400)
        if status == "publish" and self.role != "editor":
            return _refusal("rest_cannot_publish", 403)
        if not str(given.get("content", "")).strip() and not str(given.get("title", "")).strip():
            return _refusal("empty_content", 400)
        made = self.contents.world.publish(account, str(given.get("content", "")), published=False)
        self.written[made.id] = Written(str(given.get("title", "")), str(given.get("slug", made.id)))
        self._set_status(made, status)
        return Answer.json(self._shown(made, request, edit=True), 201)

    def _change(self, request: Request, user: str, id_: str) -> Answer:
        post = self._post(id_)
        if post is None:
            return _refusal("rest_post_invalid_id", 404)
        if not user or self.role == "subscriber":
            return _refusal("rest_cannot_edit", 403 if user else 401)
        given = _body(request)
        if given.get("status") == "publish" and self.role != "editor":
            return _refusal("rest_cannot_publish", 403)
        if "content" in given:
            self.contents.world.edit(post, str(given["content"]))
        self._set_status(post, given.get("status", self.written[id_].status))
        return Answer.json(self._shown(post, request, edit=True))

    def _set_status(self, post: Post, status: str) -> None:
        kept = self.written[post.id]
        if status == "publish" and kept.status != "publish":
            taken = {each.slug for id_, each in self.written.items() if each.status == "publish" and id_ != post.id}
            number = next(n for n in range(1, 99) if (kept.slug if n == 1 else f"{kept.slug}-{n}") not in taken)
            kept.slug = kept.slug if number == 1 else f"{kept.slug}-{number}"
            post.published = True
            self.contents.world.did("publish", post.account, post)
        elif status != "publish":
            post.published = False
        kept.status = status

    def _one(self, request: Request, user: str, id_: str) -> Answer:
        post, edit = self._post(id_), request.get("context") == "edit"
        if post is None:
            return _refusal("rest_post_invalid_id", 404)
        if (edit or self.written[id_].status != "publish") and not user:
            return _refusal("rest_forbidden_context" if edit else "rest_forbidden", 401)
        return Answer.json(self._shown(post, request, edit=edit))

    def _by_slug(self, request: Request, user: str) -> Answer:
        if (request.get("status", "publish") != "publish" or request.get("context") == "edit") and not user:
            return _refusal("rest_invalid_param", 400)
        wanted = set(request.get("slug").split(","))
        every = request.get("status", "publish") == "any"
        posts = [post for id_, each in self.written.items() if each.slug in wanted and (post := self._post(id_))]
        shown = [post for post in posts if every or self.written[post.id].status == "publish"]
        rows = [self._shown(post, request, edit=request.get("context") == "edit") for post in shown]
        return Answer.json(rows, X_WP_Total=str(len(rows)))

    def _post(self, id_: str) -> Post | None:
        post = self.contents.world.posts.get(id_)
        return post if post is not None and post.deleted_at is None and id_ in self.written else None

    def _shown(self, post: Post, request: Request, *, edit: bool) -> Json:
        kept = self.written[post.id]
        raw = {"raw": post.text} if edit else {}
        made = {
            "id": int(post.id),
            "date_gmt": post.at.strftime("%Y-%m-%dT%H:%M:%S"),
            "slug": kept.slug,
            "status": kept.status,
            "link": f"{request.origin}/blogg/{kept.slug if kept.status == 'publish' else f'?p={post.id}'}/",
            "title": {"rendered": html.escape(kept.title)},
            "content": {"rendered": self._pretty(post.text), "protected": False, **raw},
            "author": 3,
        }
        wanted = set(request.get("_fields").split(",")) - {""}
        return {name: value for name, value in made.items() if not wanted or name in wanted}

    def _pretty(self, content: str) -> str:
        if not self.filters:
            return content
        outside = re.split(r"(<[^>]*>)", content.replace("...", "…"))
        pretty = (re.sub(r"(?<=\d)x(?=\d)", "×", re.sub(r'&quot;|"', "”", part)) for part in outside[::2])
        return "".join(a + b for a, b in zip(pretty, [*outside[1::2], ""], strict=True))


def _body(request: Request) -> Json:
    try:
        given = json.loads(request.body)
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


def _refusal(code: str, status: int) -> Answer:
    return Answer.json({"code": code, "message": "Nej.", "data": {"status": status}}, status)
