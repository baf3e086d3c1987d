"""What a form of the login sends: short fields, read no further than they may be long."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request

from monitor.watch.shown import storable
from monitor.web.form_body import fields

LARGEST = 20_000  # bytes; the longest password takes about 2,000
MOST_FIELDS = 20


async def _sent(request: Request) -> Mapping[str, str]:
    """Each field once, as it was typed; a password may begin or end with a gap."""
    typed = await fields(request, LARGEST, MOST_FIELDS)
    return {name: storable(values[0]) for name, values in typed.items()}


Sent = Annotated[Mapping[str, str], Depends(_sent)]
