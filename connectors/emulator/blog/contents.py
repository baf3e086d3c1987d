"""What a visitor of the blog gets to see of the world."""

from connectors.emulator.world import Account, Comment, Person, Post, World


class Contents:
    """users: numbers of residents who have registered; everybody else but the organisation itself has number 0."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.users: dict[str, int] = {}

    @property
    def account(self) -> Account | None:
        return next((one for one in self.world.accounts.values() if one.platform == "blog"), None)

    def posts(self) -> list[Post]:
        """Newest first."""
        account = self.account
        return [post for post in self.world.posts_of(account) if post.published] if account else []

    def comments(self) -> list[Comment]:
        """At every level, newest first. One that is approved stays when what it answers is not."""
        found = [one for post in self.posts() for one in self.world.comments_of(post) if is_approved(one)]
        return sorted(found, key=lambda one: (one.at, int(one.id)), reverse=True)

    def comment(self, id_: str) -> Comment | None:
        """One that is not deleted, approved or not."""
        found = self.world.comments.get(id_)
        is_here = found is not None and found.post.account.platform == "blog"
        return found if is_here and found is not None and not found.deleted_at and not found.rejected else None

    def number(self, person: Person) -> int:
        """The organisation's account id is its user number."""
        return int(person.id) if person.id in self.world.accounts else self.users.get(person.id, 0)


def is_approved(comment: Comment) -> bool:
    return not (comment.held or comment.hidden or comment.restricted)


def answered(comment: Comment) -> Comment | None:
    """What it answers; where that has gone, what that answered."""
    target = comment.target
    while isinstance(target, Comment) and target.deleted_at:
        target = target.target
    return target if isinstance(target, Comment) else None
