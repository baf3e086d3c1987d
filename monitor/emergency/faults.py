"""What stands against what somebody wants in a crisis."""


class CannotSend(Exception):
    """It cannot go out so. The text says why and what to do, in the language in use."""
