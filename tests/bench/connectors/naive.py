"""Naive walks: page → posts → comments → replies, in plain loops with the same unmodified clients.

Each gives the ids of what it found, as the world names them. What it costs stands in the emulator's ledger.
"""

from collections.abc import Callable, Iterator
from typing import Any

import facebook as facebook_sdk
import requests
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from instaloader import InstaloaderContext, Profile, RateController

from config.settings import GRAPH_URL, Settings
from connectors.graph.client import proof
from connectors.instagram_public import session as instagram_session
from connectors.loopback import adapter_for
from tests.bench.connectors.stages import SECRET
from tests.connectors.stage import Stage


def facebook(stage: Stage) -> set[str]:
    """The page's feed, the comments of each post, the comments of each comment: facebook-sdk's own paging."""
    graph, found = _graph(stage), set[str]()
    for post in graph.get_all_connections(stage.address, "feed"):
        for comment in graph.get_all_connections(post["id"], "comments"):
            found.add(comment["id"])
            found |= {reply["id"] for reply in graph.get_all_connections(comment["id"], "comments")}
    return found


def instagram(stage: Stage) -> set[str]:
    """The account's media, the comments of each, the replies to each comment."""
    graph, found = _graph(stage), set[str]()
    for media in graph.get_all_connections(stage.address, "media"):
        for comment in graph.get_all_connections(media["id"], "comments"):
            found.add(comment["id"])
            found |= {reply["id"] for reply in graph.get_all_connections(comment["id"], "replies")}
    return found


def youtube(stage: Stage) -> set[str]:
    """The list of uploads, the threads of each video, the replies of each thread."""
    settings = Settings()
    secrets = {name: stage.credential.get(name) for name in ("client_id", "client_secret", "refresh_token")}
    signed = Credentials(None, token_uri=settings.google_token_url, **secrets)  # type: ignore[no-untyped-call]
    service = build("youtube", "v3", credentials=signed, client_options={"api_endpoint": settings.youtube_url})
    [channel] = _all(service.channels(), part="contentDetails", id=stage.account.id)
    uploads, found = channel["contentDetails"]["relatedPlaylists"]["uploads"], set[str]()
    for video in _all(service.playlistItems(), part="contentDetails", playlistId=uploads):
        for thread in _all(service.commentThreads(), part="snippet", videoId=video["contentDetails"]["videoId"]):
            found.add(thread["id"])
            found |= {reply["id"] for reply in _all(service.comments(), part="snippet", parentId=thread["id"])}
    service.close()
    return found


def instagram_public(stage: Stage) -> set[str]:
    """Instaloader's Profile.get_posts, each post's get_comments, each comment's answers."""
    traffic, found = instagram_session.Traffic(Settings()), set[str]()
    token = instagram_session._traffic.set(traffic)
    try:
        profile = Profile.from_username(_instaloader(stage), stage.address)
        for post in profile.get_posts():
            for comment in post.get_comments():
                found.add(str(comment.id))
                found |= {str(answer.id) for answer in comment.answers}
    finally:
        instagram_session._traffic.reset(token)
    return found


def blog(stage: Stage) -> set[str]:
    """WordPress's lists of posts and of comments, in its usual pages of ten; a list of comments holds the replies."""
    root = f"{stage.emulator.url}/blogg/wp-json/wp/v2"
    posts, comments = (_wordpress(f"{root}/{kind}") for kind in ("posts", "comments"))
    written = {post["id"] for post in posts}
    return {str(comment["id"]) for comment in comments if comment["post"] in written}


WALKS: dict[str, Callable[[Stage], set[str]]] = {
    "facebook": facebook,
    "instagram": instagram,
    "instagram_public": instagram_public,
    "youtube": youtube,
    "blog": blog,
}


def _graph(stage: Stage) -> facebook_sdk.GraphAPI:
    session, token = requests.Session(), stage.credential.get("token") or ""
    session.mount(f"{GRAPH_URL}/", adapter_for(stage.emulator.url, GRAPH_URL))
    session.params = {"appsecret_proof": proof(token, SECRET)}
    return facebook_sdk.GraphAPI(token, session=session)


def _wordpress(address: str) -> list[dict[str, Any]]:
    found, pages, page = list[dict[str, Any]](), 1, 0
    while page < pages:
        page += 1
        answer = requests.get(address, params={"page": page}, timeout=30)
        pages = int(answer.headers["X-WP-TotalPages"])
        found += answer.json()
    return found


def _all(resource: Any, **parameters: str) -> Iterator[dict[str, Any]]:
    """Every item of a list method, with the client's own paging."""
    request = resource.list(**parameters)
    while request is not None:
        answer = request.execute()
        yield from answer.get("items", [])
        request = resource.list_next(request, answer)


class _Impatient(RateController):
    """Nobody has the hours that instaloader would wait."""

    def sleep(self, secs: float) -> None:
        pass


def _instaloader(stage: Stage) -> InstaloaderContext:
    context = InstaloaderContext(sleep=False, quiet=True, rate_controller=_Impatient, iphone_support=False)
    value = stage.credential.get("session") or ""
    user = value.split("%3A")[0]
    context.load_session(user, {"sessionid": value, "ds_user_id": user, "csrftoken": ""})
    return context
