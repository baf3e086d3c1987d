"""What goes wrong when something is handed over."""


class WayFailed(Exception):
    """The message was not taken. The text says what the other side said, and never holds a secret.

    permanent: it will never be taken that way, until somebody puts the person's address right.
    """

    def __init__(self, text: str, *, permanent: bool = False) -> None:
        super().__init__(text)
        self.permanent = permanent
