"""A channel's other places for a crisis message: its own text, and a video."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from connectors.base import State
from connectors.emulator.effects import Effect
from connectors.emulator.server import Emulator
from connectors.publishing import Draft, Manifold, Published, Search
from tests.connectors.publishing_stages import LINK, MARKER
from tests.connectors.stage import Stage
from tests.connectors.writing_stages import STAGES

OWN = "Här finns Tibro kommuns filmer.\n\nVi svarar på vardagar."
SAID = f"Koka vattnet i Tibro <1 dag>. {LINK}"
KIND = {"text": "describe", "video": "publish"}


@dataclass
class PartPress:
    """Publishes in one place, as the product does: what was prepared is remembered."""

    stage: Stage
    name: str
    video: Path | None = None
    progress: State = field(default_factory=dict)

    @property
    def publisher(self) -> Any:
        return cast("Manifold", self.stage.connector()).part(self.name)

    @property
    def draft(self) -> Draft:
        return Draft(SAID, MARKER, LINK, video=self.video, title="Koka vattnet i <Tibro>")

    def prepare(self, draft: Draft | None = None) -> None:
        ready = False
        while not ready:
            found = self.publisher.prepare(draft or self.draft, self.progress, self.stage.world.now)
            self.progress, ready = found.progress, found.ready

    def publish(self, draft: Draft | None = None) -> Published:
        made: Published = self.publisher.publish(draft or self.draft, self.progress)
        return made

    def find(self) -> Search:
        found: Search = self.publisher.find(self.draft, self.progress, self.stage.world.now)
        return found

    @property
    def effects(self) -> list[Effect]:
        return [each for each in self.stage.world.effects if each.kind == KIND[self.name]]

    @property
    def description(self) -> str:
        return self.stage.emulator.youtube.texts.description(self.stage.account)


def place(emulator: Emulator, name: str, folder: Path, size: int = 5_000) -> PartPress:
    """size: of the video, in bytes."""
    stage = STAGES["youtube"](emulator)
    emulator.youtube.texts.describe(stage.account, OWN)
    film = folder / "film.mp4"
    film.write_bytes(bytes(number % 251 for number in range(1_000)) * (size // 1_000))
    return PartPress(stage, name, film)
