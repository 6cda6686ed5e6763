"""Defines a rendered request to a language model, its hash, its tokens and its price."""

import hashlib
import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache

from lakegloss.core.records import AskedAsset

_MILLION = 1_000_000
# Pieces are short, so that a hostile text cannot fill the cache of their costs.
_PIECES = re.compile(
    r"[ _]?[A-Z]?[a-z]{1,24}|[ _]?[A-Z]{1,24}|\d{1,24}| (?=\d)"
    r"| ?[!-/:-@\[-`{-~]{1,24}|\n{1,24}|[^\x00-\x7f]{1,24}"
)
_MARGIN = 1.04
_LATIN, _ALPHABETS, _PICTURES = 0x250, 0x2000, 0x1F000


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
        input_tokens: an estimate; it includes the schema.
        max_tokens: the most tokens that the answer may have.
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
        hashed = {
            "model": self.model,
            "messages": [[m.role, m.content] for m in self.messages],
            "schema": self.schema,
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
        }
        text = json.dumps(hashed, ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def dollars(
    sent: float, answered: float, *, price_input: float | None, price_output: float | None
) -> float | None:
    """Compute the cost of tokens; None where a price is not set. Prices are per million tokens.

    Cached tokens are among those sent, at the full price.
    """
    if price_input is None or price_output is None:
        return None
    return (sent * price_input + answered * price_output) / _MILLION


def estimate(text: str) -> int:
    """Estimate how many o200k tokens a text has; the estimate is rarely too low."""
    return math.ceil(sum(map(_tokens_of_piece, _PIECES.findall(text))) * _MARGIN)


@lru_cache(maxsize=1 << 16)
def _tokens_of_piece(piece: str) -> float:
    first, last = piece[0], piece[-1]
    size = len(piece) - (first in " _")
    if "a" <= last <= "z":
        return _tokens_of_word(size, first)
    if "A" <= last <= "Z":
        return max(1.0, 0.1 + 0.5 * size)
    if "0" <= last <= "9":
        return (size + 2) // 3
    if last > "\x7f":
        return size * _tokens_of_character(ord(first))
    return 1.0 if size <= 3 else 0.4 * size


def _tokens_of_word(size: int, first: str) -> float:
    if first == " ":
        return 1.05 if size <= 8 else 0.13 * size
    if first == "_":
        return 1.1 if size <= 6 else 0.17 * size
    return 1.06 if size <= 4 else 1.3 if size <= 8 else 0.19 * size


def _tokens_of_character(code: int) -> float:
    if code < _LATIN:
        return 0.9
    if code < _ALPHABETS:
        return 0.4
    return 1.0 if code < _PICTURES else 2.5
