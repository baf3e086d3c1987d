"""What is wrong with the test account that a channel names for exercises: it must have nothing of what is live."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.language import _
from monitor.register.faults import Fault
from monitor.register.naming import credential_faults
from monitor.register.tables import tables, text


def exercise_faults(raw: Mapping[str, object]) -> Iterator[Fault]:
    """Of every channel; what is live is that of all of them."""
    channels = list(tables(raw, "channel"))
    live = {(text(each, "platform"), text(each, "external_id")) for _path, each in channels}
    secrets = {str(value) for _path, each in channels for value in _named(each).values()}
    for path, channel in channels:
        exercise = channel.get("exercise")
        if not isinstance(exercise, dict):
            continue
        below, platform = (*path, "exercise"), text(channel, "platform")
        yield from credential_faults(below, {"platform": platform, "credential": exercise.get("credential", {})})
        if _named(exercise) and not text(exercise, "external_id"):
            what = _("The test account's external_id is missing: its secrets alone do not say which account it is.")
            yield Fault((*below, "external_id"), what, _("Name a test account that residents do not see."))
        if text(exercise, "external_id") and (platform, text(exercise, "external_id")) in live:
            what = _("The account for exercises is a live one.")
            yield Fault((*below, "external_id"), what, _("Name a test account that residents do not see."))
        for key, value in _named(exercise).items():
            if str(value) in secrets and key.endswith(("_env", "_file")):
                what = _("{key} of exercises names a live account's secret.", key=key)
                yield Fault((*below, "credential", key), what, _("Give the test account secrets of its own."))


def _named(table: Mapping[str, Any]) -> Mapping[str, Any]:
    credential = table.get("credential")
    return credential if isinstance(credential, dict) else {}
