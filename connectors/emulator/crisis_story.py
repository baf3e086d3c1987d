"""What the demo shows of a crisis: residents who take part in an exercise, accounts to try messages on, a warning.

All of it is an exercise, and says so.
"""

from connectors.emulator.script import scenes
from connectors.emulator.server import Emulator
from connectors.emulator.story import READ_INSTAGRAM, READ_PAGE, Story, play, read
from connectors.emulator.world import Token

SECRET = "fedcba9876543210fedcba9876543210"  # noqa: S105 - of a toy world
WARNING = "ÖVNING. Det här är bara ett prov. Räddningstjänsten övar på ett strömavbrott i Tibro. Ingen fara finns."


def rehearse(emulator: Emulator) -> Story:
    """Plays it, and gives the test accounts with their tokens: names as the demo's register has them."""
    world, told = emulator.world, emulator.story
    if told is None:
        raise ValueError("a crisis is rehearsed in a municipality that has a story")
    now = world.clock
    for scene in scenes(read("crisis.txt")):
        play(world, scene, told.accounts[scene.account], now)
    world.clock = now
    name = "Tibro kommun (övning)"
    page = world.account("facebook", "1122334466", "tibrokommun-ovning", name)
    instagram = world.account(
        "instagram", "17841400000014730", "tibrokommun_ovning", name, pk="4711001480", page_id=page.id
    )
    page_token, instagram_token = "EAAdemoExercisePage1472", "EAAdemoExerciseInstagram1472"
    world.token(Token(page_token, "page", page, READ_PAGE, app_secret=SECRET))
    world.token(Token(instagram_token, "page", instagram, READ_INSTAGRAM, app_secret=SECRET))
    emulator.warnings.warn("20261128120000E", WARNING, status="Exercise")
    secrets = {"facebook_token": page_token, "instagram_token": instagram_token, "meta_app_secret": SECRET}
    return Story({"facebook": page, "instagram": instagram}, secrets)
