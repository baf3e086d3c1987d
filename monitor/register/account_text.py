"""What an account's own presentation must tell its visitors, and whether somebody has looked lately that it does."""

from collections.abc import Collection
from datetime import date

from config.language import N_

POINTS = {
    "who": N_("Who we are"),
    "purpose": N_("What the channel is for"),
    "visibility": N_("Who can see what is written"),
    "public_record": N_("That what is written becomes a public record"),
    "rules": N_("What may not be written"),
    "measures": N_("What we do about it"),
    "watched_hours": N_("When the channel is watched"),
    "other_contacts": N_("Other ways to reach us"),
    "personal_data": N_("How personal data are used"),
}
"""The points of the checklist, in the order in which a text tells them."""

ABOUT_COMMENTS = frozenset({"visibility", "public_record", "rules", "measures"})
"""The points that a channel without comments has nothing to say of."""


def needed(*, has_comments: bool) -> list[str]:
    """The points that a channel's presentation must have."""
    return [point for point in POINTS if has_comments or point not in ABOUT_COMMENTS]


def missing(points: Collection[str], *, has_comments: bool = True) -> list[str]:
    """The points that the presentation lacks."""
    return [point for point in needed(has_comments=has_comments) if point not in points]


def check_due(checked_on: date | None, today: date) -> bool:
    """Must somebody look at the presentation? Yes, if nobody ever has, or the last time is more than a year ago."""
    if checked_on is None:
        return True
    return (today.year - 1, today.month, today.day) > (checked_on.year, checked_on.month, checked_on.day)
