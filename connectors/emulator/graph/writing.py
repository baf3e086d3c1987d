"""What is written through Graph: replies, edits by mistake, hiding, deleting. No write is idempotent.

The habits are Meta's: a POST to a comment's own address with a message edits that comment, whoever wrote it, and says
{"success": true}; only its `comments` (Facebook) or `replies` (Instagram) edge answers it.
"""

from dataclasses import dataclass
from typing import Any

from connectors.emulator.graph.refusals import Refusal, lacks, no_such_field
from connectors.emulator.graph.tokens import Viewer
from connectors.emulator.wire import Request
from connectors.emulator.world import Account, Comment, Post, World

MANAGING = {"facebook": "pages_manage_engagement", "instagram": "instagram_manage_comments"}
LONGEST = {"facebook": 8000, "instagram": 2200}
EDGE = {"facebook": "comments", "instagram": "replies"}
SUCCESS = {"success": True}
_SAME_AGAIN = (
    "This status update is identical to the last one you posted. "
    "Try posting something different, or delete your previous update."
)


@dataclass
class Writing:
    """The writing side of one world. blocked: (code, subcode) that every write is refused with, e.g. (368, None).

    refuses_repeats: a reply with the text of the account's last one in that thread is refused with 506, as Facebook
    refuses consecutive posts; whether it does so for comments is not documented.
    """

    world: World
    blocked: tuple[int, int | None] | None = None
    refuses_repeats: bool = False

    def answer(self, viewer: Viewer, thing: Post | Comment, edge: str, request: Request) -> dict[str, Any]:
        """Does what a POST or DELETE asks for. Raises Refusal."""
        account = thing.account if isinstance(thing, Post) else thing.post.account
        self._admit(viewer, account)
        if request.method == "DELETE":
            return self._delete(thing, edge)
        if edge == EDGE[account.platform] or (edge == "comments" and isinstance(thing, Post)):
            return self._reply(thing, account, request.get("message"))
        if edge:
            raise no_such_field(edge, type(thing).__name__)
        return self._change(thing, account, request)

    def _admit(self, viewer: Viewer, account: Account) -> None:
        if not viewer.is_page:
            raise Refusal(200, "(#200) A page access token is required to write in the page's name.")
        if MANAGING[account.platform] not in viewer.token.scopes:
            raise lacks(MANAGING[account.platform])
        if self.blocked:
            code, subcode = self.blocked
            message = "The action attempted has been deemed abusive or is otherwise disallowed"
            raise Refusal(code, f"(#{code}) {message}", subcode=subcode)

    def _reply(self, thing: Post | Comment, account: Account, text: str) -> dict[str, Any]:
        """Below the top-level comment, however deep the one that is answered. The id of what was made."""
        if not text or len(text) > LONGEST[account.platform]:
            raise Refusal(100, "(#100) param message must be non-empty and not too long.")
        post = thing if isinstance(thing, Post) else thing.post
        if post.comments_disabled:
            raise Refusal(100, "(#100) Comments are turned off for this object.")
        if account.platform == "instagram" and isinstance(thing, Comment) and thing.thread.hidden:
            raise Refusal(100, "(#100) You cannot reply to a hidden comment.")
        if self.refuses_repeats and self._is_repeated(thing, account, text):
            raise Refusal(506, f"(#506) Duplicate status message {_SAME_AGAIN}", subcode=1455006)
        made = self.world.comment(thing, account.person, text, through_api=True)
        return {"id": made.id}

    def _is_repeated(self, thing: Post | Comment, account: Account, text: str) -> bool:
        post = thing if isinstance(thing, Post) else thing.post
        ours = [comment for comment in self.world.comments_ever(post) if comment.author.id == account.id]
        return bool(ours) and ours[-1].text == text and ours[-1].deleted_at is None

    def _change(self, thing: Post | Comment, account: Account, request: Request) -> dict[str, Any]:
        name = "is_hidden" if account.platform == "facebook" else "hide"
        value = request.get(name)
        if isinstance(thing, Comment) and value in ("true", "false"):
            return self._hide(thing, account, hidden=value == "true")
        if isinstance(thing, Comment) and account.platform == "facebook" and request.get("message"):
            self.world.edit(thing, request.get("message"))
            self.world.did("edit", thing)
            return SUCCESS
        raise Refusal(100, "(#100) Unsupported post request.")

    def _hide(self, comment: Comment, account: Account, *, hidden: bool) -> dict[str, Any]:
        if comment.author.id == account.id:
            raise Refusal(100, "(#100) A comment of one's own cannot be hidden.")
        self.world.hide(comment, hidden)
        self.world.did("hide" if hidden else "unhide", comment)
        return SUCCESS

    def _delete(self, thing: Post | Comment, edge: str) -> dict[str, Any]:
        """A page may delete everybody's comments; whoever means only its own has to look first."""
        if edge or isinstance(thing, Post):
            raise Refusal(100, "(#100) Unsupported delete request.")
        self.world.delete(thing)
        self.world.did("delete", thing)
        return SUCCESS
