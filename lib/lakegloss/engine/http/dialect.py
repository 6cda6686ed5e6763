"""What an endpoint understands: OpenAI-compatible APIs differ in the parameters they take."""

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from lakegloss.core.requests import Message, ModelRequest

_REFUSAL = re.compile(
    r"(?i)unsupported|not support|does not support|unrecogni[sz]ed|unknown|unexpected|unavailable"
    r"|not (?:permitted|allowed|available)|extra inputs|instead|invalid"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The form of a request's body.

    Attributes:
        structured: json_schema, json_object or off.
        tokens: the name of the bound on the answer; reasoning models take max_completion_tokens.
        temperature: whether it may be sent.
    """

    structured: str = "json_schema"
    tokens: str = "max_tokens"
    temperature: bool = True

    def body(self, request: ModelRequest) -> bytes:
        """The body of a POST to /chat/completions."""
        *fixed, last = request.messages
        parts = [
            f'{{"model": {json.dumps(request.model)}',
            f'"messages": [{_shared(tuple(fixed))}{_message(last)}]',
            f'"{self.tokens}": {request.max_tokens}',
        ]
        if request.temperature is not None and self.temperature:
            parts.append(f'"temperature": {json.dumps(request.temperature)}')
        if request.schema and self.structured == "json_schema":
            parts.append(
                f'"response_format": {_schema_format(request.schema, request.schema_name)}'
            )
        elif request.schema and self.structured == "json_object":
            parts.append('"response_format": {"type": "json_object"}')
        return f"{', '.join(parts)}}}".encode()

    def without(self, refusal: str) -> "Dialect | None":
        """The dialect that avoids what a 400 complains of; None where it names nothing of ours."""
        if not _REFUSAL.search(refusal):
            return None
        said = refusal.lower()
        if re.search(r"response[_ ]format|json_schema|json schema", said):
            return replace(self, structured="off") if self.structured != "off" else None
        if "max_completion_tokens" in said or re.search(r"\bmax_tokens\b", said):
            return self._other_bound(said)
        if "temperature" in said and self.temperature:
            return replace(self, temperature=False)
        return None

    def _other_bound(self, said: str) -> "Dialect | None":
        """Swap the bound's name, unless the complaint is of its value (too large, too small)."""
        if re.search(r"too (?:large|small)|at most|at least|maximum|less than|greater than", said):
            return None
        first = self.tokens == "max_tokens"
        return replace(self, tokens="max_completion_tokens" if first else "max_tokens")


def _message(message: Message) -> str:
    return f'{{"role": {json.dumps(message.role)}, "content": {json.dumps(message.content)}}}'


@lru_cache(maxsize=64)
def _shared(messages: tuple[Message, ...]) -> str:
    """The messages before the last: the same in all requests of a program, so encoded once."""
    return "".join(f"{_message(message)}, " for message in messages)


@lru_cache(maxsize=64)
def _schema_format(schema: str, name: str) -> str:
    described = {"name": name or "answer", "strict": True, "schema": json.loads(schema)}
    return json.dumps({"type": "json_schema", "json_schema": described})
