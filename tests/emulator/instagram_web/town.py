"""A municipality's Instagram account on an emulated instagram.com, with a session to look at it."""

from dataclasses import dataclass, field

from connectors.emulator.world import Account, Comment, Person, Post, Token, World

USER_ID = "52671834900"
SESSION = f"{USER_ID}%3AqWmXyZ0aBcDeFg%3A28"


@dataclass
class Town:
    """`kim` is a resident. Verbs let a second pass, so that nothing happens at the same time."""

    world: World = field(default_factory=World)
    account: Account = field(init=False)
    kim: Person = field(init=False)
    session: Token = field(init=False)

    def __post_init__(self) -> None:
        self.account = self.world.account("instagram", "17841400000014720", "tibrokommun", "Tibro kommun")
        self.kim = self.world.person("instagram", "Kim Exempelsson")
        self.session = self.world.token(Token(SESSION, "session"))

    def post(self, comments: int = 0, text: str = "Nytt från kommunen") -> Post:
        post = self.world.publish(self.account, text)
        self.world.advance(1)
        for number in range(comments):
            self.comment(post, f"Fråga {number}")
        return post

    def posts(self, number: int, comments: int = 0) -> list[Post]:
        """Oldest first."""
        return [self.post(comments, f"Inlägg {count}") for count in range(number)]

    def comment(self, on: Post | Comment, text: str = "När öppnar badet?", answers: int = 0) -> Comment:
        made = self.world.comment(on, self.kim, text)
        self.world.advance(1)
        for number in range(answers):
            self.comment(made, f"Svar {number}")
        return made
