"""An account on each platform that can be published from, a place where pictures lie, and the shortest ways to use
them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import cast

from PIL import Image

from connectors.base import Credential, State
from connectors.emulator.blog import BlogSite
from connectors.emulator.effects import Effect
from connectors.emulator.server import Emulator
from connectors.publishing import Draft, Published, Publisher, Search
from tests.connectors.blog_stage import BlogStage
from tests.connectors.stage import Stage
from tests.connectors.writing_stages import STAGES

MARKER = "k7-2026-1"
LINK = f"https://kris.example.se/{MARKER}"
TEXT = f"Vattnet i Tibro måste kokas.\n\nNästa besked kl 16. {LINK}"
PLACES = (*STAGES, "blog")
LOGIN = {"user": "krisredaktion", "application_password": "abcd EFGH ijkl MNOP qrst UVWX"}


def jpeg(width: int = 1080, height: int = 1080) -> bytes:
    content = BytesIO()
    Image.new("RGB", (width, height), "navy").save(content, "JPEG")
    return content.getvalue()


@dataclass
class Pictures:
    """A web server with one picture, or with whatever a test puts there."""

    content: bytes = field(default_factory=jpeg)
    asked: int = 0
    url: str = ""


@contextmanager
def serving() -> Iterator[Pictures]:
    pictures = Pictures()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pictures.asked += 1
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.end_headers()
            self.wfile.write(pictures.content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pictures.url = f"http://127.0.0.1:{server.server_port}/kort.jpg"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield pictures
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Press:
    """Publishes on a stage, as the product does: what was prepared is remembered."""

    stage: Stage
    pictures: Pictures
    progress: State = field(default_factory=dict)

    @property
    def publisher(self) -> Publisher:
        return cast("Publisher", self.stage.connector())

    @property
    def draft(self) -> Draft:
        return Draft(
            TEXT,
            MARKER,
            LINK,
            image_url=self.pictures.url,
            alt_text="Koka vattnet i Tibro",
            title="Koka vattnet",
        )

    def prepare(self, draft: Draft | None = None) -> None:
        """Until it is ready. The platforms' clock goes on as long as it says to wait."""
        for _look in range(20):
            found = self.publisher.prepare(draft or self.draft, self.progress, self.stage.world.now)
            self.progress = found.progress
            if found.ready:
                return
            self.stage.world.advance(found.wait.total_seconds())
        raise AssertionError("it is never ready")

    def publish(self, draft: Draft | None = None) -> Published:
        return self.publisher.publish(draft or self.draft, self.progress)

    def find(self, draft: Draft | None = None) -> Search:
        return self.publisher.find(draft or self.draft, self.progress, self.stage.world.now)

    @property
    def effects(self) -> list[Effect]:
        return [effect for effect in self.stage.world.effects if effect.kind == "publish"]

    @property
    def once(self) -> int:
        """How many effects publishing once has."""
        return 3 if self.stage.platform == "youtube" else 1


def blog(emulator: Emulator) -> BlogStage:
    """A WordPress blog with a user who may publish."""
    account = emulator.world.account("blog", "3", "redaktionen", "Tibro kommun")
    blog_site(emulator).writing.passwords[LOGIN["user"]] = LOGIN["application_password"]
    resident = emulator.world.person("blog", "Bo Ek")
    return BlogStage(emulator, "blog", account, Credential(LOGIN), resident, "3")


def blog_site(emulator: Emulator) -> BlogSite:
    return next(site for site in emulator.sites if isinstance(site, BlogSite))


def press(emulator: Emulator, platform: str, pictures: Pictures) -> Press:
    stage = blog(emulator) if platform == "blog" else STAGES[platform](emulator)
    if platform == "youtube":
        for _video in range(4):
            stage.post("En film")
    return Press(stage, pictures)
