"""What every notice of a crisis is made of: told at any hour, once for each round, and only while it is so."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from config.language import _
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling
from monitor.alerts.wording import Letter, base_url, letter, signed
from monitor.emergency.incident_words import MODES
from monitor.emergency.models import Incident, Message
from monitor.register.models import Person

NEWS = timedelta(days=2)
"""So long after it happened somebody is still told."""
Found = tuple[str, datetime, Sequence[Person]]
"""The subject's id, since when it is so, and who is told."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to tell. found: all there is now. said: headline, paragraphs and page, in the language in use."""

    name: str
    found: Callable[[Scene], Iterable[Found]]
    said: Callable[[Scene, str], tuple[str, list[str], str]]

    @property
    def kind(self) -> Kind:
        return Kind(self.tellings, self.check, self.letter, after_hours=True, urgent=True)

    def tellings(self, scene: Scene) -> Iterable[Telling]:
        for subject, since, people in self.found(scene):
            for person in people:
                yield Telling(self.name, subject, self.name, since.astimezone(UTC).isoformat(), person.id)

    def check(self, scene: Scene, notice: Notice) -> None:
        """Is it still so, and the recipient's affair?"""
        told = {(each.subject, each.cycle, each.recipient_id) for each in self.tellings(scene)}
        if (notice.subject, notice.cycle, notice.recipient_id) not in told:
            raise NoLongerTrue(_("It is no longer so, or no longer concerns the recipient."))

    def letter(self, scene: Scene, notice: Notice) -> Letter:
        return note(scene, *self.said(scene, notice.subject))


def note(scene: Scene, headline: str, paragraphs: list[str], page: str) -> Letter:
    """A letter of a few sentences, and where to go on. page: without the address of the pages."""
    return letter(
        "note",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=paragraphs,
        page_url=f"{base_url(scene.settings)}{page}",
    )


def page_of(message: Message) -> str:
    """Where the message is, without the address of the pages."""
    return f"/crisis/{message.incident_id}/messages/{message.id}"


def mode_of(scene: Scene, message: Message) -> str:
    """In words, in the language in use: in earnest, or an exercise."""
    return _(MODES[scene.session.get_one(Incident, message.incident_id).mode])
