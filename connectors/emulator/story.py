"""The demo's world: a sample municipality whose residents ask, thank and complain. All of them are made up.

What they say stands in story.txt, as a play: a post, below it who says what and when. live.txt holds what residents
may say next.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources

from connectors.emulator.script import Line, Scene, scenes
from connectors.emulator.truth import TruthState, truth
from connectors.emulator.world import Account, Comment, Post, Token, World

READ_PAGE = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
    "pages_manage_posts",
)
READ_INSTAGRAM = (
    "instagram_basic",
    "instagram_manage_comments",
    "instagram_content_publish",
    "pages_show_list",
    "pages_read_engagement",
)
YOUTUBE_SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
OAUTH_SECRET = "GOCSPX-demo-1472"  # noqa: S105 - of a toy world
RECENT = timedelta(days=10)


@dataclass(frozen=True)
class Story:
    """What a sample register needs. `accounts` by their name in the script; `secrets` by their purpose."""

    accounts: dict[str, Account]
    secrets: dict[str, str] = field(repr=False)


def story(world: World) -> Story:
    """Plays the script up to the world's present time, and returns the cast."""
    accounts = _accounts(world)
    told = Story(accounts, _secrets(world, accounts))
    now = world.clock
    for scene in scenes(read("story.txt")):
        play(world, scene, told.accounts[scene.account], now)
    world.clock = now
    return told


def live(world: World, told: Story, chance: random.Random) -> Comment:
    """One more thing happens now: mostly somebody comments, sometimes the organisation answers, sometimes an edit."""
    lucky = chance.random()
    waiting = _waiting(world, told)
    if waiting and lucky < 0.25:
        return world.answer(chance.choice(waiting), chance.choice(_lines("answer")), mention=chance.random() < 0.5)
    if waiting and lucky < 0.35:
        comment = chance.choice(waiting)
        world.edit(comment, f"{comment.text} {chance.choice(_lines('afterthought'))}")
        return comment
    return _ask(world, told, chance)


def _accounts(world: World) -> dict[str, Account]:
    page = world.account("facebook", "1122334455", "tibrokommun", "Tibro kommun")
    return {
        "facebook": page,
        "instagram": world.account(
            "instagram", "17841400000014720", "tibrokommun", "Tibro kommun", pk="4711001472", page_id=page.id
        ),
        "library": world.account(
            "instagram", "17841400000014721", "tibrobibliotek", "Tibro bibliotek", pk="4711001473", page_id=page.id
        ),
        "youtube": world.account("youtube", "UCtibroKommunExempel0147", "tibrokommun", "Tibro kommun"),
    }


def _secrets(world: World, accounts: dict[str, Account]) -> dict[str, str]:
    """Tokens as the platforms would have given them; the world accepts each."""
    page, instagram, meta = "EAAdemoPageToken1472", "EAAdemoInstagramToken1472", "0123456789abcdef0123456789abcdef"
    key, refresh = "AIzaDemoKey1472", "1//demoRefresh1472"
    session = f"{accounts['library'].pk}%3AdemoSession1472%3A1"
    world.token(Token(page, "page", accounts["facebook"], READ_PAGE, app_secret=meta))
    world.token(Token(instagram, "page", accounts["instagram"], READ_INSTAGRAM, app_secret=meta))
    world.token(Token(key, "api_key", accounts["youtube"]))
    world.token(Token(refresh, "oauth", accounts["youtube"], (YOUTUBE_SCOPE,), app_secret=OAUTH_SECRET))
    world.token(Token(session, "session", accounts["library"]))
    return {
        "facebook_token": page,
        "instagram_token": instagram,
        "meta_app_secret": meta,
        "youtube_api_key": key,
        "youtube_client_id": "1472-demo.apps.googleusercontent.com",
        "youtube_client_secret": OAUTH_SECRET,
        "youtube_refresh_token": refresh,
        "library_session": session,
    }


def play(world: World, scene: Scene, account: Account, now: datetime) -> None:
    """The scene's post, and what is said below it, at their times before `now`."""
    world.clock = now - scene.ago
    author = world.resident(account.platform, scene.author) if scene.author else None
    post = world.publish(account, scene.text, author=author, link=scene.link)
    said: dict[int, Comment] = {}
    for line in scene.lines:
        world.clock = min(line.time(world.clock, now), now)
        if line.depth == 0:
            world.edit(said[max(said)], line.text)
            continue
        on = said[line.depth - 1] if line.depth > 1 else post
        said = {depth: comment for depth, comment in said.items() if depth < line.depth}
        said[line.depth] = _say(world, on, line)


def _say(world: World, on: Post | Comment, line: Line) -> Comment:
    account = (on.post if isinstance(on, Comment) else on).account
    if line.name == account.name:
        return world.answer(on, line.text, mention="mention" in line.words)
    author = world.resident(account.platform, line.name)
    said = world.comment(on, author, line.text, anonymous="anonymous" in line.words, held="held" in line.words)
    world.hide(said, "hidden" in line.words)
    return said


def _ask(world: World, told: Story, chance: random.Random) -> Comment:
    """A resident, known or new, comments on something recent."""
    account = chance.choice(list(told.accounts.values()))
    posts = [post for post in world.posts_of(account) if post.at > world.now - RECENT]
    author = world.resident(account.platform, chance.choice(_lines("name")))
    held = account.platform == "youtube" and chance.random() < 0.4
    return world.comment(chance.choice(posts), author, chance.choice(_lines("question")), held=held)


def _waiting(world: World, told: Story) -> list[Comment]:
    """Comments that nobody answered, of the last days."""
    states = truth(world, *told.accounts.values())
    comments = (world.comments.get(id_) for id_, state in states.items() if state == TruthState.OPEN)
    return [comment for comment in comments if comment and comment.at > world.now - RECENT]


def _lines(kind: str) -> list[str]:
    """The lines of live.txt that begin with this word."""
    rows = read("live.txt").splitlines()
    return [row.removeprefix(f"{kind}: ") for row in rows if row.startswith(f"{kind}: ")]


def read(name: str) -> str:
    """A script beside this file."""
    return resources.files("connectors.emulator").joinpath(name).read_text(encoding="utf-8")
