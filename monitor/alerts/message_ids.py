"""The Message-ID of a notice: so that a repeat is known for one, and a bounce finds what it belongs to."""

from monitor.alerts.models import Notice


def message_id(notice: Notice) -> str:
    """The same for every attempt of one message and for all notices in it, another for every other one anywhere.

    For notices that have been claimed: before, it is open what goes in their message.
    """
    return f"notice-{notice.bundle}"
