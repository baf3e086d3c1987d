"""Times as Graph writes and reads them."""

from datetime import UTC, datetime

from connectors.emulator.graph.refusals import Refusal


def written(at: datetime) -> str:
    """2026-11-16T07:00:00+0000: no colon, no Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S%z")


def unix(text: str) -> int | None:
    """Seconds for `since` and `until`: a Unix time or a date; None for nothing. Raises Refusal for anything else."""
    if not text:
        return None
    if text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(100, "(#100) param must be a valid Unix timestamp or date") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
