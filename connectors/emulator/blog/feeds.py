"""Feeds of comments: WordPress's RSS and Atom, and the Atom of some other program."""

import hashlib
import html
from email.utils import format_datetime

from connectors.emulator.blog.contents import Contents, answered
from connectors.emulator.blog.rest import rendered
from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Comment

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


class Feeds:
    """The newest comments.

    size: how many, 10 unless somebody changed it. offered: are there any feeds? rss_only: a plugin took the rest away.
    """

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self.size = 10
        self.offered = True
        self.rss_only = False

    def rss(self, request: Request, home: str) -> Answer:
        """Tells nothing of who answers whom."""
        items = "".join(_item(one, home) for one in self._newest())
        spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        channel = f"<channel><title>Kommentarer till: Bloggen</title><link>{home}</link>{items}</channel>"
        return self._as_wordpress(request, f'{_HEAD}<rss version="2.0" {spaces}>{channel}</rss>', "rss+xml")

    def atom(self, request: Request, home: str) -> Answer:
        return self._as_wordpress(request, self._atom([_entry(one, home) for one in self._newest()]), "atom+xml")

    def other(self, request: Request, home: str) -> Answer:
        """Ids are names without numbers, and an answer tells its post only."""
        entries = [_other_entry(one, home) for one in self._newest()]
        answer = Answer(200, self._atom(entries).encode(), {"Content-Type": "application/atom+xml; charset=UTF-8"})
        return self.conditionally(request, answer)

    def conditionally(self, request: Request, answer: Answer) -> Answer:
        """304 for what the client has already, by the whole text."""
        mark = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if answer.status == 200 and request.headers.get("if-none-match") == mark:
            return Answer(304, b"", {"ETag": mark})
        answer.headers["ETag"] = mark
        return answer

    def _newest(self) -> list[Comment]:
        return self._contents.comments()[: self.size]

    def _atom(self, entries: list[str]) -> str:
        spaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"'
        updated = self._contents.world.now.isoformat()
        top = f"<title>Kommentarer</title><id>tag:feed</id><updated>{updated}</updated>"
        return f"{_HEAD}<feed {spaces}>{top}{''.join(entries)}</feed>"

    def _as_wordpress(self, request: Request, text: str, kind: str) -> Answer:
        """Whether something changed is judged by the time of the newest comment or post."""
        things = [*(one.at for one in self._contents.comments()), *(one.at for one in self._contents.posts())]
        last = format_datetime(max(things), usegmt=True) if things else "Thu, 01 Jan 1970 00:00:00 GMT"
        mark = f'"{hashlib.md5(last.encode(), usedforsecurity=False).hexdigest()}"'
        known = {"if-none-match": mark, "if-modified-since": last}
        sent = {name: request.headers[name] for name in known if name in request.headers}
        headers = {"Content-Type": f"application/{kind}; charset=UTF-8", "ETag": mark, "Last-Modified": last}
        if sent and all(known[name] == value for name, value in sent.items()):
            return Answer(304, b"", headers)
        return Answer(200, text.encode(), headers)


def _guid(comment: Comment, home: str) -> str:
    return f"{home}?p={comment.post.id}#comment-{comment.id}"


def _item(comment: Comment, home: str) -> str:
    link = f"{home}{comment.post.id}/#comment-{comment.id}"
    return (
        f"<item><title>{_title(comment)}</title><link>{link}</link>"
        f"<dc:creator><![CDATA[{comment.author.name}]]></dc:creator>"
        f"<pubDate>{format_datetime(comment.at)}</pubDate>"
        f'<guid isPermaLink="false">{html.escape(_guid(comment, home))}</guid>'
        f"<description><![CDATA[{comment.text}]]></description>"
        f"<content:encoded><![CDATA[{rendered(comment.text)}]]></content:encoded></item>"
    )


def _entry(comment: Comment, home: str) -> str:
    parent = answered(comment)
    reference = _guid(parent, home) if parent else f"{home}?p={comment.post.id}"
    link = f"{home}{comment.post.id}/#comment-{comment.id}"
    return (
        f"<entry><title>{_title(comment)}</title><author><name>{html.escape(comment.author.name)}</name></author>"
        f'<id>{html.escape(_guid(comment, home))}</id><link rel="alternate" href="{link}" type="text/html" />'
        f"<updated>{comment.at.isoformat()}</updated><published>{comment.at.isoformat()}</published>"
        f'<content type="html"><![CDATA[{rendered(comment.text)}]]></content>'
        f'<thr:in-reply-to ref="{html.escape(reference)}" type="text/html" /></entry>'
    )


def _other_entry(comment: Comment, home: str) -> str:
    return (
        f"<entry><title>{_title(comment)}</title><author><name>{html.escape(comment.author.name)}</name></author>"
        f'<id>tag:bloggen,2026:kommentar/{comment.id}</id><link href="{home}{comment.post.id}/" />'
        f"<updated>{comment.at.isoformat()}</updated><content>{html.escape(comment.text)}</content>"
        f'<thr:in-reply-to ref="tag:bloggen,2026:inlagg/{comment.post.id}" type="text/html" /></entry>'
    )


def _title(comment: Comment) -> str:
    return html.escape(f"Kommentar till {comment.post.text} av {comment.author.name}")
