"""What is known of everything that was written below a channel's posts: what the rules of who answered whom go by.

Readings tell most of it. What people say of it (a Mark) comes in as facts about an own comment: that it answers this
one, that it does not answer that one, that it only says that an answer will come.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Version:
    """A text, and since when it has stood there as far as we know. None: a text that was edited before we saw it.

    seen_at: when a reading first brought it, where that was later: until then, nobody of ours can have read it.
    """

    text: str | None = field(repr=False)
    since: datetime
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """One comment, reply or visitor's post. `versions`: oldest first, at least one. `parent`: the top-level comment.

    hidden, held, missing: as the platform shows it now. deleted_at: when the platform confirmed that a missing one is
    no more; removed_by_us: the organisation took it away itself. public_seen_at: when a held one was first seen
    published. unhidden_at: when one that was hidden was last seen shown again; back_at: the same of one that was
    missing for long. seen_at: when a reading first brought it. reopened: when people asked for it to be open again:
    what was written by then does not answer it. closed: when people said that it is answered elsewhere, or needs no
    reply.
    Of own comments. gone_at: since when one that everybody could see is known not to be seen any more. interim: it only
    says that an answer will come. answers, not_for, interim_for: ids of comments of which a person says that it answers
    them, that it does not, or that it only tells them that an answer will come.
    """

    id: str
    post: str
    posted_at: datetime
    versions: tuple[Version, ...]
    parent: str | None = None
    author_id: str | None = None
    author_handle: str | None = None
    mentions: tuple[str, ...] = ()
    hidden: bool = False
    held: bool = False
    missing: bool = False
    is_post: bool = False
    public_seen_at: datetime | None = None
    deleted_at: datetime | None = None
    removed_by_us: bool = False
    unhidden_at: datetime | None = None
    back_at: datetime | None = None
    seen_at: datetime | None = None
    reopened: tuple[datetime, ...] = ()
    closed: tuple[datetime, ...] = ()
    gone_at: datetime | None = None
    interim: bool = False
    answers: frozenset[str] = frozenset()
    not_for: frozenset[str] = frozenset()
    interim_for: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """What its author can be called by: id and handle. Empty where the platform withholds the author."""
        return frozenset(name_of(name) for name in (self.author_id, self.author_handle) if name)

    @property
    def public(self) -> bool:
        """Can everybody see it?"""
        return not (self.hidden or self.held or self.missing)

    @property
    def author(self) -> str:
        """The same for two comments by the same person only. Without an author, each comment is a person of its own."""
        return self.author_id or (f"@{name_of(self.author_handle)}" if self.author_handle else f"?{self.id}")


def name_of(name: str) -> str:
    """A name as it is compared with others."""
    return name.strip().removeprefix("@").casefold()
