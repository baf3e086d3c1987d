"""What a connector can do to comments, where its platform allows it: it says so by the protocols that it implements."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable

from connectors.about import Writes
from connectors.base import Author, Reading, ReadPlan


@dataclass(frozen=True, slots=True)
class Target:
    """A comment to be acted upon, by the platform's own ids, and what its author can be addressed by.

    is_post: it is a visitor's post. nested: it is a reply, so that an answer has to name whom it is for.
    """

    external_id: str
    post_external_id: str
    thread_external_id: str
    is_post: bool = False
    nested: bool = False
    author: Author | None = None


def sent(writes: Writes, target: Target, text: str) -> str:
    """The text of a reply to the target exactly as its platform gets it."""
    author = target.author or Author()
    return writes.reply_text(text, nested=target.nested, name=author.name, handle=author.handle)


@runtime_checkable
class Replier(Protocol):
    """Answers comments and takes its own answers away. One attempt a call, never repeated inside.

    Raises OutcomeUnknown where the platform may have done it; any other error of `connectors.errors` means that it
    certainly was not done.
    """

    longest_reply: int
    """Characters."""
    write_cost: int
    """Counted cost of one write."""
    settle: timedelta
    """What was written is in the platform's lists after this at the latest: what is not there then was not done."""

    def thread(self, target: Target, plan: ReadPlan) -> Reading:
        """The target's thread as it is now, all of it, read afresh: has somebody answered? Did our answer arrive?"""
        ...

    def reply(self, target: Target, text: str) -> str:
        """Answers in the organisation's name; gives the new comment's id."""
        ...

    def reply_text(self, target: Target, text: str) -> str:
        """The text as `reply` sends it: with a mention where the platform would not tell whom it is for."""
        ...

    def delete(self, target: Target) -> None:
        """Takes away a comment of our own."""
        ...


@runtime_checkable
class Hider(Protocol):
    """Hides residents' comments from the public and shows them again. Errors as in Replier."""

    write_cost: int

    def hide(self, target: Target, *, hidden: bool) -> None: ...


@runtime_checkable
class Remover(Protocol):
    """Takes residents' comments away for good, and what stands below them with them. Errors as in Replier."""

    write_cost: int

    def remove(self, target: Target) -> None: ...


@runtime_checkable
class Moderator(Protocol):
    """Decides about comments that the platform holds for approval. Errors as in Replier."""

    write_cost: int

    def release(self, target: Target) -> None:
        """Publishes a held comment."""
        ...

    def reject(self, target: Target) -> None:
        """Throws a held comment away."""
        ...
