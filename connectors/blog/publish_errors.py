"""What WordPress's refusals mean for a crisis message. A code that nobody has heard of proves nothing."""

from config.language import N_
from connectors.errors import AuthExpired, Meaning, OutcomeUnknown, PermissionLost, RateLimited, Refused

_LOGIN = N_(
    "Make a new application password for the user in WordPress (Users, Profile) and put it in place of the old one. If "
    "the old one is right, the web server keeps the Authorization header from WordPress: ask whoever runs it."
)
_ROLE = N_("Give the user in WordPress the role Author or Editor, so that it may publish posts.")
_BY_HAND = N_("Publish it by hand, in the blog itself.")
_HTTPS = N_("Write the blog's address with https in the register: a password never goes out without it.")
_CLOSED = N_("Ask whoever runs the blog to let this user write through its REST API; else publish by hand.")

PUBLISHING: dict[str, Meaning] = {
    "incorrect_password": Meaning(AuthExpired, "WordPress does not take the application password", _LOGIN),
    "invalid_username": Meaning(AuthExpired, "WordPress does not know the user", _LOGIN),
    "invalid_email": Meaning(AuthExpired, "WordPress does not know the user", _LOGIN),
    "rest_not_logged_in": Meaning(AuthExpired, "WordPress takes us for a visitor", _LOGIN),
    "application_passwords_disabled": Meaning(PermissionLost, "WordPress takes no application passwords", _CLOSED),
    "rest_cannot_create": Meaning(PermissionLost, "the user may not write posts, or is not logged in", _LOGIN),
    "rest_cannot_edit": Meaning(PermissionLost, "the user may not change this post", _ROLE),
    "rest_cannot_publish": Meaning(PermissionLost, "the user may write posts, but not publish them", _ROLE),
    "rest_forbidden_context": Meaning(AuthExpired, "WordPress takes us for a visitor", _LOGIN),
    "rest_forbidden": Meaning(PermissionLost, "the blog keeps its REST API closed", _CLOSED),
    "rest_login_required": Meaning(PermissionLost, "the blog keeps its REST API closed", _CLOSED),
    "rest_disabled": Meaning(PermissionLost, "the blog's REST API is switched off", _CLOSED),
    "rest_no_route": Meaning(PermissionLost, "the blog's REST API takes no posts", _CLOSED),
    "rest_post_invalid_id": Meaning(Refused, "the post is gone", _BY_HAND),
    "rest_invalid_param": Meaning(Refused, "WordPress does not take the post", _BY_HAND),
    "empty_content": Meaning(Refused, "the post is empty", _BY_HAND),
    "not_https": Meaning(Refused, "the blog's address has no https", _HTTPS),
    "no_wordpress": Meaning(Refused, "the blog has no REST API of WordPress", _BY_HAND),
    "HTTP 429": Meaning(RateLimited, "the blog asks us to wait"),
    "processing": Meaning(OutcomeUnknown, "the blog does not say what it made"),
}
