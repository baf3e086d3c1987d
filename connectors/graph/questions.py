"""Questions of which Graph may refuse a part: asked with as many fields as it allows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from connectors.errors import ConnectorError, PermissionLost, UnexpectedAnswer
from connectors.graph.client import GraphClient, Json


@dataclass(frozen=True, slots=True)
class Fields:
    """Writes the `fields` of a question. left_out: "comment.from" and the like."""

    left_out: tuple[str, ...] = ()

    def of(self, kind: str, names: Sequence[str]) -> str:
        """Those of one kind of thing that are not left out. A name may say what is wanted of it: "from{id}"."""
        return ",".join(name for name in names if f"{kind}.{name.partition('{')[0]}" not in self.left_out)

    def without(self, *names: str) -> "Fields":
        return Fields((*self.left_out, *(name for name in names if name not in self.left_out)))

    def with_again(self, name: str) -> "Fields":
        return Fields(tuple(each for each in self.left_out if each != name))


Arguments = Callable[[Fields], dict[str, str]]
"""The parameters of a question with such fields."""


class Questions:
    """Asks, and leaves out what Graph refuses: one field at a time, those that are missed least first.

    optional: the fields that may be left out, in that order. before: those that an earlier reading had to leave out;
    `afresh` tries them all the same. judge: raises what is wrong where the fields are not to blame.
    A question that is refused costs at most twice as many calls more as there are optional fields.
    """

    def __init__(
        self,
        client: GraphClient,
        optional: Sequence[str],
        before: Sequence[str],
        judge: Callable[[ConnectorError], None],
        *,
        afresh: bool,
    ) -> None:
        self._client, self._optional, self._judge = client, optional, judge
        self._before = tuple(name for name in before if name in optional)
        self.fields = Fields() if afresh else Fields(self._before)

    def ask(self, path: str, arguments: Arguments) -> Json:
        """The answer with as few fields left out as Graph allows. Raises the refusal where that does not help."""
        try:
            return self._client.get(path, **arguments(self.fields))
        except (UnexpectedAnswer, PermissionLost) as error:
            if not _may_be_a_field(error):
                raise
            refusal = error
        self._judge(refusal)
        certain = self.fields.left_out
        given = self._ask_for_less(path, arguments, refusal)
        for name in [name for name in self.fields.left_out if name not in certain]:
            given = self._answer(path, arguments, self.fields.with_again(name)) or given
        return given

    def _ask_for_less(self, path: str, arguments: Arguments, refusal: ConnectorError) -> Json:
        for fields in self._attempts(arguments):
            given = self._answer(path, arguments, fields)
            if given is not None:
                return given
        raise refusal

    def _attempts(self, arguments: Arguments) -> Iterator[Fields]:
        """What an earlier reading left out, at once; then one field more each time, of those that are asked for."""
        fields, question = self.fields, arguments(self.fields)
        if arguments(fields.without(*self._before)) != question:
            yield fields.without(*self._before)
        for name in self._optional:
            less = fields.without(name)
            if arguments(less) != question:
                fields, question = less, arguments(less)
                yield fields

    def _answer(self, path: str, arguments: Arguments, fields: Fields) -> Json | None:
        """None where Graph refuses this too; else such fields are what is asked for from now on."""
        try:
            given = self._client.get(path, **arguments(fields))
        except (UnexpectedAnswer, PermissionLost) as error:
            if not _may_be_a_field(error):
                raise
            return None
        self.fields = fields
        return given


def _may_be_a_field(error: ConnectorError) -> bool:
    """A wrong parameter, or a permission: the errors that Graph refuses a single field with."""
    code = error.code.partition("/")[0]
    return error.code == "100" or code == "10" or (len(code) == 3 and code.startswith("2"))
