"""How tests ask the emulated instagram.com: through instaloader, or by hand."""

import json
from collections.abc import Iterator

from instaloader import Instaloader, Post, Profile

from connectors.emulator.instagram_web import InstagramWeb
from connectors.emulator.instagram_web.queries import COMMENTS_QUERY
from connectors.emulator.wire import Answer, Request
from tests.emulator.instagram_web.town import SESSION

NAME = "tibrokommun"
KIM_PASSWORD = "sommar-i-tibro"


def profile(loader: Instaloader) -> Profile:
    return Profile.from_username(loader.context, NAME)


def everything(post: Post) -> set[str]:
    """Texts of all comments and answers that instaloader finds."""
    texts = set()
    for comment in post.get_comments():
        texts |= {comment.text} | {answer.text for answer in comment.answers}
    return texts


def pages_of_comments(site: InstagramWeb, code: str) -> Iterator[list[dict[str, object]]]:
    cursor = ""
    while True:
        answer = json.loads(query(site, COMMENTS_QUERY, shortcode=code, first=12, after=cursor).body)
        edge = answer["data"]["shortcode_media"]["edge_media_to_parent_comment"]
        yield [one["node"] for one in edge["edges"]]
        if not edge["page_info"]["has_next_page"]:
            return
        cursor = edge["page_info"]["end_cursor"]


def query(site: InstagramWeb, name: str, **variables: object) -> Answer:
    target = f"/graphql/query?query_hash={name}&variables={json.dumps(variables)}"
    return site.answer(Request.parse("GET", target, {"Host": "www.instagram.com", "Cookie": f"sessionid={SESSION}"}))
