"""Several questions in one request: operations that may wait for each other and use each other's answers.

An answer of null has two meanings: the operation timed out, or it succeeded and its answer was to be left out, which is
how it is by itself for an operation that another one waits for.
"""

import json
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.emulator.graph.refusals import Refusal
from connectors.emulator.wire import Answer, Request

MOST_OPERATIONS = 50
Operation = Mapping[str, Any]
_USE = re.compile(r"\{result=([\w-]+):\$\.([\w.*]+)\}")


def read_operations(text: str) -> list[Operation]:
    """Raises Refusal."""
    try:
        operations = json.loads(text)
    except ValueError:
        raise Refusal(100, "(#100) batch parameter must be a JSON array") from None
    if len(operations) > MOST_OPERATIONS:
        message = f"Too many requests in batch message. Maximum batch size is {MOST_OPERATIONS}"
        raise Refusal(1, message, kind="GraphBatchException")
    return list(operations)


@dataclass
class Batch:
    """One request with operations. ask: answers one of them. timed_out: the places of those that never answer."""

    request: Request
    ask: Callable[[Request], Answer]
    timed_out: Set[int]
    _named: dict[str, Answer | None] = field(default_factory=dict)

    def answers(self, operations: list[Operation]) -> list[Any]:
        awaited = {name for each in operations for name in _waits_for(each)}
        return [self._answer(place, each, awaited) for place, each in enumerate(operations)]

    def _answer(self, place: int, operation: Operation, awaited: Set[str]) -> Any:
        """An operation's answer as a text inside, or null."""
        name = str(operation.get("name", ""))
        answer = None if place in self.timed_out or self._is_in_vain(operation) else self._ask(operation)
        self._named[name] = answer
        omitted = operation.get("omit_response_on_success", name in awaited)
        if answer is None or (omitted and answer.status == 200):
            return None
        return self._shown(answer)

    def _is_in_vain(self, operation: Operation) -> bool:
        """What it waits for failed."""
        before = [self._named.get(name) for name in _waits_for(operation)]
        return any(answer is None or answer.status != 200 for answer in before)

    def _ask(self, operation: Operation) -> Answer:
        texts = {name: _USE.sub(self._used, str(operation.get(name, ""))) for name in ("relative_url", "body")}
        return self.ask(_inner(self.request, {**operation, **texts}))

    def _used(self, use: re.Match[str]) -> str:
        """`{result=posts:$.data.*.id}`: what stands there in the other one's answer, with commas between."""
        answer = self._named.get(use[1])
        found: list[Any] = [json.loads(answer.body)] if answer else []
        for step in use[2].split("."):
            found = [inner for each in found for inner in _below(each, step)]
        return ",".join(str(each) for each in found)

    def _shown(self, answer: Answer) -> dict[str, Any]:
        named = [{"name": name, "value": value} for name, value in answer.headers.items() if name != "Content-Type"]
        named.append({"name": "Content-Type", "value": "text/javascript; charset=UTF-8"})
        headers = {"headers": named} if self.request.get("include_headers", "true") != "false" else {}
        return {"code": answer.status, **headers, "body": answer.body.decode()}


def _waits_for(operation: Operation) -> list[str]:
    told = [str(operation["depends_on"])] if operation.get("depends_on") else []
    texts = f"{operation.get('relative_url', '')} {operation.get('body', '')}"
    return [*told, *(use[1] for use in _USE.finditer(texts))]


def _below(value: Any, step: str) -> list[Any]:
    if step == "*":
        return list(value) if isinstance(value, list) else []
    return [value[step]] if isinstance(value, dict) and step in value else []


def _inner(request: Request, operation: Operation) -> Request:
    """An operation of a batch as a request of its own, with its own token or the batch's."""
    address = urlsplit("/" + str(operation.get("relative_url", "")).lstrip("/"))
    given = {name: [value] for name in ("access_token", "appsecret_proof") if (value := request.get(name))}
    query = {**given, **parse_qs(address.query, keep_blank_values=True)}
    if "access_token" in operation:
        query["access_token"] = [operation["access_token"]]
    headers = dict(line.split(": ", 1) for line in operation.get("headers") or [] if ": " in line)
    lower = {name.lower(): value for name, value in headers.items()}
    body = str(operation.get("body", "")).encode()
    method = str(operation.get("method", "GET"))
    return replace(request, method=method, path=address.path, query=query, headers=lower, body=body)
