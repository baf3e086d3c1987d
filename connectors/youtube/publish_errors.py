"""What the reasons of YouTube's refusals mean for a crisis message, where that differs from any other write."""

from config.language import N_
from connectors.errors import Meaning, PermissionLost, RateLimited, Refused
from connectors.youtube.writing import WRITES

_BY_HAND = N_("Publish it by hand in YouTube Studio.")
_TOMORROW = N_("YouTube takes so many videos a day from a channel, and no more. Upload one by hand tomorrow.")
_OWN_CHANNEL = N_("Connect the channel again, signed in as the channel itself.")

PUBLISHING: dict[str, Meaning] = WRITES | {
    # -- the channel's own text
    "brandingValidationError": Meaning(Refused, "YouTube does not take this text for the channel", _BY_HAND),
    "channelTitleUpdateForbidden": Meaning(Refused, "the channel's name was changed meanwhile", _BY_HAND),
    "channelForbidden": Meaning(PermissionLost, "the account may not change this channel", _OWN_CHANNEL),
    # -- a video
    "invalidTitle": Meaning(Refused, "YouTube does not take this title", _BY_HAND),
    "invalidDescription": Meaning(Refused, "YouTube does not take this description", _BY_HAND),
    "mediaBodyRequired": Meaning(Refused, "there was no video in the request", _BY_HAND),
    "uploadLimitExceeded": Meaning(Refused, "the channel may upload no more videos today", _TOMORROW),
    "uploadRateLimitExceeded": Meaning(RateLimited, "YouTube asks us to wait before the next upload"),
    "youtubeSignupRequired": Meaning(PermissionLost, "the account has no channel to upload to", _OWN_CHANNEL),
    # -- what this project has seen of itself only
    "private": Meaning(
        Refused,
        "the video is private: Google has not audited the project",
        N_("Make the video public in YouTube Studio, and let Google audit the project so that it is public by itself."),
    ),
    "notProcessed": Meaning(Refused, "YouTube could not process the video", _BY_HAND),
}
