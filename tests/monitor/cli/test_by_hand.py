"""Channels that only people can watch: in the register, in the list, never read by a machine, and for a reason."""

import json
from pathlib import Path

import pytest

from connectors import EVERY_PLATFORM
from connectors.people import BY_HAND
from monitor.cli.setup import opened_database
from monitor.register.identities import identities
from monitor.register.models import Channel
from tests.monitor.cli.conftest import SAMPLE, Command

GROUP = 'platform = "facebook_group"'


def sample(folder: Path, platform: str, *, mode: str = "manual") -> str:
    """The sample register with its group on that platform."""
    text = SAMPLE.read_text().replace("closed = true ", "").replace("publish_address = false ", "")
    text = text.replace(GROUP, f'platform = "{platform}"')
    file = folder / "register.toml"
    file.write_text(text.replace('watch_mode = "manual"', f'watch_mode = "{mode}"', 1))
    return str(file)


def test_facebook_groups_websites_and_others_are_watched_by_hand() -> None:
    assert BY_HAND.keys() == {"facebook_group", "website", "other"}
    assert all(about.why_manual and not about.connector for about in BY_HAND.values())


@pytest.mark.parametrize("platform", BY_HAND)
@pytest.mark.usefixtures("imported")
def test_it_is_registered_listed_and_never_read(kanalvakt: Command, tmp_path: Path, platform: str) -> None:
    assert kanalvakt("register", "import", sample(tmp_path, platform)).code == 0
    [row] = [row for row in json.loads(kanalvakt("channel", "list", "--json").out) if row["id"] == "foraldragrupp"]
    assert (row["platform"], row["watch_mode"], row["state"]) == (platform, "manual", "manual")
    assert "manuellt" in kanalvakt("poll", "foraldragrupp").err
    assert kanalvakt("channel", "check", "foraldragrupp").code == 0


@pytest.mark.parametrize("platform", BY_HAND)
@pytest.mark.usefixtures("imported")
def test_it_refuses_the_automatic_mode_and_says_why(kanalvakt: Command, tmp_path: Path, platform: str) -> None:
    answer = kanalvakt("--lang", "en", "register", "validate", sample(tmp_path, platform, mode="automatic"))
    assert answer.code != 0
    assert EVERY_PLATFORM[platform].why_manual in answer.err + answer.out


@pytest.mark.usefixtures("imported")
def test_a_blog_is_registered_with_several_user_numbers(kanalvakt: Command, tmp_path: Path) -> None:
    file = sample(tmp_path, "blog", mode="automatic")
    text = Path(file).read_text().replace('platform = "blog"', 'platform = "blog"\nexternal_id = "3, 7"')
    Path(file).write_text(text)
    assert kanalvakt("register", "import", file).code == 0
    with opened_database().snapshot() as session:
        channel = session.get_one(Channel, "foraldragrupp")
        assert (channel.platform, channel.external_id, channel.watch_mode) == ("blog", "3, 7", "automatic")
        assert identities(session, channel) == {"3", "7"}
