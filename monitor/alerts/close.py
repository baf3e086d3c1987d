"""Channels that are watched closely in a crisis: whom to tell there, in place of everybody else."""

from collections.abc import Mapping

from monitor.alerts.telling import Scene
from monitor.register.people import away, reachable_ids
from monitor.watch.close_watching import closely_watched


def staff_of(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    """Who is told of each of them, by channel. Not those of which nobody can be told: there everything goes on as
    usual, so that nothing is lost."""
    return scene.once(_staff)


def _staff(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    watches = closely_watched(scene.session, scene.now)
    if not watches:
        return {}
    there = reachable_ids(scene.session) - away(scene.session, scene.today)
    found = {id_: tuple(person for person in watch.people if person in there) for id_, watch in watches.items()}
    return {id_: people for id_, people in found.items() if people}
