"""Habits of YouTube's lists that nobody is told of, or that come and go: a test switches them on."""

from dataclasses import dataclass, field


@dataclass
class Habits:
    """How the lists of comments behave.

    spam: ids of comments that YouTube takes for spam: in the list of likely spam and nowhere else. deepest: so many
    threads of a channel or video are listed, then the list ends as if there were no more (how deep it goes is not
    documented). community: are comments on posts in the community tab among a channel's (not documented either)?
    empty_pages: between two pages comes one without items. circle: the page after the last is the first.
    titles: plain texts show a link by the title that is given for it. images: the address of what a comment shows, by
    its id, signed for six hours. closed: ids of threads that nobody may answer (`canReply`).

    uploaded: ids of videos that came through the API. processing: seconds that such a one is not ready to be seen;
    failed: those that never will be. unaudited: what the project uploads is private (so it is for projects made after
    28 July 2020 that Google has not audited); private: ids of those that are. uploads_left: so many more the channel
    may upload today. keeps_at_most: so many bytes of a piece are kept, the rest has to be sent again.
    """

    spam: set[str] = field(default_factory=set)
    deepest: int | None = None
    community: bool = True
    empty_pages: bool = False
    circle: bool = False
    titles: dict[str, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    uploaded: set[str] = field(default_factory=set)
    processing: float = 0
    failed: bool = False
    unaudited: bool = False
    private: set[str] = field(default_factory=set)
    uploads_left: int | None = None
    keeps_at_most: int | None = None
