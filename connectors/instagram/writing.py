"""Answering, hiding and deleting on Instagram.

Only a top-level comment can be answered: an answer to a reply goes to the thread, with "@name " before it. A hidden
comment cannot be answered at all.
"""

from connectors.acting import Target
from connectors.apart import moment
from connectors.base import Covered, ReadComment, ReadPost
from connectors.graph.client import GraphClient
from connectors.graph.look import NOTHING
from connectors.graph.writing import Writing
from connectors.instagram import WRITING
from connectors.instagram.answers import COMMENT_FIELDS, read_comment

FIELDS = ",".join(COMMENT_FIELDS)
PAGE = 50


class InstagramWriting(Writing):
    """What makes the connector a Replier and a Hider."""

    writes = WRITING
    longest_reply = WRITING.longest_reply
    hiding = "hide"

    def _place(self, target: Target) -> str:
        return f"{target.thread_external_id}/replies"

    def _read_thread(self, client: GraphClient, target: Target, into: list[ReadComment]) -> tuple[Covered, ...]:
        thread = target.thread_external_id
        top = client.get(thread, fields=f"{FIELDS},media{{permalink}},replies.limit({PAGE}){{{FIELDS}}}")
        post = ReadPost(
            target.post_external_id, moment(top["timestamp"]), permalink=(top.get("media") or {}).get("permalink")
        )
        into.append(read_comment(top, post))
        for page in client.pages(top.get("replies") or NOTHING):
            into += [read_comment(item, post, thread) for item in page]
        return (Covered("thread", thread),)
