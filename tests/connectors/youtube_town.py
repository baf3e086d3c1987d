"""A municipality's YouTube channel on the emulator, its readers, and a keeper of what they bring."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypedDict, Unpack

from config.settings import Settings
from connectors.base import Account, Covered, Credential, ReadComment, Reading, ReadPlan, State
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.truth import shown
from connectors.emulator.world import Account as Channel
from connectors.emulator.world import Comment, Person, Post, Token, World
from connectors.errors import ConnectorError
from connectors.youtube.connector import SCOPE, YouTube

NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
API_KEY = "AIzaSyTheKeyOfTheTown"
REFRESH_TOKEN = "1//0TheRefreshTokenOfTheTown"
CLIENT_SECRET = "GOCSPX-TheSecretOfTheTown"
LISTS = r"commentThreads"
TOKENS = r"^/token$"
LIST = '{"kind":"youtube#commentThreadListResponse","items":'
KEY = {"api_key": API_KEY}
OAUTH = {"client_id": "1472.apps.example", "client_secret": CLIENT_SECRET, "refresh_token": REFRESH_TOKEN}


class Wanted(TypedDict, total=False):
    """Of ReadPlan."""

    full: bool
    daily: bool
    verify: tuple[str, ...]
    allowance: int | None


@dataclass
class Keeper:
    """Remembers what readings brought and applies what they claim, to the letter of `Covered` and no further."""

    comments: dict[str, ReadComment] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def take(self, reading: Reading) -> None:
        here = {one.external_id: one for one in reading.comments}
        for claim in reading.covered:
            self.gone |= {id_ for id_, one in self.comments.items() if id_ not in here and _is_claimed(one, claim)}
        self.gone |= {id_ for id_, one in self.comments.items() if one.thread_external_id in self.gone - here.keys()}
        self.comments |= here
        self.gone -= here.keys()

    @property
    def texts(self) -> dict[str, str]:
        return {id_: one.text for id_, one in self.comments.items() if id_ not in self.gone}

    @property
    def held(self) -> set[str]:
        return {id_ for id_, one in self.comments.items() if one.held and id_ not in self.gone}


def _is_claimed(one: ReadComment, claim: Covered) -> bool:
    if claim.held != one.held:
        return False
    if claim.what == "post":
        return one.post_external_id == claim.external_id
    if claim.what == "thread":
        return one.parent_external_id == claim.external_id
    top = one.parent_external_id is None
    return claim.what == "threads" and top and (claim.since is None or one.posted_at >= claim.since)


class Town:
    """One channel with one video, a resident, and a reader that keeps its state between rounds."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.world: World = emulator.world
        self.channel: Channel = self.world.account("youtube", "UCtownTownTownTownTown01", "staden", "Staden")
        self.world.token(Token(API_KEY, "api_key", self.channel))
        self.world.token(Token(REFRESH_TOKEN, "oauth", self.channel, (SCOPE,), app_secret=CLIENT_SECRET))
        self.video: Post = self.world.publish(self.channel, "Nya badhuset\nSå blir det.")
        self.resident: Person = self.world.resident("youtube", "Åsa Öberg")
        self.keeper = Keeper()
        self.state: State = {}

    def settings(self) -> Settings:
        return Settings(youtube_url=self.emulator.url, google_token_url=f"{self.emulator.url}/token")

    def reader(self, secrets: Mapping[str, str] = OAUTH, channel: str = "", kind: type[YouTube] = YouTube) -> YouTube:
        return kind(Account(channel or self.channel.id), Credential(secrets), self.settings())

    def read(self, *watch: str, secrets: Mapping[str, str] = OAUTH, **wanted: Unpack[Wanted]) -> Reading:
        """A round like the monitor's: the state of the last reading goes in, what comes is kept."""
        plan = ReadPlan(self.world.now, state=self.state, watch_threads=watch, **wanted)
        reading = self.reader(secrets).read(plan)
        self.keeper.take(reading)
        self.state = reading.state
        return reading

    def round(self, *watch: str, secrets: Mapping[str, str] = OAUTH, **wanted: Unpack[Wanted]) -> Reading:
        reading = self.read(*watch, secrets=secrets, **wanted)
        assert reading.error is None, reading.error
        return reading

    def ask(self, text: str = "När öppnar det?", *, on: Post | Comment | None = None, held: bool = False) -> Comment:
        self.world.advance(60)
        return self.world.comment(on or self.video, self.resident, text, held=held)

    def threads(self, count: int) -> list[Comment]:
        return [self.ask(f"Fråga {number}") for number in range(count)]

    def replies(self, to: Comment, count: int) -> list[Comment]:
        return [self.ask(f"Svar {number}", on=to) for number in range(count)]

    @property
    def shown(self) -> dict[str, str]:
        return shown(self.world, self.channel)


def refusal(reason: str, status: int = 403) -> Fault:
    body = {"error": {"code": status, "message": "…", "errors": [{"domain": "youtube", "reason": reason}]}}
    return Fault("status", path=LISTS, status=status, body=json.dumps(body))


def error_of(town: Town, fault: Fault | None = None) -> ConnectorError:
    if fault:
        town.emulator.faults.add(fault)
    error = town.read().error
    assert error is not None
    return error
