"""Kinds of notices that a test makes up: what is true is what the test says, and letters list what they tell."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from monitor.alerts.kinds import KINDS
from monitor.alerts.models import Notice
from monitor.alerts.morning import DIGEST
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter, letter

OVERDUE, FLAG, PLAIN = "test_overdue", "test_flag", "test_plain"


@dataclass
class Gossip:
    """facts: (kind, subject, day) by whom they concern. digests: whether everybody gets one each morning."""

    facts: dict[tuple[str, str, str], str] = field(default_factory=dict)
    digests: tuple[str, ...] = ()
    told: Counter[str] = field(default_factory=Counter)

    def learn(self, kind: str, subject: str, cycle: str, person: str) -> None:
        self.facts[kind, subject, cycle] = person

    def forget(self, subject: str) -> None:
        self.facts = {fact: person for fact, person in self.facts.items() if fact[1] != subject}

    @contextmanager
    def spread(self) -> Iterator[None]:
        """These are the only kinds of notices there are."""
        real = dict(KINDS)
        KINDS.clear()
        KINDS.update(
            {
                DIGEST: self._kind(DIGEST, group="inbox"),
                OVERDUE: self._kind(OVERDUE, group="inbox"),
                FLAG: self._kind(FLAG, group="flags", urgent=True),
                PLAIN: self._kind(PLAIN),
            }
        )
        try:
            yield
        finally:
            KINDS.clear()
            KINDS.update(real)

    def _kind(self, name: str, *, group: str | None = None, urgent: bool = False) -> Kind:
        def tellings(scene: Scene) -> Iterable[Telling]:
            if name == DIGEST:
                return [Telling(DIGEST, each, DIGEST, scene.today.isoformat(), each) for each in self.digests]
            facts = [(fact, person) for fact, person in self.facts.items() if fact[0] == name]
            return [Telling(name, subject, "first", cycle, person) for (_kind, subject, cycle), person in facts]

        def check(scene: Scene, notice: Notice) -> None:
            if not self.is_true(notice, scene.today.isoformat()):
                raise NoLongerTrue("forgotten")
            if not urgent:
                check_hours(scene)

        def together(_scene: Scene, notices: Sequence[Notice]) -> Letter:
            return wording(name, notices)

        def sent(_session: object, notice: Notice, _now: object) -> None:
            self.told[name_of(notice)] += 1

        alone = lambda scene, notice: together(scene, [notice])  # noqa: E731
        grouped = together if group else None
        return Kind(tellings, check, alone, sent, after_hours=urgent, group=group, together=grouped, urgent=urgent)

    def is_true(self, notice: Notice, today: str) -> bool:
        if notice.subject_kind == DIGEST:
            return notice.cycle == today and notice.recipient_id in self.digests
        return (notice.subject_kind, notice.subject, notice.cycle) in self.facts


def name_of(notice: Notice) -> str:
    return f"[{notice.subject_kind}/{notice.subject}/{notice.cycle}]"


def wording(writer: str, notices: Sequence[Notice]) -> Letter:
    return letter(
        "note",
        f"{writer}: {len(notices)}",
        headline=writer,
        organisation="Tibro kommun",
        paragraphs=[name_of(each) + (" folded" if each.folded else "") for each in notices],
        page_url="https://kanalvakt.tibro.example.org/",
    )


def told_in(mail: EmailMessage) -> list[str]:
    """The names of the notices that a mail tells, in its order."""
    body = mail.get_body(("plain",))
    assert body is not None
    return [line.strip().removesuffix(" folded") for line in str(body.get_content()).splitlines() if line[:1] == "["]


def folded_in(mail: EmailMessage) -> int:
    body = mail.get_body(("plain",))
    assert body is not None
    return sum(line.strip().endswith(" folded") for line in str(body.get_content()).splitlines() if line[:1] == "[")
