"""The saved copy of a comment: all that is known of it, set as a picture, sealed by a hash, before it is taken away.

What is kept is what we hold ourselves: texts, ids and times. What somebody has put beside the words (pictures, films)
is never fetched, and so never copied; possessing some of it is a crime in itself.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _, language, use_language
from monitor.audit import audited
from monitor.audit.models import AuditEntry
from monitor.audit.reading import entries
from monitor.documents import breakable, picture
from monitor.inbox.models import Flag
from monitor.inbox.removal_models import SavedCopy
from monitor.register.models import Channel, Organisation, Person
from monitor.register.organisation import organisation
from monitor.watch.models import Comment, Observation, Post

FORM = 1
"""Of the content: raised when its keys change, so that an old copy can still be read."""
SAVED = "copy.saved"
OF_COMMENT = (
    *("external_id", "post_external_id", "thread_external_id", "parent_external_id", "author_id", "author_handle"),
    *("author_name", "text", "mentions", "permalink", "posted_at", "edited_at", "fetched_at", "text_seen_at"),
    *("public_seen_at", "missing_since", "deleted_at", "hidden", "held", "is_post"),
)
OF_POST = ("external_id", "posted_at", "author_id", "author_name", "text", "permalink", "links", "by_visitor")
OF_CHANNEL = ("id", "name", "platform", "address", "external_id")
Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sound:
    """Is a copy what was saved? content, picture: their hashes are right; logged: the audit log names the same hash."""

    content: bool
    picture: bool
    logged: bool

    @property
    def whole(self) -> bool:
        return self.content and self.picture and self.logged


def save(
    session: Session, comment_id: int, by: str, now: datetime, *, case: int | None = None, abuse: bool = False
) -> SavedCopy:
    """Saves the comment as it stands, with an entry in the audit log. case: the first copy, where this is a later one.

    abuse: the comment is suspected of showing abuse of a child: words, ids and times are kept, and no picture at all.
    """
    comment = session.get_one(Comment, comment_id, populate_existing=True)
    owner, person = organisation(session), session.get_one(Person, by)
    content = _content(session, comment, owner) | {
        "saved": {"at": _plain(now), "by": by, "name": person.name},
        "images": "suspected_abuse" if abuse else "not_saved",
    }
    made = None if abuse else _picture(content, owner)
    content["picture_sha256"] = sha256(made).hexdigest() if made is not None else None
    words = canonical(content)
    place: dict[str, Any] = {
        "case_id": case,
        "channel_id": comment.channel_id,
        "comment_id": comment.id,
        "by_id": by,
        "at": now,
    }
    hashes = {"sha256": hash_of(words), "picture_sha256": content["picture_sha256"]}
    copy = SavedCopy(content=words, picture=made, **place, **hashes)
    session.add(copy)
    session.flush()
    after = {"comment": comment.id, "external_id": comment.external_id, "sha256": copy.sha256}
    audited(session, by, SAVED, ("saved_copy", str(copy.id)), now, after=after)
    return copy


def check(session: Session, copy: SavedCopy) -> Sound:
    """Holds a copy against its hashes, and against what the audit log said when it was saved."""
    found = entries(session, subject_kind="saved_copy", subject=str(copy.id)).entries
    said = {(entry.after or {}).get("sha256") for entry in found if entry.act == SAVED}
    content = hash_of(copy.content) == copy.sha256
    wanted = read(copy).get("picture_sha256") if content else copy.picture_sha256
    made = sha256(copy.picture).hexdigest() if copy.picture is not None else None
    return Sound(content, made == wanted == copy.picture_sha256, said == {copy.sha256})


def not_whole(session: Session) -> tuple[int, list[int]]:
    """How many copies are what was saved; and ids of those that are not, or are gone though the log tells of them."""
    told = session.scalars(select(AuditEntry.subject).where(AuditEntry.act == SAVED))
    wrong = {int(subject) for subject in told if subject.isdecimal()}
    whole = 0
    for id_ in session.scalars(select(SavedCopy.id).order_by(SavedCopy.id)).all():
        sound = check(session, session.get_one(SavedCopy, id_)).whole
        whole += sound
        wrong = wrong - {id_} if sound else wrong | {id_}
        session.expunge_all()  # pictures would fill the memory
    return whole, sorted(wrong)


def read(copy: SavedCopy) -> Content:
    """What a copy holds: channel, comment (with versions and changes), post, thread, flags, saved, images."""
    content: Content = json.loads(copy.content)
    return content


def canonical(content: Mapping[str, Any]) -> str:
    """The one way to write it down: keys in order, no blanks, letters as they are."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(words: str) -> str:
    return sha256(words.encode()).hexdigest()


def holds(session: Session, copy: SavedCopy) -> tuple[bool, bool]:
    """Is the comment's own text still as the copy has it, and is everything in its thread?"""
    comment = session.get_one(Comment, copy.comment_id)
    kept = read(copy)
    thread = [(each["external_id"], each["text"]) for each in kept["thread"]]
    now = [(each.external_id, each.text) for each in _thread(session, comment)]
    same: bool = kept["comment"]["text"] == comment.text
    return same, same and thread == now


def _content(session: Session, comment: Comment, owner: Organisation) -> Content:
    channel = session.get_one(Channel, comment.channel_id)
    where = (Post.channel_id == comment.channel_id, Post.external_id == comment.post_external_id)
    post = session.scalars(select(Post).where(*where)).one_or_none()
    noticed = session.scalars(
        select(Observation).where(Observation.comment_id == comment.id).order_by(Observation.seen_at, Observation.id)
    )
    flags = session.scalars(select(Flag).where(Flag.comment_id == comment.id).order_by(Flag.id))
    return {
        "form": FORM,
        "organisation": owner.name,
        "channel": _fields(channel, OF_CHANNEL),
        "comment": _fields(comment, OF_COMMENT),
        "changes": [_fields(each, ("kind", "seen_at", "platform_at", "text")) for each in noticed],
        "post": _fields(post, OF_POST) if post is not None else None,
        "thread": [_fields(each, OF_COMMENT) for each in _thread(session, comment)],
        "flags": [_fields(each, ("kind", "at", "words")) for each in flags],
    }


def _thread(session: Session, comment: Comment) -> list[Comment]:
    """The others in its thread: what stands below a comment goes with it."""
    there = (Comment.channel_id == comment.channel_id, Comment.thread_external_id == comment.thread_external_id)
    query = select(Comment).where(*there, Comment.id != comment.id).order_by(Comment.posted_at, Comment.id)
    return list(session.scalars(query))


def _fields(row: object, names: tuple[str, ...]) -> Content:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


# -- the picture


def _picture(content: Content, owner: Organisation) -> bytes:
    """In the organisation's language, whoever saves it: the same words give the same picture."""
    with use_language(owner.language):
        comment, channel = content["comment"], content["channel"]
        return picture(
            "saved_copy",
            {
                "title": _("Saved copy of a comment on {channel}", channel=channel["name"]),
                "organisation": owner.name,
                "language": language(),
                "said": [[who, breakable(words)] for who, words in _said(content, ZoneInfo(owner.timezone))],
                "facts": [
                    [label, breakable(text)]
                    for label, text in (
                        (_("Id on the platform"), comment["external_id"]),
                        (_("Link"), comment["permalink"] or "–"),
                        (_("Author"), name_of(comment)),
                        (_("Pictures and films"), _("never saved")),
                    )
                ],
            },
        )


def _said(content: Content, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """The post, the comment that it answers, what it said before it was edited, and the comment itself."""
    comment, post = content["comment"], content["post"]
    if post is not None and not comment["is_post"]:
        yield _("Post of {moment}", moment=_when(post["posted_at"], zone)), post["text"] or "–"
    above = next((each for each in content["thread"] if each["external_id"] == comment["parent_external_id"]), None)
    if above is not None:
        yield _line(_("{author} wrote {moment}"), above, above["posted_at"], zone), above["text"] or "–"
    for change in content["changes"]:
        if change["kind"] == "edited":
            yield _("Before it was changed; noticed {moment}", moment=_when(change["seen_at"], zone)), change["text"]
    yield _line(_("{author} wrote {moment}"), comment, comment["posted_at"], zone), comment["text"] or "–"


def _line(words: str, one: Content, at: str, zone: ZoneInfo) -> str:
    return words.format(author=name_of(one), moment=_when(at, zone))


def name_of(one: Content) -> str:
    """What its author is called, as far as the platform tells."""
    return one["author_name"] or one["author_handle"] or one["author_id"] or _("unknown")


def _when(at: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H.%M}"  # as it may be read years later
