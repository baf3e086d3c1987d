"""What a request sends, read no further than it may be long, whatever its headers say."""

from urllib.parse import parse_qs

from fastapi import HTTPException, Request

LARGEST = 100_000
"""Bytes of a form: each character takes up to twelve, and there is room to say "too long"."""
MOST_FIELDS = 1000


async def bounded(request: Request, largest: int = LARGEST) -> bytes | None:
    """The raw body; None as soon as it is larger. It can be asked for again, also after what it led to has failed."""
    known: bytes | None = getattr(request.state, "body", None)
    if known is not None:
        return known if len(known) <= largest else None
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > largest:
            return None
    request.state.body = bytes(read)
    return bytes(read)


async def body(request: Request, largest: int = LARGEST) -> bytes:
    """The same. Raises HTTPException, 413, for a larger one."""
    read = await bounded(request, largest)
    if read is None:
        raise HTTPException(413)
    return read


async def fields(request: Request, largest: int = LARGEST, most: int = MOST_FIELDS) -> dict[str, list[str]]:
    """A form's values by field, empty ones too; NUL, which PostgreSQL refuses, is ␀ in them.

    Raises HTTPException, 413, also for more than `most` fields.
    """
    text = (await body(request, largest)).decode("ascii", "replace")
    try:
        given = parse_qs(text, keep_blank_values=True, errors="replace", max_num_fields=most)
    except ValueError:
        raise HTTPException(413) from None
    return {name: [value.replace("\0", "␀") for value in values] for name, values in given.items()}
