"""A platform as small as can be, for tests of the server itself."""

from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import World


class Toy:
    """Answers /toy with what it was asked and counts how often it did its work; breaks on /toy/broken."""

    name = "toy"

    def __init__(self, world: World) -> None:
        self.world = world
        self.worked = 0

    def owns(self, request: Request) -> bool:
        return request.host == "toy.example.org" or request.path.startswith("/toy")

    def answer(self, request: Request) -> Answer:
        self.worked += 1
        if request.path == "/toy/broken":
            raise RuntimeError("no such luck")
        asked = {"path": request.path, "origin": request.origin, "word": request.get("word"), "work": self.worked}
        return Answer.json(asked, cost=2)
