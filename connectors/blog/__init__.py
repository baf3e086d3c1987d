"""Blogs: WordPress through its REST API, any other through its feed of comments. Reading needs no credential; crisis
messages are published on WordPress alone, with a user's application password.

connector.py   what it can do            finding.py    where a blog tells its comments
wordpress.py   one look through REST     listing.py    the newest comments, page by page
feeds.py       one look at a feed        web.py        the way there, and where it must not lead
texts.py       from HTML to plain text   errors.py     what went wrong
publishing.py  crisis messages           pen.py        the way there as a user
"""

from config.language import N_
from connectors.about import About, Publishes

ABOUT = About(
    N_("Blog"),
    connector="connectors.blog.connector:Blog",
    local_ids=True,
    secrets=("user", "application_password"),
    plain=frozenset({"user"}),
    together=frozenset({"user", "application_password"}),
    not_covered=(
        N_("Comments that wait for approval, and those that the blog takes for spam"),
        N_("Who is answering, where the blog is read through a feed: a feed tells names, and a name proves nothing"),
        N_("Comments that fell out of a feed between two readings, and what changed or disappeared there"),
        N_("The blog's own count of comments"),
    ),
    errors="connectors.blog.errors:TABLE",
    publish_errors="connectors.blog.publish_errors:PUBLISHING",
    publishes=Publishes(20_000, needs=frozenset({"user", "application_password"})),
)
