from datetime import timedelta

from connectors.emulator.world import Account, World


def page(world: World) -> Account:
    return world.account("facebook", "1122334455", "tibrokommun", "Tibro kommun")


def test_the_same_seed_makes_the_same_ids() -> None:
    def ids(seed: int) -> list[str]:
        world = World(seed=seed)
        post = world.publish(page(world), "Hej")
        resident = world.person("facebook", "Åsa Exempelsson")
        return [post.id, resident.id, resident.handle, world.comment(post, resident, "Hej").id]

    assert ids(4) == ids(4) != ids(5)
    assert ids(4)[2].startswith("asaexempelsson")


def test_a_reply_to_a_reply_is_stored_below_the_top_level_comment() -> None:
    world = World()
    post = world.publish(page(world), "Hej")
    resident = world.resident("facebook", "Kim Exempelsson")
    top = world.comment(post, resident, "Fråga")
    reply = world.comment(world.comment(top, resident, "En sak till"), resident, "Och en till")
    assert (reply.parent, reply.target is top) == (top, False)
    assert world.replies_to(top)[-1] is reply
    assert len(world.comments_of(post)) == 3


def test_what_is_deleted_takes_along_what_is_below_it() -> None:
    world = World()
    post, other = world.publish(page(world), "Ett"), world.publish(page(world), "Två")
    resident = world.resident("facebook", "Kim Exempelsson")
    top = world.comment(post, resident, "Fråga")
    world.comment(top, resident, "Svar")
    stays = world.comment(post, resident, "Annat")
    world.delete(top)
    assert world.comments_of(post) == [stays]
    world.delete(post)
    assert (world.comments_of(post), world.posts_of(post.account)) == ([], [other])
    assert len(world.comments_ever(post)) == 3


def test_a_rejected_comment_is_listed_no_more() -> None:
    world = World()
    video = world.publish(world.account("youtube", "UCtibro", "tibrokommun", "Tibro kommun"), "Film")
    held = world.comment(video, world.resident("youtube", "Kim Exempelsson"), "Reklam", held=True)
    assert world.comments_of(video) == [held]
    world.reject(held)
    assert world.comments_of(video) == []


def test_lists_are_in_order_of_time_even_if_the_clock_was_set_back() -> None:
    world = World()
    account = page(world)
    post = world.publish(account, "Nytt")
    resident = world.resident("facebook", "Kim Exempelsson")
    late = world.comment(post, resident, "Sent")
    world.advance(-3600)
    early, old = world.comment(post, resident, "Tidigt"), world.publish(account, "Gammalt")
    assert world.comments_of(post) == [early, late]
    assert world.posts_of(account) == [post, old]


def test_an_answer_names_its_reader_as_each_platform_does() -> None:
    world = World()
    instagram = world.account("instagram", "178", "tibrokommun", "Tibro kommun")
    there, here = world.publish(page(world), "Ett"), world.publish(instagram, "Två")
    tagged = world.answer(world.comment(there, world.resident("facebook", "Kim Exempelsson"), "?"), "ja", mention=True)
    assert (tagged.text, [person.name for person in tagged.tags]) == ("Kim Exempelsson ja", ["Kim Exempelsson"])
    asked = world.comment(here, world.person("instagram", "Kim Exempelsson", "kim.ex"), "?")
    beside = world.answer(asked, "ja", mention=True, top_level=True)
    assert (beside.text, beside.parent) == ("@kim.ex ja", None)


def test_a_clock_in_real_time_goes_on_from_where_it_was_set() -> None:
    world = World(real_time=True)
    began = world.now
    world.advance(3600)
    assert timedelta(hours=1) <= world.now - began < timedelta(hours=1, seconds=30)
    assert world.now.microsecond == 0


def test_an_edit_keeps_what_was_there() -> None:
    world = World()
    post = world.publish(page(world), "Hej")
    world.advance(60)
    world.edit(post, "Hej igen")
    assert (post.text, post.updated_at, post.versions[0][1]) == ("Hej igen", world.now, "Hej")
