"""Masks the keys in use in texts that servers send.

A server or a proxy may quote a request's headers in an error, a page or an answer. Each credential
registers its key here before it is sent. All known keys are masked in the text of every attempt, so
that no key reaches a ledger, log, column or terminal.
"""

import base64
import html
import json
import threading
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

MASK = "***"
_MOST = 256
"""The most keys that are remembered: tokens refreshed for weeks must not pile up."""
_LEAST = 4
_PART = 8
"""Parts of a key of twice this length are masked, too, as servers cut and wrap messages."""
_PLACEHOLDERS = frozenset(
    "none null empty dummy fake test token apikey api-key api_key your-api-key no-key nokey no_key "
    "not-needed notneeded not-required ollama lm-studio lmstudio localai local vllm llama anything "
    "unused ignored placeholder changeme default xxxx sk-no-key-required".split()
)
"""Words given to servers that need no key; to mask them would only harm texts."""


class Redactor:
    """Remembers the keys in use, and masks them in texts. Thread-safe."""

    def __init__(self) -> None:
        self._keys: dict[str, None] = {}
        self._lock = threading.Lock()

    def know(self, key: str) -> str:
        """Remember a key, and return it."""
        plain = key.strip()
        if len(plain) >= _LEAST and plain.lower() not in _PLACEHOLDERS:
            with self._lock:
                self._keys.pop(plain, None)
                self._keys[plain] = None
                while len(self._keys) > _MOST:
                    del self._keys[next(iter(self._keys))]
        return key

    def redact(self, text: str) -> str:
        """The text with all keys masked: whole, in part or encoded."""
        with self._lock:
            keys = list(self._keys)
        for key in keys:
            text = _without(text, key)
        return text


def _without(text: str, key: str) -> str:
    for form, parts in _forms(key):
        if parts:
            text = _without_parts(text, form, parts)
        elif form in text:
            text = _without_word(text, form)
    return text


@lru_cache(maxsize=2 * _MOST)
def _forms(key: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The forms in which a key may be written, longest first, with the parts to find each by."""
    forms = sorted(dict.fromkeys(_written(key)), key=len, reverse=True)
    return tuple((form, _parts(form)) for form in forms if len(form) >= _LEAST)


def _written(key: str) -> Iterator[str]:
    yield from (key, quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1], html.escape(key))
    raw = key.encode()
    yield raw.hex()
    if len(key) < _PART:  # base64 of a shorter key is in many words
        return
    for shift in range(
        3
    ):  # the key may begin at any byte of the encoded text: "Bearer ...", "user:..."
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(b"\0" * shift + raw).decode().rstrip("=")
            yield coded[(0, 2, 3)[shift] : -1]


def _parts(form: str) -> tuple[str, ...]:
    """Pieces of a form: any part of twice their length holds one. () where the form is short."""
    if len(form) < 2 * _PART:
        return ()
    lowered = form.lower()
    return tuple(
        dict.fromkeys(lowered[at : at + _PART] for at in range(0, len(form) - _PART + 1, _PART))
    )


def _without_parts(text: str, form: str, parts: tuple[str, ...]) -> str:
    """Mask the parts of a form in a text: find a piece, and grow it to both sides."""
    lowered, known = text.lower(), form.lower()
    if len(lowered) != len(text):  # a lower-case letter may be longer: positions would not match
        lowered = text
    spans: list[tuple[int, int]] = []
    for number, part in enumerate(parts):
        place = lowered.find(part)
        while place >= 0:
            spans.append(_grown(lowered, known, place, number * _PART))
            place = lowered.find(part, spans[-1][1])
    # A common beginning (sk-proj-) alone is too short to be masked.
    spans = sorted(s for s in spans if s[1] - s[0] >= min(2 * _PART, len(form)))
    out, place = [], 0
    for start, end in spans:
        if end > place:
            out += [text[place : max(start, place)], MASK if start >= place else ""]
            place = end
    return "".join([*out, text[place:]]) if out else text


def _grown(text: str, form: str, place: int, at: int) -> tuple[int, int]:
    start, first = place, at
    while start > 0 and first > 0 and text[start - 1] == form[first - 1]:
        start, first = start - 1, first - 1
    end, last = place + _PART, at + _PART
    while end < len(text) and last < len(form) and text[end] == form[last]:
        end, last = end + 1, last + 1
    return start, end


def _without_word(text: str, form: str) -> str:
    """Mask a short key where it stands alone: inside a longer word it is no key."""
    out, place = [], 0
    while (found := text.find(form, place)) >= 0:
        end = found + len(form)
        before, after = text[found - 1 : found] if found else "", text[end : end + 1]
        inside = (before.isalnum() or after.isalnum()) and (form.isalpha() or len(form) < _PART)
        out += [text[place:found], form if inside else MASK]
        place = end
    return "".join([*out, text[place:]])


SECRETS = Redactor()
"""The keys of all endpoints of this process, as one server may quote the key of another."""
