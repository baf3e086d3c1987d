"""Where a blog tells its comments, from any of its addresses."""

from html.parser import HTMLParser
from urllib.parse import urljoin

from connectors.blog.web import Page

API = "https://api.w.org/"
"""The relation by which a WordPress page names its REST API (REST API handbook, discovery)."""
FEEDS = frozenset({"application/rss+xml", "application/atom+xml"})
_SPEAKS_OF_COMMENTS = ("comment", "komment")


def root_below(address: str) -> str:
    """Of the REST API, where the address is that of the blog itself."""
    return f"{address.rstrip('/')}/wp-json/wp/v2"


def roots(page: Page) -> list[str]:
    """Of the REST API, as the page names it."""
    return [f"{href.rstrip('/')}/wp/v2" for rel, _kind, href, _title in _links(page) if rel == API]


def comment_feeds(page: Page) -> list[str]:
    """Where the comments' feed may be, likeliest first. WordPress's Atom tells who answers whom, its RSS does not."""
    named = [
        href
        for rel, kind, href, title in _links(page)
        if "alternate" in rel.split() and kind in FEEDS and _is_of_comments(href, title)
    ]
    base = page.url.partition("?")[0].partition("#")[0].rstrip("/")
    found = [*named, f"{base}/comments/feed/"]
    return [each for href in found for each in ((f"{href}atom/", href) if href.endswith("/feed/") else (href,))]


def _is_of_comments(href: str, title: str) -> bool:
    return any(word in text.lower() for word in _SPEAKS_OF_COMMENTS for text in (href, title))


def _links(page: Page) -> list[tuple[str, str, str, str]]:
    """(relation, type, address, title) of every link in the page's head."""
    reader = _Links()
    reader.feed(page.body.decode(errors="replace"))
    told = [tuple(link.get(name) or "" for name in ("rel", "type", "href", "title")) for link in reader.found]
    return [(rel.lower(), kind.lower(), urljoin(page.url, href), title) for rel, kind, href, title in told if href]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "link":
            self.found.append(dict(attrs))
