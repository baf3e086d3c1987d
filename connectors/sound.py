"""Is what a platform wrote what it should be? A text goes into a database as text, and only as that; and what is looked
for by an index fits into it."""

from connectors.base import Author, ReadComment, ReadPost

LONGEST_ID = 800
"""Bytes. PostgreSQL's indexes take 2704 for one row, and up to three of these stand there beside each other."""
MOST = 2**31
"""A number that a database's column cannot hold any more."""


def sound_post(post: ReadPost) -> ReadPost:
    """The post. Raises TypeError or ValueError for one whose parts are not what they should be."""
    _refuse_all_but_text(post.text, *post.links)
    _refuse_all_but_text_or_nothing(post.permalink)
    _refuse_all_but_ids(post.external_id)
    _look_at(post.author)
    count = post.declared_comments
    if count is not None and (type(count) is not int or not 0 <= count < MOST):
        raise ValueError("a count that is none")
    return post


def sound_comment(comment: ReadComment) -> ReadComment:
    """The comment. Raises TypeError or ValueError for one whose parts are not what they should be."""
    _refuse_all_but_text(comment.text, *comment.mentions)
    _refuse_all_but_text_or_nothing(comment.permalink)
    _refuse_all_but_ids(comment.external_id, comment.thread_external_id)
    _refuse_all_but_ids(comment.post_external_id, empty=True)  # a feed need not tell it
    if comment.parent_external_id is not None:
        _refuse_all_but_ids(comment.parent_external_id)
    _look_at(comment.author)
    return comment


def identity(value: object) -> str:
    """An id that may be a number. Raises TypeError for anything that is neither that nor a text, and for an empty one:
    else nothing at all would be a thing called None."""
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise TypeError("an id that is none")
    return str(value)


def _look_at(author: Author | None) -> None:
    if author is not None:
        _refuse_all_but_text_or_nothing(author.external_id, author.handle, author.name)
        if any(len((part or "").encode(errors="replace")) > LONGEST_ID for part in (author.external_id, author.handle)):
            raise ValueError("an id that is none")


def _refuse_all_but_ids(*parts: object, empty: bool = False) -> None:
    """Those of UTF-8 alone: they go into addresses."""
    _refuse_all_but_text(*parts)
    if not all((part or empty) and len(str(part).encode()) <= LONGEST_ID for part in parts):
        raise ValueError("an id that is none")


def _refuse_all_but_text_or_nothing(*parts: object) -> None:
    _refuse_all_but_text(*(part for part in parts if part is not None))


def _refuse_all_but_text(*parts: object) -> None:
    if not all(isinstance(part, str) for part in parts):
        raise TypeError("a text that is none")
