"""One thread's life as it happened, and a plain oracle of where every comment in it stands: slow, reply by reply."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from monitor import Calendar, State
from monitor.inbox.mark_rules import Kind, Marked

STATES = {
    Kind.ACKNOWLEDGE: State.ACKNOWLEDGED,
    Kind.SNOOZE: State.SNOOZED,
    Kind.PRIVATE: State.ANSWERED_PRIVATELY,
    Kind.CLOSE: State.CLOSED_NO_REPLY,
    Kind.WAKE: None,
}
CLOSED = (State.ANSWERED_PRIVATELY, State.CLOSED_NO_REPLY)
WAITING = ("open", "held", "probably_answered", "interim_answered")


@dataclass
class Item:
    """Something written. texts: oldest first, with when it was changed. own: by the organisation."""

    id: str
    who: str | None
    parent: str | None
    posted: datetime
    texts: list[tuple[datetime, str]]
    own: bool = False
    mentions: tuple[str, ...] = ()
    interim: bool = False
    hidden: bool = False
    held: bool = False
    missing: bool = False
    removed: bool = False
    gone_at: datetime | None = None
    unhidden_at: datetime | None = None
    back_at: datetime | None = None
    public_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def seen(self) -> bool:
        return not (self.hidden or self.held or self.missing)


@dataclass
class Life:
    items: list[Item] = field(default_factory=list)
    marks: dict[str, list[Marked]] = field(default_factory=dict)

    def residents(self) -> list[Item]:
        return [each for each in self.items if not each.own]

    def ours(self) -> list[Item]:
        return [each for each in self.items if each.own]

    def words(self, id_: str) -> list[Marked]:
        return sorted(self.marks.get(id_, []), key=lambda each: (each.at, each.id))


Stands = tuple[State, datetime, datetime | None]


def where_all_stand(life: Life, calendar: Calendar, now: datetime) -> dict[str, Stands]:
    """State, since when the deadline counts, and until when notices pause; by id."""
    pages = replay(life, [each for each in life.ours() if each.seen])
    return {item.id: _stands(life, item, pages[item.id], calendar, now) for item in life.residents()}


Page = dict[str, dict[object, Any]]
"""What the replies are to one comment, by the text they were written to: answer, promise, maybe (several), no."""


def replay(life: Life, replies: list[Item]) -> dict[str, Page]:
    """What these replies are to each comment, by its id."""
    pages: dict[str, Page] = {
        each.id: {"answer": {}, "promise": {}, "maybe": {}, "no": {}} for each in life.residents()
    }
    before: dict[str, datetime] = {}
    for reply in sorted(replies, key=lambda each: each.posted):
        waiting = [item for item in life.residents() if _waits(life, item, reply, pages[item.id])]
        for item, sort in _meant(life, reply, waiting, before.get(reply.parent or "")):
            _note(life, item, reply, sort, pages[item.id])
        for item in waiting:
            if _last_word(life, item.id, reply.id) is Kind.REJECT:
                text = _text_at(life, item, reply.posted)
                pages[item.id]["maybe"].pop(text, None)
                pages[item.id]["no"][text] = reply
        if reply.parent and not _is_promise(life, reply):
            before[reply.parent] = reply.posted
    return pages


def _waits(life: Life, item: Item, reply: Item, page: Page) -> bool:
    in_reach = reply.parent is None or reply.parent in (item.id, item.parent)
    there = item.seen and in_reach and item.posted < reply.posted
    return there and _text_at(life, item, reply.posted) not in page["answer"]


def _note(life: Life, item: Item, reply: Item, sort: str, page: Page) -> None:
    text, word = _text_at(life, item, reply.posted), _last_word(life, item.id, reply.id)
    if word is Kind.CONFIRM:
        page["answer"][text] = reply
    elif _is_promise(life, reply):
        if sort == "sure" or word is Kind.INTERIM:
            page["promise"].setdefault(text, reply)
    elif word is Kind.REJECT:
        return
    elif sort == "sure":
        page["answer"][text] = reply
    else:
        page["maybe"].setdefault(text, []).append(reply)


def _is_promise(life: Life, reply: Item) -> bool:
    return reply.interim or any(_last_word(life, each.id, reply.id) is Kind.INTERIM for each in life.residents())


def _meant(life: Life, reply: Item, waiting: list[Item], before: datetime | None) -> list[tuple[Item, str]]:
    """Whom the reply is for: for sure, or perhaps."""
    found: dict[str, str] = {}
    there = [
        each
        for each in life.residents()
        if each.posted <= reply.posted and (reply.parent is None or reply.parent in (each.id, each.parent))
    ]
    named = {each.who for each in there if each.who in reply.mentions}
    new = {each.who or each.id for each in waiting if before is None or _changed_at(life, each, reply.posted) >= before}
    for item in waiting:
        if named:
            if item.who in named:
                found[item.id] = "sure"
        elif reply.parent is not None:
            if len(new) != 1:
                found[item.id] = "perhaps"
            elif (item.who or item.id) in new:
                found[item.id] = "sure"
        if _last_word(life, item.id, reply.id) in (Kind.CONFIRM, Kind.INTERIM):
            found.setdefault(item.id, "said")
    return [(item, found[item.id]) for item in waiting if item.id in found]


def _last_word(life: Life, item: str, reply: str) -> Kind | None:
    word = None
    for mark in life.words(item):
        if mark.said.reply == reply and mark.said.kind in (Kind.CONFIRM, Kind.REJECT, Kind.INTERIM):
            word = mark.said.kind
    return word


def _steps(life: Life, item: Item) -> list[tuple[datetime, tuple[str, int]]]:
    """Every text and every reopening, in order: when, and what stood there from then."""
    happened: list[tuple[datetime, str | None]] = [(at, text) for at, text in item.texts]
    happened += [(mark.at, None) for mark in life.words(item.id) if mark.said.kind is Kind.REOPEN]
    steps: list[tuple[datetime, tuple[str, int]]] = []
    for at, text in sorted(happened, key=lambda each: each[0]):
        if not steps:
            steps.append((at, (_letters(text or ""), 0)))
        elif text is None:
            steps.append((at, (steps[-1][1][0], steps[-1][1][1] + 1)))
        elif _letters(text) != steps[-1][1][0]:
            steps.append((at, (_letters(text), steps[-1][1][1])))
    return steps


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalpha())


def _text_at(life: Life, item: Item, moment: datetime) -> tuple[str, int]:
    return [text for at, text in _steps(life, item) if at < moment or at == item.posted][-1]


def _changed_at(life: Life, item: Item, moment: datetime) -> datetime:
    return [at for at, _text in _steps(life, item) if at < moment or at == item.posted][-1]


def _answer_left(life: Life, item: Item) -> datetime | None:
    """When what had answered it, or promised to, was last noticed to be gone."""
    found = None
    for moment in sorted(each.gone_at for each in life.ours() if each.gone_at is not None):
        then = [
            each
            for each in life.ours()
            if each.posted < moment and (each.seen or (each.gone_at is not None and each.gone_at >= moment))
        ]
        page, text = replay(life, then)[item.id], _text_at(life, item, moment)
        if text in page["answer"] or text in page["promise"]:
            found = moment
    return found


def _stands(life: Life, item: Item, page: Page, calendar: Calendar, now: datetime) -> Stands:
    text, left = _steps(life, item)[-1][1], _answer_left(life, item)
    answer, promise = page["answer"].get(text), page["promise"].get(text)
    since = _since(life, item, page, answer, left)
    state = _shown(item) or (State.ANSWERED if answer else None)
    if state is None and page["maybe"].get(text):
        state = State.PROBABLY_ANSWERED
    if state is None and isinstance(promise, Item):
        state, since = State.INTERIM_ANSWERED, max(since, promise.posted)
    state = state or State.OPEN
    if state.value not in WAITING:
        return state, since, None
    said, until = _said(life, item, left, calendar, now)
    return said or state, since, until


def _shown(item: Item) -> State | None:
    if item.missing:
        if item.removed:
            return State.REMOVED_BY_US
        return State.REMOVED_BY_AUTHOR if item.deleted_at else State.UNAVAILABLE
    if item.hidden:
        return State.HIDDEN_BY_US
    return State.HELD if item.held else None


def _since(life: Life, item: Item, page: Page, answer: object, left: datetime | None) -> datetime:
    since = item.public_at or item.posted
    for moment in (item.unhidden_at, item.back_at, left):
        if moment is not None and moment > since and not (isinstance(answer, Item) and moment > answer.posted):
            since = moment
    steps = _steps(life, item)
    for (_at, old), (at, new) in pairwise(steps):
        reopened = old[1] != new[1]
        enough = old in page["answer"] or old in page["promise"] or _closed_before(life, item, left, at)
        edited = enough and new not in page["answer"]
        if edited or (reopened and not (isinstance(answer, Item) and at > answer.posted)):
            since = max(since, at)
    return since


def _closed_before(life: Life, item: Item, left: datetime | None, moment: datetime) -> bool:
    """Had a person closed what stood there until then?"""
    news = [at for at, _text in _steps(life, item)[1:] if at < moment]
    news += [at for at in (item.public_at, item.unhidden_at, left) if at and at <= moment]
    closed = False
    for mark in life.words(item.id):
        if mark.said.kind is Kind.REOPEN:
            closed = False
        elif mark.at <= moment and not any(at >= mark.at for at in news):
            closed = closed or mark.said.kind in (Kind.PRIVATE, Kind.CLOSE)
    return closed


def _said(
    life: Life, item: Item, left: datetime | None, calendar: Calendar, now: datetime
) -> tuple[State | None, datetime | None]:
    """What people's words make of it, word by word."""
    steps = _steps(life, item)
    news = [at for at, _text in steps[1:]] + [at for at in (item.public_at, item.unhidden_at, left) if at]
    again = [
        each.posted
        for each in life.residents()
        if each.id != item.id
        and item.who
        and each.who == item.who
        and (each.parent or each.id) == (item.parent or item.id)
    ]
    state, until = None, None
    for mark in life.words(item.id):
        kind = mark.said.kind
        if kind is Kind.REOPEN:
            state, until = None, None
        elif any(at >= mark.at for at in news) or state in CLOSED:
            continue
        elif kind in (Kind.PRIVATE, Kind.CLOSE, Kind.WAKE):
            state, until = STATES[kind], None
        elif kind in STATES and not _was_news(item, again, mark):
            state, until = STATES[kind], _end_of_day(mark.at, 1 if kind is Kind.ACKNOWLEDGE else 5, calendar)
            until = min(until, mark.said.until) if mark.said.until else until
    return (state, until) if until is None or now < until else (None, None)


def _was_news(item: Item, again: list[datetime], mark: Marked) -> bool:
    """Has it come back, or has its author written again, since it was put off?"""
    if item.back_at and item.back_at >= mark.at:
        return True
    return mark.said.kind is Kind.SNOOZE and any(at >= mark.at for at in again)


def _end_of_day(moment: datetime, days: int, calendar: Calendar) -> datetime:
    """When service ends on the working day so many working days later."""
    day = calendar.local_date(moment)
    while days:
        day += timedelta(days=1)
        days -= calendar.is_working_day(day)
    return calendar.closing(day)
