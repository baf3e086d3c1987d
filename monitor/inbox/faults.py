"""What is wrong with what somebody sent, and where it can be put right."""


class Fault(Exception):
    """It cannot be done so. The text says why, in the language in use. field: what it is about; "" for all of it."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
