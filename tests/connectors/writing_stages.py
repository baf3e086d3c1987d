"""An account on each platform that can be written from, and the shortest ways to write."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from connectors.acting import Hider, Moderator, Replier, Target
from connectors.base import Author, Credential, ReadComment, Reading, ReadPlan
from connectors.emulator.effects import Effect
from connectors.emulator.server import Emulator
from connectors.emulator.world import Comment, Post, Token
from tests.connectors.graph_stages import facebook, instagram
from tests.connectors.stage import Stage

SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
OAUTH = {"client_id": "1472.apps.example", "client_secret": "GOCSPX-hemlig", "refresh_token": "1//0hemlig"}


def youtube(emulator: Emulator) -> Stage:
    """A channel with nothing on it, read and written with OAuth."""
    world = emulator.world
    channel = world.account("youtube", "UCtownTownTownTownTown01", "staden", "Staden")
    world.token(Token(OAUTH["refresh_token"], "oauth", channel, (SCOPE,), app_secret=OAUTH["client_secret"]))
    resident = world.person("youtube", "Åsa Öberg", "asa-o")
    return Stage(emulator, "youtube", channel, Credential(OAUTH), resident, channel.id)


STAGES: dict[str, Callable[[Emulator], Stage]] = {"facebook": facebook, "instagram": instagram, "youtube": youtube}
WRITES = {
    "facebook": ("reply", "hide", "unhide", "delete"),
    "instagram": ("reply", "hide", "unhide", "delete"),
    "youtube": ("reply", "release", "reject", "delete"),
}


@dataclass
class Pen:
    """Writes on a stage."""

    stage: Stage

    @property
    def replier(self) -> Replier:
        return cast("Replier", self.stage.connector())

    def act(self, kind: str, comment: Comment | Post, text: str = "Badet öppnar på måndag.") -> None:
        """Raises what the connector raises."""
        target, connector = target_of(comment), self.stage.connector()
        match kind:
            case "reply":
                cast("Replier", connector).reply(target, text)
            case "hide" | "unhide":
                cast("Hider", connector).hide(target, hidden=kind == "hide")
            case "release":
                cast("Moderator", connector).release(target)
            case "reject":
                cast("Moderator", connector).reject(target)
            case _:
                cast("Replier", connector).delete(target)

    def ready_for(self, kind: str) -> Comment:
        """A comment to which this can be done."""
        stage = self.stage
        asked = stage.comment(stage.post(), "Hur länge är badet stängt?")
        if kind == "delete":
            return stage.world.answer(asked, "Fel svar")
        if kind == "unhide":
            stage.world.hide(asked)
        if kind in ("release", "reject"):
            stage.world.hold(asked)
        return asked

    def thread(self, comment: Comment | Post) -> Reading:
        return self.replier.thread(target_of(comment), ReadPlan(self.stage.world.now))

    @property
    def effects(self) -> list[Effect]:
        return self.stage.world.effects


def target_of(thing: Comment | Post) -> Target:
    """As the database would know it."""
    who = thing.author
    author = Author(who.id, who.handle, who.name)
    if isinstance(thing, Post):
        return Target(thing.id, thing.id, thing.id, is_post=True, author=author)
    on_visitors_post = thing.post.visitor
    thread = thing.post.id if on_visitors_post else thing.thread.id
    return Target(thing.id, thing.post.id, thread, nested=thing.parent is not None, author=author)


def shown(reading: Reading, comment: Comment) -> ReadComment | None:
    return next((one for one in reading.comments if one.external_id == comment.id), None)
