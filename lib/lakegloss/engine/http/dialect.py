"""Writes requests in the form that an endpoint takes: OpenAI-compatible APIs differ."""

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from lakegloss.core.requests import Message, ModelRequest
from lakegloss.engine.http.refusals import (
    answer_bound,
    names_answer_bound,
    of_the_form,
    of_the_roles,
    of_the_stream,
    too_long,
)

_REFUSAL = re.compile(
    r"(?i)unsupported|not support|does not support|unrecogni[sz]ed|unknown|unexpected|unavailable"
    r"|not (?:permitted|allowed|available)|extra (?:inputs|forbidden)|instead|invalid|fail|only"
    r"|deprecated|(?:must|has to) be|out of range|greater than|positive"
)
_WHOLE_PARAMETER = re.compile(
    r"(?i)(?:parameter|argument|field|input|keyword)s?\b.{0,20}\W(?:response_format|output_config)\b"
    r"|(?:response_format|output_config)\W{1,3}(?:is not|extra|not )"
)
_OTHER_FORM = re.compile(r"(?i)json_?schema|json schema|json_?object|response_format\W{1,3}type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The form of a request's body.

    Attributes:
        structured: how to ask for the form of answers: json_schema, json_object or off.
        tokens: the parameter that bounds the answer; reasoning models take max_completion_tokens.
        temperature: whether it may be sent.
        most_tokens: the longest answer that the endpoint allows; None where it named no bound.
        system: whether it takes messages of the role `system`; else the first message of the user
            begins with them.
        stream: whether to ask for a stream, where it answers in no other way.
    """

    structured: str = "json_schema"
    tokens: str = "max_tokens"
    temperature: bool = True
    most_tokens: int | None = None
    system: bool = True
    stream: bool = False

    def body(self, request: ModelRequest) -> bytes:
        """The body of a POST to /chat/completions."""
        *fixed, last = request.messages if self.system else _of_users(request.messages)
        parts = [
            f'{{"model": {json.dumps(request.model)}',
            f'"messages": [{_shared(tuple(fixed))}{_message(last)}]',
            f'"{self.tokens}": {self._bound(request)}',
        ]
        if request.temperature is not None and self.temperature:
            parts.append(f'"temperature": {json.dumps(request.temperature)}')
        if self.stream:
            parts.append('"stream": true')
        if request.schema and self.structured == "json_schema":
            parts.append(
                f'"response_format": {_schema_format(request.schema, request.schema_name)}'
            )
        elif request.schema and self.structured == "json_object":
            parts.append('"response_format": {"type": "json_object"}')
        return f"{', '.join(parts)}}}".encode()

    def without(self, refusal: str, request: ModelRequest | None = None) -> "Dialect | None":
        """The dialect that avoids what a 400 complains about; None where it names no parameter."""
        if too_long(refusal):
            return None
        if of_the_stream(refusal):
            return None if self.stream else replace(self, stream=True)
        if of_the_roles(refusal):
            return replace(self, system=False) if self.system else None
        if names_answer_bound(refusal):
            bound = answer_bound(refusal, self._bound(request)) if request is not None else None
            return None if bound is None else replace(self, most_tokens=bound)
        if of_the_form(refusal) and self.structured != "off":
            return replace(self, structured=self._weaker(refusal))
        return self._renamed(refusal.lower()) if _REFUSAL.search(refusal) else None

    def _renamed(self, said: str) -> "Dialect | None":
        if "max_completion_tokens" in said or re.search(r"\bmax_tokens\b", said):
            first = self.tokens == "max_tokens"
            return replace(self, tokens="max_completion_tokens" if first else "max_tokens")
        if "temperature" in said and self.temperature:
            return replace(self, temperature=False)
        return None

    def simpler(self, request: ModelRequest) -> "list[Dialect]":
        """Simpler dialects to try where a refusal does not say what it refuses."""
        found = []
        if request.schema and self.structured == "json_schema":
            found.append(replace(self, structured="json_object"))
        if request.schema and self.structured != "off":
            found.append(replace(self, structured="off"))
        if request.temperature is not None and self.temperature:
            last = found[-1] if found else self
            found.append(replace(last, temperature=False))
        return found

    def _bound(self, request: ModelRequest) -> int:
        asked = request.max_tokens
        return asked if self.most_tokens is None else min(asked, self.most_tokens)

    def _weaker(self, refusal: str) -> str:
        """The next weaker form to ask for; off where the endpoint takes no form at all."""
        if self.structured == "json_object" or (
            _WHOLE_PARAMETER.search(refusal) and not _OTHER_FORM.search(refusal)
        ):
            return "off"
        return "json_object"


def _of_users(messages: tuple[Message, ...]) -> list[Message]:
    """The messages without those of the system, which the first of the user takes in."""
    orders = [message.content for message in messages if message.role == "system"]
    others = [message for message in messages if message.role != "system"]
    if not others or others[0].role != "user":
        others.insert(0, Message(role="user", content=""))
    first = "\n\n".join(text for text in (*orders, others[0].content) if text)
    return [Message(role="user", content=first), *others[1:]]


def _message(message: Message) -> str:
    return f'{{"role": {json.dumps(message.role)}, "content": {json.dumps(message.content)}}}'


@lru_cache(maxsize=64)
def _shared(messages: tuple[Message, ...]) -> str:
    """Encode the messages before the last once: all requests of a program share them."""
    return "".join(f"{_message(message)}, " for message in messages)


@lru_cache(maxsize=64)
def _schema_format(schema: str, name: str) -> str:
    described = {"name": name or "answer", "strict": True, "schema": json.loads(schema)}
    return json.dumps({"type": "json_schema", "json_schema": described})
