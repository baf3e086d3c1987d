"""The rules by which comments are flagged, as the database keeps them: begun with a list, changed by people only."""

import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.audit import SYSTEM, audited
from monitor.db.turns import FLAGS, take_turns
from monitor.inbox.flag_phrases import LONGEST, SHORTEST, Fault, NotARule, same_rule
from monitor.inbox.flag_rules import Kind, Word
from monitor.inbox.models import FlagRule, FlagScan
from monitor.inbox.rush_rules import Rush

BACK = timedelta(days=1)
"""A new rule is held against what has come since then, too."""
WORDS = (Kind.BREACH, Kind.REPORT, Kind.DANGER)
LANGUAGES = ("sv", "en")
MOST = 10_000
LABELS = {
    Kind.BREACH: N_("Possible breach – assess"),
    Kind.REPORT: N_("Reported by a resident – assess"),
    Kind.DANGER: N_("Question about danger – assess"),
    Kind.RUSH: N_("Unusually many comments – assess"),
}
"""What a flag is called. None of them says that it is so."""
FAULTS = {
    Fault.EMPTY: N_("A rule needs at least one word with letters or digits."),
    Fault.STAR_INSIDE: N_("A star stands only where a word begins or ends: läck*, *hot, *brand*."),
    Fault.SHORT: N_("Beside a star at least {count} letters are needed, or the rule matches almost everything."),
    Fault.LONG: N_("A rule has at most {count} characters."),
}
_COUNTS = {Fault.SHORT: SHORTEST, Fault.LONG: LONGEST}


class NotAccepted(Exception):
    """The rule cannot be so. The text says why, and what to do instead."""


def seed(session: Session, now: datetime) -> int:
    """Copies the first list into the database where there has never been a rule; gives how many rules it has.

    What people have taken away stays away: a rule is retired, never deleted.
    """
    if session.scalar(select(FlagRule.id).limit(1)) is not None:
        return 0
    take_turns(session, FLAGS)
    if session.scalar(select(FlagRule.id).limit(1)) is not None:
        return 0
    first = _first_list()
    rules = [
        FlagRule(kind=kind, word=word, language=language, added_at=now)
        for kind in WORDS
        for language in LANGUAGES
        for word in first[kind][language]
    ]
    session.add_all([*rules, FlagRule(kind=Kind.RUSH, added_at=now, **first[Kind.RUSH])])
    session.flush()
    audited(session, SYSTEM, "flag_rule.seeded", ("flag_rule", "all"), now, after={"rules": len(rules) + 1})
    return len(rules) + 1


def rules_in_use(session: Session) -> list[FlagRule]:
    """By number."""
    return list(session.scalars(select(FlagRule).where(~FlagRule.retired).order_by(FlagRule.id)))


def words_for(rules: Iterable[FlagRule], channel_id: str | None) -> tuple[Word, ...]:
    """The words that count on a channel: those of every channel, and its own. None: only the former."""
    return tuple(
        Word(rule.id, Kind(rule.kind), rule.word)
        for rule in rules
        if rule.word is not None and rule.channel_id in (None, channel_id)
    )


def rush_for(rules: Iterable[FlagRule], channel_id: str) -> tuple[int, Rush] | None:
    """What a rush of the channel is, with the rule's number: the channel's own rule goes before that of all."""
    mine = [rule for rule in rules if rule.kind == Kind.RUSH and rule.channel_id in (None, channel_id)]
    if not mine:
        return None
    rule = max(mine, key=lambda each: (each.channel_id is not None, each.id))
    return rule.id, Rush(rule.comments or 0, rule.minutes or 0)


def add_word(
    session: Session, kind: Kind, word: str, language: str, channel_id: str | None, actor: str, now: datetime
) -> FlagRule:
    """A new word or phrase, also for what came in the last day. Raises NotAccepted for what is no rule or is there."""
    text = " ".join(word.split())
    wanted = _read(text)
    where = (FlagRule.kind == kind, FlagRule.channel_id.is_not_distinct_from(channel_id))
    same = [rule for rule in session.scalars(select(FlagRule).where(*where)) if same_rule(rule.word or "") == wanted]
    if there := next((rule for rule in same if not rule.retired), None):
        raise NotAccepted(_("That is rule {number} already.", number=there.id))
    if same:  # the same number again, so that nothing is flagged by it a second time
        rule = same[0]
        rule.retired, rule.added_at, rule.word, rule.language = False, now, text, language
    else:
        rule = FlagRule(kind=kind, word=text, language=language, channel_id=channel_id, added_at=now)
        session.add(rule)
    return _noted(session, rule, actor, now)


def set_rush(session: Session, rush: Rush, channel_id: str | None, actor: str, now: datetime) -> FlagRule:
    """What a rush is from now on: of one channel, or of all that have no rule of their own. Raises NotAccepted."""
    if not (2 <= rush.comments <= MOST and 1 <= rush.minutes <= MOST):
        raise NotAccepted(_("A rush is at least 2 comments within at least 1 minute, and {most} at most.", most=MOST))
    where = (FlagRule.kind == Kind.RUSH, FlagRule.channel_id.is_not_distinct_from(channel_id), ~FlagRule.retired)
    for old in session.scalars(select(FlagRule).where(*where)).all():
        remove_rule(session, old, actor, now)
    rule = FlagRule(kind=Kind.RUSH, comments=rush.comments, minutes=rush.minutes, channel_id=channel_id, added_at=now)
    session.add(rule)
    return _noted(session, rule, actor, now)


def remove_rule(session: Session, rule: FlagRule, actor: str, now: datetime) -> None:
    """It flags nothing more; what it has flagged stays. Raises NotAccepted where it is out of use already."""
    if rule.retired:
        raise NotAccepted(_("Rule {number} is not in use any more.", number=rule.id))
    rule.retired = True
    session.flush()
    audited(session, actor, "flag_rule.removed", ("flag_rule", str(rule.id)), now, before=said(rule))


def said(rule: FlagRule) -> dict[str, Any]:
    """What a rule says, for the log and for programs."""
    keys = ("kind", "word", "language", "channel_id", "comments", "minutes")
    return {key.removesuffix("_id"): getattr(rule, key) for key in keys if getattr(rule, key) is not None}


def _noted(session: Session, rule: FlagRule, actor: str, now: datetime) -> FlagRule:
    """The last day's comments are looked at again."""
    session.flush()
    mine = FlagScan.channel_id == rule.channel_id if rule.channel_id is not None else FlagScan.channel_id.is_not(None)
    session.execute(update(FlagScan).where(mine).values(revision=-1))
    session.execute(update(FlagScan).where(mine, FlagScan.until > now - BACK).values(until=now - BACK))
    audited(session, actor, "flag_rule.added", ("flag_rule", str(rule.id)), now, after=said(rule))
    return rule


def _read(text: str) -> str:
    try:
        return same_rule(text)
    except NotARule as why:
        raise NotAccepted(_(FAULTS[why.fault], count=_COUNTS.get(why.fault, 0))) from None


@cache
def _first_list() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("flag_words.toml").read_text(encoding="utf-8"))
