"""What else the digest tells: comments past their deadline on channels of others, and what was put off to it."""

from collections.abc import Iterable
from dataclasses import replace

from config.language import _
from monitor.alerts.models import Notice
from monitor.alerts.overdue import OVERDUE, told
from monitor.alerts.overdue_letter import Part, parts
from monitor.alerts.telling import Scene


def brought_by(scene: Scene, notices: Iterable[Notice], own: frozenset[str]) -> list[Part]:
    """By channel that others take care of, the most overdue first. own: ids of the reader's channels, which the digest
    tells of anyhow."""
    late = told(scene, (notice for notice in notices if notice.subject_kind == OVERDUE))
    found = parts(scene, [each for each in late if each.item.channel not in own])
    return [replace(part, name=_("{channel}: past its deadline", channel=part.name)) for part in found]
