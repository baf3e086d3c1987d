"""Platforms that only people can watch, and why no program can."""

from config.language import N_
from connectors.about import About

BY_HAND = {
    "facebook_group": About(
        N_("Facebook group"),
        why_manual=N_("No program can read Facebook groups: Facebook closed its Groups API on 22 April 2024."),
        hosts=("facebook.com", "fb.com"),
        closed_title=N_("Private Facebook group"),
    ),
    "website": About(N_("Website"), why_manual=N_("Kanalvakt cannot read the comments of websites yet."), hub=True),
    "other": About(
        N_("Other"),
        why_manual=N_("Kanalvakt does not know how to read this platform."),
        closed_title=N_("Other, members only"),
    ),
}
