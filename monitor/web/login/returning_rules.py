"""Where somebody is led after signing in: to a page of ours that they asked for, and nowhere else. Pure."""

from urllib.parse import urlsplit

START = "/"
LONGEST = 2000


def own_path(wished: str | None) -> str:
    """Where to go after signing in: the path that was asked for; the start where it is none of ours, or of the login
    itself."""
    path = own_page(wished)
    return START if path.startswith(("/login", "/setup/")) else path


def own_page(wished: str | None) -> str:
    """The path that was asked for where it is one of ours beyond doubt; else the start.

    What browsers take for another host is none: //evil, /\\evil (they read \\ as /), what holds signs that they leave
    out, and anything with a scheme.
    """
    path = wished or ""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or len(path) > LONGEST:
        return START
    if not path.isascii() or not path.isprintable():
        return START
    try:
        parts = urlsplit(path)
    except ValueError:
        return START
    if parts.scheme or parts.netloc or parts.path.startswith(("//", "/logout", "/language/")):
        return START
    return path
