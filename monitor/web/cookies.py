"""Cookies: for this very host, for no script, and over https under a name that browsers let nobody else set, and never
send in clear (`__Host-`)."""

from fastapi import Request
from fastapi.responses import Response


def over_https(request: Request) -> bool:
    """Do people reach us by https? A proxy in front of us may speak http with us all the same."""
    public: str | None = request.app.state.settings.web.public_url
    return bool(public and public.startswith("https:"))


def name_of(request: Request, name: str) -> str:
    """What the cookie is called here."""
    return f"__Host-{name}" if over_https(request) else name


def held(request: Request, name: str) -> str | None:
    """What the browser has sent back; None for nothing."""
    return request.cookies.get(name_of(request, name))


def give(request: Request, answer: Response, name: str, text: str, seconds: int) -> None:
    """The browser keeps it for so long."""
    answer.set_cookie(
        name_of(request, name),
        text,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=over_https(request),
    )


def take_back(request: Request, answer: Response, name: str) -> None:
    answer.delete_cookie(name_of(request, name), path="/", secure=over_https(request), httponly=True, samesite="lax")
