"""Ids that look like the platforms' own and depend on a seed alone."""

import random
import string
from typing import Literal

Platform = Literal["facebook", "instagram", "youtube", "blog"]


class Ids:
    """New ids, never the same again for all practical purposes."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - ids of a toy world
        self._number = 100  # a blog's database counts

    def person(self, platform: Platform) -> str:
        return "UC" + self.letters(22) if platform == "youtube" else self.digits(17)

    def post(self, platform: Platform, account: str) -> tuple[str, str, str]:
        """Id and, on Instagram, shortcode and private id."""
        if platform == "facebook":
            return f"{account}_{self.digits(15)}", "", ""
        if platform == "instagram":
            return "178" + self.digits(14), self.letters(11), self.digits(19)
        if platform == "blog":
            return self.number(), "", ""
        return self.letters(11), "", ""

    def comment(self, platform: Platform, post: str, parent: str | None) -> str:
        if platform == "facebook":
            return f"{post.split('_')[1]}_{self.digits(15)}"
        if platform == "instagram":
            return "179" + self.digits(14)
        if platform == "blog":
            return self.number()
        return f"{parent}.{self.letters(22)}" if parent else f"Ug{self.letters(18)}4AaABAg"

    def number(self) -> str:
        self._number += 1
        return str(self._number)

    def digits(self, length: int) -> str:
        return self._random.choice("123456789") + "".join(self._random.choices(string.digits, k=length - 1))

    def letters(self, length: int) -> str:
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=length))
