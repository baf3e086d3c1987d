"""What a platform says that it takes away is what its connector can."""

import pytest

from connectors import PLATFORMS
from connectors.acting import Hider, Moderator, Remover
from connectors.emulator.server import Emulator
from connectors.errors import Refused
from tests.connectors.writing_stages import STAGES, Pen, target_of

NEEDED = {"hide": Hider, "remove": Remover, "reject": Moderator}


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_each_platform_says_what_it_can_take_away(emulator: Emulator, platform: str) -> None:
    can = {kind for kind, protocol in NEEDED.items() if platform in STAGES and _is(emulator, platform, protocol)}
    assert set(PLATFORMS[platform].takes_away) == can


@pytest.mark.parametrize("platform", sorted(STAGES))
def test_a_residents_comment_is_removed_with_what_stands_below_it(emulator: Emulator, platform: str) -> None:
    pen = Pen(STAGES[platform](emulator))
    asked = pen.ready_for("reply")
    reply = pen.stage.world.comment(asked, pen.stage.resident, "Och i morgon?")
    connector = pen.stage.connector()
    assert isinstance(connector, Remover)
    connector.remove(target_of(asked))
    assert [each.target for each in pen.effects] == [asked.id]
    seen = pen.thread(asked)
    assert seen.looked_up == {asked.id: False}
    assert reply.id not in {one.external_id for one in seen.comments}
    with pytest.raises(Refused):
        connector.remove(target_of(asked))


def _is(emulator: Emulator, platform: str, protocol: type) -> bool:
    return isinstance(STAGES[platform](emulator).connector(), protocol)
