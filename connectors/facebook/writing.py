"""Answering, hiding and deleting on Facebook.

A comment is answered by a POST to its `comments`; a POST to the comment itself would overwrite what it says. Facebook
stores every answer below the top-level comment, so that one to a reply has to name whom it is for: as plain text, as
the API makes no tags of people.
"""

from connectors.acting import Target
from connectors.apart import moment
from connectors.base import Covered, ReadComment, ReadPost
from connectors.errors import PermissionLost
from connectors.facebook import WRITING
from connectors.facebook.answers import COMMENT_FIELDS, read_comment
from connectors.graph.client import GraphClient
from connectors.graph.writing import Writing, total

FIELDS = ",".join(COMMENT_FIELDS)
BELOW = {"filter": "stream", "order": "reverse_chronological", "summary": "true"}


class FacebookWriting(Writing):
    """What makes the connector a Replier and a Hider."""

    writes = WRITING
    longest_reply = WRITING.longest_reply
    hiding = "is_hidden"

    def _place(self, target: Target) -> str:
        return f"{target.external_id}/comments"

    def _read_thread(self, client: GraphClient, target: Target, into: list[ReadComment]) -> tuple[Covered, ...]:
        thread, post_id = target.thread_external_id, target.post_external_id
        on_post = thread == post_id
        top = client.get(thread, fields="id,created_time" if on_post else FIELDS)
        post = ReadPost(post_id, moment(top["created_time"]), by_visitor=on_post)
        if not on_post:
            into.append(read_comment(top, post))
        first = client.get(f"{thread}/comments", fields=FIELDS, limit="100", **BELOW)
        below = [item for page in client.pages(first) for item in page]
        if not below and total(first):
            raise PermissionLost("Facebook counts comments but shows none of them to this token")
        into += [read_comment(item, post) for item in below]
        return (Covered("post" if on_post else "thread", thread),)
