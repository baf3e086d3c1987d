"""/audit: the log, and the proof that nobody has altered it."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from monitor.access.permission_rules import Permission
from monitor.audit.models import AuditEntry
from monitor.audit.reading import entries
from monitor.audit.verifying import verify
from monitor.records.acts import act_in_words
from monitor.records.auditing import agreement
from monitor.register.calendar import calendar_of
from monitor.register.organisation import organisation
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.problems import DOCUMENTED
from monitor.web.api.shapes import (
    USUAL,
    After,
    Day,
    Limit,
    Moment,
    NameInQuery,
    Out,
    Page,
    read_number,
    written_cursor,
)

router = APIRouter(prefix="/audit", tags=["audit"], responses=DOCUMENTED)
Reader = Annotated[Caller, scoped(Permission.READ_AUDIT)]
From = Annotated[Day | None, Query(alias="from", description="Written on that day or later.")]
To = Annotated[Day | None, Query(alias="to", description="Written on that day or earlier.")]
Head = Annotated[
    str | None,
    Query(pattern=r"^[1-9][0-9]{0,17}:[0-9a-f]{64}$", description="An entry that was noted earlier: `head` of then."),
]


class Entry(Out):
    """actor: a person's id, "system" or "command". before, after: what changed, without secrets, contact details or
    residents' texts. act_text: the act in words."""

    id: int
    at: Moment
    actor: str
    act: str
    act_text: str
    subject_kind: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    hash: str


class Entries(Page[Entry]):
    """unreadable: numbers of entries, among those of this page, that hold what none of ours ever did."""

    unreadable: list[int]


class DifferenceOut(Out):
    """A row that is not what an entry says. entry: null where none tells of it. fields: what differs; none where the
    row is gone."""

    kind: str
    subject: str
    entry: int | None
    fields: list[str]


class Verification(Out):
    """broken: the first entry that is not what it was, or is missing; null: all is whole. head: to be noted somewhere
    else. agree: facts that are what the log says of them; unlogged: those that are older than the log."""

    entries: int
    head: str | None
    broken: int | None
    agree: int
    unlogged: int
    differing: list[DifferenceOut]


@router.get("")
def log(
    known: Reader,
    first: From = None,
    last: To = None,
    actor: NameInQuery = None,
    subject_kind: NameInQuery = None,
    subject: NameInQuery = None,
    after: After = None,
    limit: Limit = USUAL,
) -> Entries:
    """The entries, the newest first."""
    below = read_number(after)
    chosen = {"actor": actor or None, "subject_kind": subject_kind or None, "subject": subject or None}
    with known.db.snapshot() as session:
        calendar = calendar_of(organisation(session))
        since: datetime | None = calendar.midnight(first) if first else None
        before = calendar.midnight(last + timedelta(days=1)) if last else None
        found = entries(session, **chosen, since=since, before=before, below=below, most=limit + 1)
    numbers = sorted([*(entry.id for entry in found.entries), *found.unreadable], reverse=True)
    shown = set(numbers[:limit])
    return Entries(
        items=[_told(entry) for entry in found.entries if entry.id in shown],
        next=written_cursor(numbers[limit - 1]) if len(numbers) > limit else None,
        unreadable=[number for number in found.unreadable if number in shown],
    )


@router.get("/verification")
def verification(known: Reader, noted: Head = None) -> Verification:
    """Walks the whole log and holds the facts against it: slow where there is much."""
    with known.db.snapshot() as session:
        found, facts = verify(session, noted), agreement(session)
    return Verification(
        entries=found.entries,
        head=found.head,
        broken=found.broken,
        agree=facts.agree,
        unlogged=facts.unlogged,
        differing=[DifferenceOut.model_validate(each) for each in facts.differing],
    )


def _told(entry: AuditEntry) -> Entry:
    told = {key: getattr(entry, key) for key in Entry.model_fields if key != "act_text"}
    return Entry.model_validate(told | {"act_text": act_in_words(entry.act)})
