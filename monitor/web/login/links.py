"""Where a link to the login leads: to the address that people use, else to the one that this request came by."""

from fastapi import Request


def public_address(request: Request) -> str:
    """Scheme, host and port, without a slash at the end."""
    public: str | None = request.app.state.settings.web.public_url
    return (public or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")


def setup_address(request: Request, word: str) -> str:
    return f"{public_address(request)}/setup/{word}"
