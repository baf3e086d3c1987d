"""How this Graph behaves: what a test may want to be different, one field for each trap."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass
class Habits:
    """size: things in one answer before Graph asks for less; less_in_second_text: it says so in error_user_msg only.

    calls_a_day, calls_an_hour: the budget of an account (business) and of an app or user (platform); the default of a
    page with one engaged user and an app with one user. null_operations: places in a batch that time out.
    comments_count_with_replies: Instagram's count of a media; Meta does not say.

    refused_fields: "Comment.from" -> the code it is refused with: 100 as nonexistent, 10 or 200 for permission.
    gaps: every list begins with an empty page that has a next one. circles: a page's next one is itself, by the same
    address for ever or by a fresh one each time. withheld_ids: comments of Facebook come without their ids, as to an
    app without the MODERATE task. unshown: ids of comments that are counted but given to nobody (privacy, deletion).
    blank: ids of posts whose comments are listed as nothing, with cursors, whatever the count says. odd_order: posts
    are listed from both ends, newest, oldest, second newest, … tasks: what the person behind a user's token may do on
    the pages; everything where empty. lost_roles: ids of pages on which the person behind every page token has lost the
    role: each token fails, also one that was made afterwards. unlisted: ids of posts that are there and that no list
    shows (Meta: about 600 ranked posts a year are listed).

    processing: seconds until a container of Instagram's is FINISHED. containers_end: what becomes of new ones instead
    of FINISHED (ERROR, EXPIRED, or IN_PROGRESS for ever). fetches: Instagram fetches the picture over HTTP; else it
    takes every address. publishes_a_day: Instagram's limit (Meta's pages say 25, 50 and 100). links_fail: the page
    behind a link cannot be read (1609005). refuses_repeats: a post that says the same as the last one (506).
    """

    size: int = 5000
    less_in_second_text: bool = False
    calls_a_day: int = 4800
    calls_an_hour: int = 200
    comments_count_with_replies: bool = True
    null_operations: frozenset[int] = frozenset()
    refused_fields: Mapping[str, int] = field(default_factory=dict)
    gaps: bool = False
    circles: Literal["", "same", "fresh"] = ""
    withheld_ids: bool = False
    unshown: frozenset[str] = frozenset()
    blank: frozenset[str] = frozenset()
    odd_order: bool = False
    tasks: tuple[str, ...] = ()
    lost_roles: frozenset[str] = frozenset()
    unlisted: frozenset[str] = frozenset()
    processing: float = 5
    containers_end: str = ""
    fetches: bool = True
    publishes_a_day: int = 100
    links_fail: bool = False
    refuses_repeats: bool = True
