"""/control/…: the world, the faults and the ledger over HTTP, for tests and the demo in other processes.

GET /control/ lists the verbs. Each verb is POST /control/<verb> with a JSON object of its parameters; those that only
look also take GET with the parameters in the address. Answers 400 with a sentence to what it cannot understand.
"""

import inspect
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError, validate_call

from connectors.emulator.finding import Refused
from connectors.emulator.happening import Happening
from connectors.emulator.looking import Looking
from connectors.emulator.steering import Steering
from connectors.emulator.wire import Answer, Request

if TYPE_CHECKING:
    from connectors.emulator.server import Emulator

PREFIX = "/control/"
Verb = Callable[..., Any]


class Control:
    """A site of its own, on loopback addresses only: never under a platform's host name."""

    name = "control"

    def __init__(self, emulator: "Emulator") -> None:
        self._looking = _verbs(Looking(emulator.world, emulator.ledger))
        doing = (Happening(emulator.world), Steering(emulator), emulator.webhooks)
        self._all = self._looking | {name: verb for group in doing for name, verb in _verbs(group).items()}

    def owns(self, request: Request) -> bool:
        return request.on_loopback and request.path.startswith(PREFIX)

    def answer(self, request: Request) -> Answer:
        name = request.path.removeprefix(PREFIX)
        if not name:
            return _json(self._list())
        if name not in self._all:
            return _sorry(f"There is no verb {name!r}; GET {PREFIX} lists them.", 404)
        if request.method != "POST" and name not in self._looking:
            return _sorry(f"{name} changes something: use POST.", 405)
        try:
            return _json(validate_call(self._all[name])(**_parameters(request)))
        except Refused as refusal:
            return _sorry(str(refusal))
        except ValidationError as error:
            return _sorry(" ".join(_sentence(fault["loc"], fault["msg"]) for fault in error.errors()))

    def _list(self) -> dict[str, Any]:
        return {
            name: {
                "does": inspect.getdoc(verb),
                "parameters": {key: _describe(value) for key, value in inspect.signature(verb).parameters.items()},
                "method": "GET or POST" if name in self._looking else "POST",
            }
            for name, verb in self._all.items()
        }


def _verbs(group: object) -> dict[str, Verb]:
    return {name: verb for name, verb in inspect.getmembers(group, inspect.ismethod) if not name.startswith("_")}


def _parameters(request: Request) -> dict[str, Any]:
    if not request.body:
        return {name: values[-1] for name, values in request.query.items()}
    try:
        parameters = json.loads(request.body)
    except ValueError:
        raise Refused("The body is not JSON.") from None
    if not isinstance(parameters, dict):
        raise Refused("The body must be a JSON object of parameters.")
    return parameters


def _describe(parameter: inspect.Parameter) -> str:
    kind = inspect.formatannotation(parameter.annotation)
    return f"{kind}, required" if parameter.default is parameter.empty else f"{kind}, default {parameter.default!r}"


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(map(str, place))}: {message}."


def _json(value: Any) -> Answer:
    return Answer.json(value, cost=0)


def _sorry(sentence: str, status: int = 400) -> Answer:
    return Answer.json({"error": sentence}, status, cost=0)
