"""The JSON and HTML of instagram.com, as instaloader 4.16 reads them."""

import json
from typing import Any

from connectors.emulator.instagram_web.contents import Contents, Page
from connectors.emulator.world import Account, Comment, Person, Post

Json = dict[str, Any]
INLINE_ANSWERS = 3
"""So many answers come along with a comment; its count tells how many there are."""
PICTURE = "https://scontent.cdninstagram.com/v/picture.jpg"


class Shapes:
    """How the web tells each thing of the world."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents

    # -- people

    def owner(self, thing: Post | Comment) -> Json | None:
        """None where the platform withholds the author."""
        if isinstance(thing, Comment) and thing.anonymous:
            return None
        who = {"id": self.user_id(thing.author), "username": thing.author.handle}
        return who | {"is_verified": False, "profile_pic_url": PICTURE}

    def user(self, person: Person) -> Json:
        pk = self.user_id(person)
        return {
            "pk": pk,
            "id": pk,
            "username": person.handle,
            "full_name": person.name,
            "is_private": person.handle in self._contents.private,
            "profile_pic_url": PICTURE,
        }

    def user_id(self, person: Person) -> str:
        """The private id; the organisation's own differs from the one that Graph tells."""
        account = self._contents.world.accounts.get(person.id)
        return account.pk if account else person.id

    def profile(self, account: Account) -> Json:
        """As the profile query tells it to somebody who is logged in and follows nobody."""
        return self.user(account.person) | {
            "media_count": self._contents.count_posts(account),
            "follower_count": 0,
            "following_count": 0,
            "is_business": True,
            "category": "Government organization",
            "biography": "",
            "hd_profile_pic_url_info": {"url": PICTURE},
            "friendship_status": {"following": False, "followed_by": False, "blocking": False},
        }

    def visited_profile(self, account: Account) -> Json:
        """As the page shows it to somebody who is not logged in: its id is not the user's id."""
        shown = self.profile(account) | {"id": f"page{account.pk}"}
        del shown["friendship_status"], shown["media_count"]
        return shown | {"all_media_count": self._contents.count_posts(account)}

    # -- posts

    def media(self, post: Post) -> Json:
        """A post in the timeline, and in the answer to the metadata query."""
        return {
            "pk": post.pk,
            "id": f"{post.pk}_{post.account.pk}",
            "code": post.code,
            "media_type": 1,
            "taken_at": int(post.at.timestamp()),
            "caption": {"text": post.text} if post.text else None,
            "accessibility_caption": None,
            "has_liked": False,
            "like_count": 0,
            "comment_count": self._contents.count_comments(post),
            "comments_disabled": post.comments_disabled,
            "image_versions2": {"candidates": [{"url": PICTURE, "width": 1080, "height": 1080}]},
            "user": self.user(post.author),
        }

    def timeline(self, page: Page[Post]) -> Json:
        edges = [{"node": self.media(post), "cursor": ""} for post in page.things]
        return {"edges": edges, "page_info": _page_info(page)}

    # -- comments by GraphQL

    def comments(self, post: Post, page: Page[Comment]) -> Json:
        """The count is of all levels."""
        edges = [{"node": self._comment(comment)} for comment in page.things]
        return {"count": self._contents.count_comments(post), "page_info": _page_info(page), "edges": edges}

    def answers(self, comment: Comment, page: Page[Comment]) -> Json:
        edges = [{"node": self._answer(answer)} for answer in page.things]
        return {"count": self._contents.count_answers(comment), "page_info": _page_info(page), "edges": edges}

    def _comment(self, comment: Comment) -> Json:
        inline = self._contents.answers(comment, "", INLINE_ANSWERS)
        return self._answer(comment) | {"edge_threaded_comments": self.answers(comment, inline)}

    def _answer(self, comment: Comment) -> Json:
        return {
            "id": comment.id,
            "text": comment.text,
            "created_at": int(comment.at.timestamp()),
            "did_report_as_spam": False,
            "owner": self.owner(comment),
            "viewer_has_liked": False,
            "edge_liked_by": {"count": comment.likes},
            "is_restricted_pending": False,
        }

    # -- comments as the app on a phone asks for them

    def phone_comment(self, comment: Comment) -> Json:
        answers = self._contents.answers(comment, "", INLINE_ANSWERS).things
        return self.phone_answer(comment) | {
            "child_comment_count": self._contents.count_answers(comment),
            "preview_child_comments": [self.phone_answer(one) for one in answers],
        }

    def phone_answer(self, comment: Comment) -> Json:
        return {
            "pk": comment.id,
            "text": comment.text,
            "created_at": int(comment.at.timestamp()),
            "comment_like_count": comment.likes,
            "user": None if comment.anonymous else self.user(comment.author),
        }


def _page_info(page: Page[Post] | Page[Comment]) -> Json:
    return {"has_next_page": page.cursor is not None, "end_cursor": page.cursor}


def front_page(lsd: str, user_id: str, fb_dtsg: str | None) -> str:
    """The start page with the tokens of the web app; fb_dtsg only for somebody who is logged in."""
    tokens = [["LSD", [], {"token": lsd}, 323], ["CurrentUserInitialData", [], {"IG_USER_EIMU": user_id}, 270]]
    if fb_dtsg:
        tokens.append(["DTSGInitialData", [], {"token": fb_dtsg}, 258])
    return f"<!DOCTYPE html><html><body><script>requireLazy({_compact(tokens)})</script></body></html>"


def page_with(*answers: Json) -> str:
    """A page that embeds the answers of the queries it was made from."""
    scripts = "".join(
        f'<script type="application/json" data-content-len="1" data-sjs>{_compact(_embedded(answer))}</script>'
        for answer in answers
    )
    return f"<!DOCTYPE html><html><head><title>Instagram</title></head><body>{scripts}</body></html>"


def _embedded(answer: Json) -> Json:
    inner = {"__bbox": {"complete": True, "result": {"data": answer}}}
    return {"require": [["ScheduledServerJS", "handle", None, [{"__bbox": {"require": [["next", [], [inner]]]}}]]]}


def _compact(value: Any) -> str:
    """JSON that can stand in a script element."""
    return json.dumps(value, separators=(",", ":")).replace("</", "<\\/")
