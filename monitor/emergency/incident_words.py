"""An incident in words: sentences to be translated."""

from config.language import N_

MODES = {"actual": N_("LIVE"), "exercise": N_("EXERCISE")}
LEVELS = {
    "elevated": N_("Elevated situation"),
    "disturbance": N_("Disturbance of society"),
    "extraordinary": N_("Extraordinary event"),
}
"""From the least to the greatest."""
STATES = {
    "active": N_("Active"),
    "stable": N_("Under control"),
    "closed": N_("Closed"),
    "evaluated": N_("Evaluated"),
}
STAGES = {
    "confirmed": N_("Confirmed to have happened"),
    "ongoing": N_("Going on"),
    "controlled": N_("Under control"),
    "over": N_("Ended"),
    "evaluation": N_("Evaluation"),
}
"""What residents are told of where it stands."""
