"""Terms in words."""

from babel.dates import format_time

from config.language import N_, _, language
from monitor import Term
from monitor.register.terms import Terms

Words = tuple[str, str, str, str, str, str]
"""Of no days, one and several; of no hours, one and several."""

UNTIL: Words = (
    N_("the same day"),
    N_("the next working day"),
    N_("within {count} working days"),
    N_("at once"),
    N_("within one hour of service"),
    N_("within {count} hours of service"),
)
AFTER: Words = (
    N_("the same day"),
    N_("after one working day"),
    N_("after {count} working days"),
    N_("at once"),
    N_("after one hour of service"),
    N_("after {count} hours of service"),
)


def until(term: Term) -> str:
    """'the next working day', 'within 4 hours of service': how long an answer may take."""
    return _said(term, UNTIL)


def after(term: Term) -> str:
    """'at once', 'after 2 working days': when somebody is told."""
    return _said(term, AFTER)


def in_words(terms: Terms) -> list[tuple[str, str]]:
    """Pairs of a label and a sentence: how long answers may take, and who is told when after that."""
    answers = _(
        "{comment}; one that the platform holds: {held}; after an interim answer: {interim}",
        comment=until(terms.comment),
        held=until(terms.held),
        interim=until(terms.interim),
    )
    told = _(
        "the responsible person {responsible}, the deputy {deputy}, the manager {manager}",
        responsible=after(terms.responsible),
        deputy=after(terms.deputy),
        manager=after(terms.manager),
    )
    return [(_("To be answered"), answers), (_("Told when that is late"), told)]


def _said(term: Term, words: Words) -> str:
    count = term.hours if term.hours is not None else term.days or 0
    sentence = words[(3 if term.hours is not None else 0) + min(2, int(count))]
    said = _(sentence, count=f"{count:g}")
    at = format_time(term.at, _("HH:mm"), locale=language()) if term.at else None
    return _("{term}, at {time} at the latest", term=said, time=at) if at else said
