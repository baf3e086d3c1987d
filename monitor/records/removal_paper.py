"""A case on paper: what was saved of the comment, its picture, the steps, and the hash that vouches for the copy."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from config.language import _, language
from monitor.documents import breakable, typeset
from monitor.inbox.removal_models import SavedCopy
from monitor.inbox.removal_words import COPY, KINDS, QUESTIONS, RULES, STATUTES
from monitor.inbox.removals import Case, Taken
from monitor.inbox.saving import Content, check, name_of, read
from monitor.register.models import Channel, Person
from monitor.register.organisation import organisation

Pair = list[str]


def removal_pdf(session: Session, found: Case) -> bytes:
    """The case as a PDF, in the language in use. The same facts: the same bytes.

    It shows the comment's text, also a secret one: ask first whether who wants it may read that.
    """
    owner = organisation(session)
    zone = ZoneInfo(owner.timezone)
    copies = [session.get_one(SavedCopy, id_) for id_ in found.copies]
    latest = copies[-1]
    kept = read(latest)
    whole = all(check(session, copy).whole for copy in copies)
    data = _labels() | {
        "title": _("Case {number}: comment taken away", number=found.id),
        "organisation": owner.name,
        "language": language(),
        "foot": f"SHA-256 {latest.sha256}",
        "facts": _pairs(_facts(session, found, whole=whole)),
        "steps": [
            *([*_copied(session, copy, zone)] for copy in copies),
            *([*_step(session, each, zone)] for each in found.steps),
        ],
        "copy": _pairs(_comment(kept, zone)),
        "thread": _pairs((_who(each, zone), each["text"]) for each in kept["thread"]),
        "picture": list(latest.picture) if latest.picture is not None else None,
        "picture_text": picture_text(kept),
    }
    return typeset("removal", data, max([latest.at, *(each.at for each in found.steps)]))


def _labels() -> dict[str, Any]:
    """What does not differ from case to case."""
    return {
        "page_word": _("Page"),
        "steps_word": _("Steps"),
        "columns": [_("When"), _("What"), _("By")],
        "copy_word": _(COPY),
        "thread_word": _("Others in the thread"),
        "picture_word": _("Picture of the text"),
    }


def removal_file(found: Case) -> str:
    """What to call the PDF: "borttagning-3.pdf"."""
    return _("removal-{number}.pdf", number=found.id)


def picture_text(kept: Content) -> str:
    """What the picture shows, for who cannot see it; or why there is none."""
    if kept["images"] == "suspected_abuse":
        return _("No picture is saved: the comment is suspected of showing abuse of a child. Turn to the police.")
    return _("The comment's text, as it stands above.")


def _facts(session: Session, found: Case, *, whole: bool) -> Iterator[tuple[str, str]]:
    channel = session.get_one(Channel, found.channel)
    yield _("Channel"), f"{channel.name} ({channel.id})"
    if found.rule is not None:
        yield _("Rule broken"), _(RULES[found.rule])
    yield _("Still to be answered"), " ".join(_(QUESTIONS[each]) for each in found.missing) or _("nothing")
    yield _("The copy is what was saved"), _("yes") if whole else _("NO: it has been changed in the database")


def _comment(kept: Content, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    comment, post = kept["comment"], kept["post"]
    if post is not None and not comment["is_post"]:
        yield _("Post"), post["text"]
    yield _who(comment, zone), comment["text"]
    for change in kept["changes"]:
        if change["kind"] == "edited":
            yield _("Before it was changed; noticed {moment}", moment=_when(change["seen_at"], zone)), change["text"]
    yield _("Id on the platform"), comment["external_id"]
    yield _("Link"), comment["permalink"] or ""
    yield _("Fetched"), _when(comment["fetched_at"], zone)
    yield _("Pictures and films"), _("never saved")


def _who(one: Content, zone: ZoneInfo) -> str:
    return _("{author} wrote {moment}", author=name_of(one), moment=_when(one["posted_at"], zone))


def _copied(session: Session, copy: SavedCopy, zone: ZoneInfo) -> Iterator[str]:
    yield _moment(copy.at, zone)
    yield breakable(f"{_(COPY)}. SHA-256 {copy.sha256}")
    yield session.get_one(Person, copy.by_id).name


def _step(session: Session, taken: Taken, zone: ZoneInfo) -> Iterator[str]:
    yield _moment(taken.at, zone)
    yield breakable(f"{_(KINDS[taken.step.kind])}{step_words(taken)}")
    yield session.get_one(Person, taken.by).name


def step_words(taken: Taken) -> str:
    """ ": yes; number 5000-K1-26; note". Begins with a colon, or is empty."""
    step = taken.step
    answer = None if step.answer is None else _("yes") if step.answer else _("no")
    failed = _("came to nothing") if step.failed else _("under way") if taken.action and not step.done else None
    rule = _(RULES[step.rule]) if step.rule is not None else None
    law = _(STATUTES.get(taken.statute, taken.statute)) if taken.statute else None
    parts = [part for part in (answer, rule, law, failed, step.number, step.note) if part]
    return f": {'; '.join(parts)}" if parts else ""


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[Pair]:
    return [[label, breakable(text) or "–"] for label, text in pairs]


def _when(at: str, zone: ZoneInfo) -> str:
    return _moment(datetime.fromisoformat(at), zone)


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H.%M}"  # as it may be read years later
