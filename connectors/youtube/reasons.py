"""The table of what YouTube and Google's token endpoint refuse with: reason → what it asks for.

Reasons of the API, errors of the token endpoint, and statuses ("HTTP 403") for answers without a reason we know. A
status of 500 or more is Unavailable before all.
"""

from config.language import N_
from connectors.errors import (
    AuthExpired,
    ChannelGone,
    ConnectorError,
    Meaning,
    PermissionLost,
    RateLimited,
    Refused,
    Unavailable,
    UnexpectedAnswer,
)

_QUOTA = N_(
    "Nothing to do: the channel is read again at midnight Pacific time, 9 in the morning in Sweden. If it happens "
    "often, ask Google for a higher quota, or read more seldom."
)
_A_MOMENT = N_("Nothing to do: YouTube asked us to slow down, and the channel is read again in a moment.")
_ALLOWANCE = N_(
    "Nothing to do: the rest is read when the project's daily quota allows it. If it lasts for days, ask Google for a "
    "higher quota."
)
_CONNECT_AGAIN = N_(
    "Connect the channel again: kanalvakt channel connect. If it happens every week, the app's consent screen is in "
    "Testing, where Google ends each token after 7 days: set it to In production in the Google Cloud console first."
)
_CLIENT = N_("Check client_id and client_secret against the OAuth client in the Google Cloud console.")
_KEY = N_("Create a new API key in the Google Cloud console and put it in place of the old one.")
_KEY_RESTRICTED = N_(
    "Change the API key's restrictions in the Google Cloud console: it must allow YouTube Data API v3 and calls from "
    "the server's address."
)
_SWITCH_ON = N_(
    "Switch on YouTube Data API v3 for the project in the Google Cloud console. The channel does not have to be "
    "connected again."
)
_SCOPE = N_(
    "Connect the channel again and leave the box ticked that lets Kanalvakt see and manage comments "
    "(scope youtube.force-ssl)."
)
_OWNER = N_(
    "Connect the channel again, signed in as the channel itself: only its owner may see what waits for approval. "
    "A role in YouTube Studio is not enough."
)
_INELIGIBLE = N_(
    "Sign in to YouTube as the channel and complete its account there: it needs a channel of its own and must not be "
    "suspended. Then connect the channel again."
)
_UNKNOWN_REFUSAL = N_(
    "Look up the code in the list of errors of YouTube Data API v3. A new token does not help against every refusal."
)
_ONE_VIDEO = N_("Nothing to do: it is about one video, and the rest of the channel is read.")
_TOO_LONG = N_("Shorten the text and send it again.")


def _lines(error: type[ConnectorError], detail: str, remedy: str, *reasons: str) -> dict[str, Meaning]:
    return dict.fromkeys(reasons, Meaning(error, detail, remedy))


TABLE: dict[str, Meaning] = {
    # -- what is counted
    **_lines(RateLimited, "YouTube's quota is used up", _QUOTA, "quotaExceeded", "dailyLimitExceeded"),
    **_lines(RateLimited, "The reading may not cost more", _ALLOWANCE, "allowance"),
    **_lines(RateLimited, "YouTube asks us to wait", _A_MOMENT, "rateLimitExceeded", "userRateLimitExceeded"),
    **_lines(RateLimited, "YouTube asks us to wait", _A_MOMENT, "RATE_LIMIT_EXCEEDED", "HTTP 429"),
    # -- who asks
    **_lines(AuthExpired, "Google ended the refresh token", _CONNECT_AGAIN, "invalid_grant"),
    **_lines(AuthExpired, "Google refused the access token", _CONNECT_AGAIN, "authError", "required", "HTTP 401"),
    **_lines(AuthExpired, "Google does not know the app", _CLIENT, "invalid_client", "deleted_client"),
    **_lines(AuthExpired, "The app may not renew tokens", _CLIENT, "unauthorized_client"),
    **_lines(AuthExpired, "The API key is not valid", _KEY, "keyInvalid", "keyExpired", "API_KEY_INVALID"),
    # -- what it may
    **_lines(PermissionLost, "The token lacks the scope", _SCOPE, "insufficientPermissions", "invalid_scope"),
    **_lines(PermissionLost, "The token lacks the scope", _SCOPE, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
    **_lines(PermissionLost, "The API is switched off in the project", _SWITCH_ON, "accessNotConfigured"),
    **_lines(PermissionLost, "The API is switched off in the project", _SWITCH_ON, "SERVICE_DISABLED"),
    **_lines(PermissionLost, "The API key is restricted", _KEY_RESTRICTED, "ipRefererBlocked"),
    **_lines(PermissionLost, "The API key is restricted", _KEY_RESTRICTED, "API_KEY_SERVICE_BLOCKED"),
    **_lines(PermissionLost, "Only the channel's owner may see this", _OWNER, "forbidden", "wrong channel"),
    **_lines(PermissionLost, "The account may not do this on YouTube", _INELIGIBLE, "ineligibleAccount"),
    # so it is called in a recorded 403 "The caller does not have permission"
    **_lines(PermissionLost, "YouTube does not permit it", _UNKNOWN_REFUSAL, "SERVICE_UNAVAILABLE", "HTTP 403"),
    # -- the channel, or one thing on it
    **_lines(ChannelGone, "There is no such channel", "", "channelNotFound", "channelClosed", "channelSuspended"),
    **_lines(Refused, "Comments are switched off", _ONE_VIDEO, "commentsDisabled"),
    **_lines(Refused, "There is no such video, or it is private", _ONE_VIDEO, "videoNotFound"),
    **_lines(Refused, "There is no such comment", "", "commentNotFound", "commentThreadNotFound"),
    **_lines(Refused, "There is no such comment to answer", "", "parentCommentNotFound", "parentCommentIsPrivate"),
    **_lines(Refused, "There is no such playlist", "", "playlistNotFound"),
    # -- a text
    **_lines(Refused, "The text is too long", _TOO_LONG, "commentTextTooLong"),
    **_lines(Refused, "The text is empty or not allowed", "", "commentTextRequired", "invalidCommentMetadata"),
    **_lines(Refused, "It cannot be done with this comment", "", "operationNotSupported", "banWithoutReject"),
    # -- for now
    **_lines(Unavailable, "YouTube could not process it", "", "processingFailure"),  # "can be a transient error"
    **_lines(Unavailable, "The page's token has expired", "", "invalidPageToken"),  # the next reading starts anew
    **_lines(Unavailable, "YouTube has a failure of its own", "", "backendError", "internalError", "HTTP 408"),
    **_lines(Unavailable, "Google's token endpoint failed", "", "server_error", "temporarily_unavailable"),
    **_lines(Unavailable, "Google's token endpoint failed", "", "internal_failure"),
    # -- ours
    **_lines(UnexpectedAnswer, "YouTube did not understand us", "", "incompatibleParameters", "invalidParameter"),
    **_lines(UnexpectedAnswer, "YouTube did not understand us", "", "missingRequiredParameter", "unknownPart"),
}
