"""What is published through Graph: posts of a page, and Instagram's containers. No call is idempotent.

After PLATFORMS 1.8 and 2. Not documented, and so assumed here: a post that says the same as the page's last one is
refused whoever wrote that, and also where it shares another link; a picture is checked when its container is made, so
that its faults are refused at once; a container that was published is refused a second time as one that is not
available.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.emulator.graph.habits import Habits
from connectors.emulator.graph.instagram import published_today
from connectors.emulator.graph.pictures import fetch, refuse_unfit
from connectors.emulator.graph.refusals import Refusal, lacks, no_such_field
from connectors.emulator.graph.tokens import Viewer
from connectors.emulator.ids import Ids
from connectors.emulator.wire import Request
from connectors.emulator.world import Account, Post, World

SCOPES = {"facebook": "pages_manage_posts", "instagram": "instagram_content_publish"}
LONGEST = {"facebook": 63_206, "instagram": 2200}
CONTAINERS_LIVE = timedelta(hours=24)
SUCCESS = {"success": True}
_SAME_AGAIN = (
    "This status update is identical to the last one you posted. "
    "Try posting something different, or delete your previous update."
)


@dataclass
class Container:
    """What Instagram keeps before it is published. ends: what its processing ends in."""

    id: str
    account: Account
    at: datetime
    image_url: str
    caption: str
    alt_text: str
    ends: str
    processing: timedelta
    media: Post | None = None

    def status(self, now: datetime) -> str:
        if self.media:
            return "PUBLISHED"
        if now - self.at >= CONTAINERS_LIVE:
            return "EXPIRED"
        return self.ends if now - self.at >= self.processing else "IN_PROGRESS"


@dataclass
class Publishing:
    """The publishing side of one world. containers: by id."""

    world: World
    habits: Habits
    containers: dict[str, Container] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ids = Ids(self.world.seed + 1)

    def answer(self, viewer: Viewer, account: Account, edge: str, request: Request) -> dict[str, Any]:
        """Does what a POST to an account's edge asks for. Raises Refusal."""
        acts = {
            ("facebook", "feed"): self._post,
            ("instagram", "media"): self._container,
            ("instagram", "media_publish"): self._publish,
        }
        act = acts.get((account.platform, edge))
        if act is None or request.method != "POST":
            raise no_such_field(edge, "Page" if account.platform == "facebook" else "IGUser")
        self.admit(viewer, account)
        return act(account, request)

    def admit(self, viewer: Viewer, account: Account) -> None:
        if not viewer.is_page:
            raise Refusal(200, "(#200) A page access token is required to publish in the page's name.")
        if SCOPES[account.platform] not in viewer.token.scopes:
            raise lacks(SCOPES[account.platform])

    def change(self, viewer: Viewer, post: Post, request: Request) -> dict[str, Any]:
        """Edits or deletes a post of the page's own. Raises Refusal."""
        self.admit(viewer, post.account)
        if post.account.platform != "facebook" or post.visitor:
            raise Refusal(100, "(#100) Unsupported post request.")
        if request.method == "DELETE":
            self.world.delete(post)
            self.world.did("delete", post)
            return SUCCESS
        _check_text(request.get("message"), post.account, needed=True)
        self.world.edit(post, request.get("message"))
        self.world.did("edit", post)
        return SUCCESS

    # -- Facebook

    def _post(self, page: Account, request: Request) -> dict[str, Any]:
        text, link = request.get("message"), request.get("link")
        _check_text(text, page, needed=not link)
        if link and self.habits.links_fail:
            raise Refusal(1609005, "(#1609005) There was a problem scraping data from the provided link.")
        self._refuse_repeat(page, text)
        return {"id": self._made(page, text, request, link=link).id}

    def _refuse_repeat(self, page: Account, text: str) -> None:
        ours = [post for post in self.world.posts_ever(page) if not post.visitor and post.deleted_at is None]
        if self.habits.refuses_repeats and text and ours and ours[-1].text == text:
            message = "(#506) Duplicate posts cannot be published consecutively"
            raise Refusal(506, message, subcode=1455006, user_text=_SAME_AGAIN)

    # -- Instagram

    def _container(self, account: Account, request: Request) -> dict[str, Any]:
        address, caption = request.get("image_url"), request.get("caption")
        if not address:
            raise Refusal(100, "(#100) The parameter image_url is required.")
        _check_text(caption, account, needed=False)
        if self.habits.fetches:
            refuse_unfit(fetch(address))
        made = Container(
            f"179{self._ids.digits(14)}",
            account,
            self.world.now,
            address,
            caption,
            request.get("alt_text"),
            self.habits.containers_end or "FINISHED",
            timedelta(seconds=self.habits.processing),
        )
        self.containers[made.id] = made
        return {"id": made.id}

    def _publish(self, account: Account, request: Request) -> dict[str, Any]:
        container = self.containers.get(request.get("creation_id"))
        if container is None or container.account is not account:
            raise Refusal(100, "(#100) The parameter creation_id is not a container.", subcode=33)
        status = container.status(self.world.now)
        if status == "EXPIRED":
            raise Refusal(-2, "The media container has expired.", subcode=2207020)
        if status != "FINISHED":
            raise Refusal(9007, "Media ID is not available", subcode=2207027)
        if published_today(account, self.world) >= self.habits.publishes_a_day:
            raise Refusal(9, "The maximum number of posts has been reached.", subcode=2207042)
        container.media = self._made(account, container.caption, request)
        return {"id": container.media.id}

    def _made(self, account: Account, text: str, request: Request, *, link: str = "") -> Post:
        public = request.get("published") != "false"
        made = self.world.publish(account, text, published=public, link=link)
        made.listed_at = self.world.now + timedelta(seconds=self.world.list_lag)
        if public:
            self.world.did("publish", account, made)
        return made


def _check_text(text: str, account: Account, *, needed: bool) -> None:
    if (needed and not text) or len(text) > LONGEST[account.platform]:
        raise Refusal(100, "(#100) The text must be there and not too long.")
