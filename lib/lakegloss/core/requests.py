"""A rendered request to a language model: what is sent, and for which assets."""

import hashlib
import json
from dataclasses import dataclass

from lakegloss.core.records import AskedAsset


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One chat message; role is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """What a transport needs to make one call.

    Attributes:
        schema: the JSON schema of the answer as JSON text, '' for free text.
        input_tokens: estimated, the schema included.
        max_tokens: the most that the answer may have.
    """

    model: str
    messages: tuple[Message, ...]
    schema: str
    schema_name: str
    max_tokens: int
    temperature: float | None
    input_tokens: int
    assets: tuple[AskedAsset, ...]
    program: str
    program_version: str
    variant: str = "champion"

    @property
    def request_hash(self) -> str:
        """The hash of what the provider is sent: messages, model and parameters."""
        sent = {
            "model": self.model,
            "messages": [[m.role, m.content] for m in self.messages],
            "schema": self.schema,
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
        }
        text = json.dumps(sent, ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
