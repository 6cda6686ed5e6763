"""Masks keys that are in use wherever the text of somebody else may hold them.

A server or a proxy may quote a request's headers in an error, a page or an answer. Each credential
tells its key here before it is sent; what enters as an attempt is masked by all keys known, so that
no ledger, log, column or terminal is reached by one.
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
"""Keys that are remembered: tokens that are refreshed for weeks must not pile up."""
_LEAST = 4
_PART = 8
"""A part of a key of twice that length is masked, too: messages are cut, and lines are broken."""
_PLACEHOLDERS = frozenset(
    "none null empty dummy fake test token apikey api-key api_key your-api-key no-key nokey no_key "
    "not-needed notneeded not-required ollama lm-studio lmstudio localai local vllm llama anything "
    "unused ignored placeholder changeme default xxxx sk-no-key-required".split()
)
"""What servers without keys are given; to mask these words would harm texts and save nothing."""


class Redactor:
    """The keys in use, and texts without them. Thread-safe."""

    def __init__(self) -> None:
        self._keys: dict[str, None] = {}
        self._lock = threading.Lock()

    def know(self, key: str) -> str:
        """Remember a key; returns it."""
        plain = key.strip()
        if len(plain) >= _LEAST and plain.lower() not in _PLACEHOLDERS:
            with self._lock:
                self._keys.pop(plain, None)
                self._keys[plain] = None
                while len(self._keys) > _MOST:
                    del self._keys[next(iter(self._keys))]
        return key

    def redact(self, text: str) -> str:
        """The text with every form of every key masked: as it is, in part, encoded."""
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
    """How a key may be written, with the parts by which each form is found; longest first."""
    forms = sorted(dict.fromkeys(_written(key)), key=len, reverse=True)
    return tuple((form, _parts(form)) for form in forms if len(form) >= _LEAST)


def _written(key: str) -> Iterator[str]:
    yield from (key, quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1], html.escape(key))
    raw = key.encode()
    yield raw.hex()
    if len(key) < _PART:  # base64 of less is in many words
        return
    for shift in range(3):  # wherever the key begins in what was encoded: "Bearer ...", "user:..."
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(b"\0" * shift + raw).decode().rstrip("=")
            yield coded[(0, 2, 3)[shift] : -1]


def _parts(form: str) -> tuple[str, ...]:
    """Pieces one of which is in any part of the form of twice their length; () of a short one."""
    if len(form) < 2 * _PART:
        return ()
    lowered = form.lower()
    return tuple(
        dict.fromkeys(lowered[at : at + _PART] for at in range(0, len(form) - _PART + 1, _PART))
    )


def _without_parts(text: str, form: str, parts: tuple[str, ...]) -> str:
    """Mask what the text has of a form, from a piece as far as it goes on to both sides."""
    lowered, known = text.lower(), form.lower()
    if len(lowered) != len(text):  # a letter whose small form is longer: places would not fit
        lowered = text
    spans: list[tuple[int, int]] = []
    for number, part in enumerate(parts):
        place = lowered.find(part)
        while place >= 0:
            spans.append(_grown(lowered, known, place, number * _PART))
            place = lowered.find(part, spans[-1][1])
    # Half of a key or more: a common beginning (sk-proj-) alone is none.
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
    """Mask a short key where it stands by itself: within longer words it is none."""
    out, place = [], 0
    while (found := text.find(form, place)) >= 0:
        end = found + len(form)
        before, after = text[found - 1 : found] if found else "", text[end : end + 1]
        inside = (before.isalnum() or after.isalnum()) and (form.isalpha() or len(form) < _PART)
        out += [text[place:found], form if inside else MASK]
        place = end
    return "".join([*out, text[place:]])


SECRETS = Redactor()
"""The keys of this process: of all endpoints, as one's server may quote another's."""
