"""A public Instagram account read through instaloader: no official way, breaches Instagram's terms, off by default.

connector.py   what it can do      look.py      one reading: the timeline and what changed
below.py       below one post      session.py   one person's login      errors.py   what went wrong
"""

from config.language import N_
from connectors.about import About

ABOUT = About(
    "Instagram",
    connector="connectors.instagram_public.connector:InstagramPublic",
    external_id=N_("Write the account's user name."),
    secrets=("username", "password", "session"),
    plain=frozenset({"username"}),
    together=frozenset({"username", "password"}),
    instead="session",
    network="instagram",
    exclusive=True,
    hosts=("instagram.com",),
    errors="connectors.instagram_public.errors:TABLE",
    not_covered=(
        N_("Hidden comments, and those that Instagram holds back"),
        N_("Comments on advertisements"),
        N_("Stories and live broadcasts"),
        N_("Private messages"),
    ),
)
