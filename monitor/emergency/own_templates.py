"""The municipality's own templates for crisis messages: kept beside the built-in ones, and checked like a message."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.audit import audited
from monitor.emergency.message_rules import GAP, PARTS, Content, Fault, Kind, What, faults, others_word
from monitor.emergency.message_words import fault_in_words
from monitor.emergency.models import CrisisTemplate
from monitor.emergency.wording import LANGUAGES, OWN, Wording, wording, wordings
from monitor.register.faults import Refused

LONGEST_NAME = 80
CAP = ("category", "urgency", "severity", "certainty")
CHECKED = frozenset({What.EMPTY, What.TOO_LONG, What.OTHERS_WORD})
"""What would be wrong with a message, and is with a template; it may have gaps."""
LONGEST_GAP = N_(
    "What stands between [ and ] must be on one line and have at most 40 characters. Else nobody is told to fill it in."
)
NAMELESS = N_("Give it a name of at most {most} characters.")


class CannotKeep(Refused):
    """faults: a sentence by field, in the language in use; the text says all of it."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__(" ".join(self.faults.values()))


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody writes in a template; fields as in Message. variety: of LANGUAGES. copied: name of the template
    that it was begun with, such as power.sv, whose gravity in the words of CAP it takes; empty: none."""

    name: str
    variety: str
    headline: str
    parts: Mapping[str, str]
    copied: str = ""


def own(session: Session) -> Sequence[CrisisTemplate]:
    """Those in use first, then by name."""
    order = (CrisisTemplate.retired, CrisisTemplate.name, CrisisTemplate.id)
    return session.scalars(select(CrisisTemplate).order_by(*order)).all()


def offered(session: Session) -> list[Wording]:
    """What a draft may begin with: the municipality's own, then the built-in ones, named in the language in use."""
    return [*(worded(each) for each in own(session) if not each.retired), *wordings()]


def named(session: Session, name: str) -> Wording:
    """name: such as power.sv or own-7.sv. Raises KeyError for one that there is not, or that is out of use."""
    key, _dot, variety = name.partition(".")
    number = key.removeprefix(OWN)
    if key == number or not number.isdecimal() or len(number) > 9:
        return wording(key, variety)
    found = session.get(CrisisTemplate, int(number))
    if found is None or found.retired or found.variety != variety:
        raise KeyError(name)
    return worded(found)


def worded(template: CrisisTemplate) -> Wording:
    parts = {part: getattr(template, part) for part in PARTS}
    cap = {name: getattr(template, name) for name in CAP}
    return Wording(f"{OWN}{template.id}", template.variety, template.name, template.headline, parts, cap)


def add(session: Session, given: Given, by: str, now: datetime) -> CrisisTemplate:
    """Raises CannotKeep."""
    made = CrisisTemplate(**_checked(given, now) | _grave(session, given.copied))
    session.add(made)
    session.flush()
    audited(session, by, "crisis_template.added", ("crisis_template", str(made.id)), now, after=_told(made))
    return made


def change(session: Session, template: CrisisTemplate, given: Given, by: str, now: datetime) -> None:
    """Other words, from the next draft on. Raises CannotKeep."""
    before = _told(template)
    for name, value in _checked(given, now).items():
        setattr(template, name, value)
    if (after := _told(template)) != before:
        subject = ("crisis_template", str(template.id))
        audited(session, by, "crisis_template.changed", subject, now, before=before, after=after)


def retire(session: Session, template: CrisisTemplate, by: str, now: datetime) -> None:
    """Offered no more. Does nothing where that is so."""
    if not template.retired:
        template.retired = True
        audited(session, by, "crisis_template.retired", ("crisis_template", str(template.id)), now)


def offer_again(session: Session, template: CrisisTemplate, by: str, now: datetime) -> None:
    """Does nothing where it is offered."""
    if template.retired:
        template.retired = False
        audited(session, by, "crisis_template.restored", ("crisis_template", str(template.id)), now)


def wrong(given: Given, now: datetime) -> dict[str, str]:
    """What has to be mended, by field, in the language in use. Gaps in brackets may stand."""
    found: dict[str, str] = {}
    if not given.name.strip() or len(given.name) > LONGEST_NAME:
        found["name"] = _(NAMELESS, most=LONGEST_NAME)
    elif word := others_word(given.name):
        found["name"] = fault_in_words(Fault("name", What.OTHERS_WORD, {"word": word}))
    if given.variety not in LANGUAGES:
        found["language"] = _("Choose the template's language.")
    for each in faults(Content(Kind.ALERT, given.headline, given.parts, final=True), (), now):
        if each.what in CHECKED:
            found.setdefault(each.at, fault_in_words(each))
    for name, text in {"headline": given.headline, **given.parts}.items():
        if re.search(r"[\[\]]", GAP.sub("", text)):
            found.setdefault(name, _(LONGEST_GAP))
    return found


def _checked(given: Given, now: datetime) -> dict[str, Any]:
    """By column. Raises CannotKeep."""
    name, headline = " ".join(given.name.split()), " ".join(given.headline.split())
    parts = {part: given.parts.get(part, "").strip() for part in PARTS}
    if found := wrong(Given(name, given.variety, headline, parts), now):
        raise CannotKeep(found)
    return {"name": name, "variety": given.variety, "headline": headline, **parts}


def _grave(session: Session, copied: str) -> dict[str, Any]:
    """Raises CannotKeep for a template that there is not."""
    try:
        return dict(named(session, copied).cap) if copied else {}
    except KeyError:
        raise CannotKeep({"copied": _("There is no such template.")}) from None


def _told(template: CrisisTemplate) -> dict[str, str]:
    told = {name: getattr(template, name) for name in ("name", "headline", *PARTS)}
    return told | {"language": template.variety}
