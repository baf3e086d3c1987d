"""One snapshot for all that is read for one purpose, such as a page: who asks, and what is shown, as they stood at the
same moment. What was found for the one need not be looked for again for the other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy.orm import Session


class View:
    """A snapshot's session, and how many are reading in it."""

    def __init__(self, session: Session) -> None:
        self.session, self.readers = session, 0


class Held:
    """Where the view is kept between one reading and the next: by whoever holds it, in whichever thread, one at a
    time."""

    def __init__(self) -> None:
        self.view: View | None = None

    @contextmanager
    def read(self, view: View) -> Iterator[Session]:
        """Reads in the view, which was held or is from now on. After an error nobody goes on in it."""
        self.view = view
        view.readers += 1
        try:
            yield view.session
        except BaseException:
            self.leave()
            raise
        finally:
            view.readers -= 1
            if view is not self.view:
                _close(view)

    def leave(self) -> None:
        """Whoever reads next sees what is there then. Who is still reading goes on to the end."""
        view, self.view = self.view, None
        if view is not None:
            _close(view)


HELD: ContextVar[Held | None] = ContextVar("held", default=None)
"""Of whoever is served."""


@contextmanager
def one_view() -> Iterator[Held]:
    """Meanwhile every snapshot of a database is the same one, until somebody writes, or `leave`s it."""
    held = Held()
    token = HELD.set(held)
    try:
        yield held
    finally:
        HELD.reset(token)
        held.leave()


def leave() -> None:
    """Nothing more has to be read: what is held is free for others."""
    held = HELD.get()
    if held is not None:
        held.leave()


def _close(view: View) -> None:
    if not view.readers:
        view.session.close()
