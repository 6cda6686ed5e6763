"""Masks the keys in use in texts that servers send.

A server or a proxy may quote a request's headers in an error, a page or an answer. Each credential
registers its key here before it is sent. All known keys are masked in the text of every attempt, so
that no key reaches a ledger, log, column or terminal.
"""

import base64
import html
import json
import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

from lakegloss.core.text.bare_letters import bare, quick_views, viewed

MASK = "***"
_MOST = 256
"""The most keys that are remembered: tokens refreshed for weeks must not pile up."""
_LEAST = 4
_PART = 8
"""Half of a key is masked as the key is, but never fewer letters than this."""
_ENOUGH = 12
"""Letters in a row that are masked of a key of any length."""
_PIECE, _STEP = 6, 3
"""Letters by which a part of a key is found: the shortest part, of `_PART`, holds one at a step."""
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
        self._short: list[str] = []
        self._long: list[str] = []
        self._pieces: frozenset[str] | None = None

    def know(self, key: str) -> str:
        """Remember a key, and return it."""
        plain = key.strip()
        if len(plain) >= _LEAST and plain.lower() not in _PLACEHOLDERS:
            with self._lock:
                if plain not in self._keys:
                    self._pieces = None
                self._keys.pop(plain, None)
                self._keys[plain] = None
                while len(self._keys) > _MOST:
                    del self._keys[next(iter(self._keys))]
        return key

    def redact(self, text: str) -> str:
        """The text with all keys masked: whole, in part, spaced, escaped or encoded."""
        with self._lock:
            if self._pieces is None:
                self._short, self._long = _sorted(self._keys)
                self._pieces = frozenset().union(*map(_pieces, self._long))
            short, long, pieces = self._short, self._long, self._pieces
        for key in long:
            if len(key) >= 2 * _PART:
                text = text.replace(key, MASK)
        if long and (found := _pieces_in(text, pieces)):
            # Most of many keys are in no text: to look for all forms of each takes seconds.
            text = _without_forms(text, [key for key in long if not found.isdisjoint(_pieces(key))])
        for key in short:
            for form in _words(key):
                if form in text:
                    text = _without_word(text, form)
        return text


def _sorted(keys: Iterable[str]) -> tuple[list[str], list[str]]:
    """The keys that are found as words, and those that are long enough to be found in any form."""
    keys = list(keys)
    short = [key for key in keys if len(bare(key)) < 2 * _PART]
    return short, [key for key in keys if _bare_forms(key)]


def _pieces_in(text: str, pieces: frozenset[str]) -> set[str]:
    """Pieces that the letters of a text hold: at least one of each part of a key in it."""
    found: set[str] = set()
    for letters in quick_views(text):
        places = range(0, len(letters) - _PIECE + 1, _STEP)
        found |= pieces.intersection(letters[at : at + _PIECE] for at in places)
    return found


@lru_cache(maxsize=2 * _MOST)
def _words(key: str) -> tuple[str, ...]:
    """The forms in which a short key may be written, longest first."""
    forms = sorted(dict.fromkeys(_written(key)), key=len, reverse=True)
    return tuple(form for form in forms if len(form) >= _LEAST)


@lru_cache(maxsize=2 * _MOST)
def _bare_forms(key: str) -> tuple[str, ...]:
    """The forms of a key without what is no letter or digit, in small letters; () if too short."""
    forms = dict.fromkeys(bare(form) for form in _written(key))
    return tuple(form for form in forms if len(form) >= 2 * _PART)


@lru_cache(maxsize=2 * _MOST)
def _pieces(key: str) -> frozenset[str]:
    """Pieces of the forms: a part that is long enough holds one at a place divisible by `_STEP`."""
    return frozenset(
        form[at : at + _PIECE] for form in _bare_forms(key) for at in range(len(form) - _PIECE + 1)
    )


def _written(key: str) -> Iterator[str]:
    yield from (key, quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1], html.escape(key))
    raw = key.encode()
    yield raw.hex()
    if len(key) < _PART:  # base64 of a shorter key is in many words
        return
    yield key[::-1]
    yield " ".join(map(str, raw))
    for shift in range(
        3
    ):  # the key may begin at any byte of the encoded text: "Bearer ...", "user:..."
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(b"\0" * shift + raw).decode().rstrip("=")
            yield coded[(0, 2, 3)[shift] : -1]


def _without_forms(text: str, keys: Iterable[str]) -> str:
    """Mask the long keys of a text, however they are spaced, wrapped, escaped or encoded."""
    forms = {form: min(_ENOUGH, max(_PART, len(form) // 2))
             for key in keys for form in _bare_forms(key)}  # fmt: skip
    view = viewed(text)
    spans = []
    for form, least in forms.items():
        for start, end in _runs(view.letters, form, least):
            span = (view.starts[start], view.ends[end - 1])
            # Few words of a key that is made of words may stand in any text.
            is_prose = end - start < min(2 * _PART, len(form)) and " " in text[slice(*span)]
            spans += [] if is_prose else [span]
    out, place = [], 0
    for start, end in sorted(spans):
        if end > place:
            out += [text[place : max(start, place)], MASK if start >= place else ""]
            place = end
    return "".join([*out, text[place:]]) if out else text


def _runs(text: str, form: str, least: int) -> Iterator[tuple[int, int]]:
    """Where at least so many letters in a row are of the form. A common beginning is shorter."""
    is_known = bytearray(len(text))
    for at in range(0, len(form) - _PIECE + 1, max(1, least - _PIECE + 1)):
        piece = form[at : at + _PIECE]
        place = text.find(piece)
        while place >= 0:
            if is_known[place]:
                end = is_known.find(0, place)
                if end < 0:
                    break
            else:
                start, end = _grown(text, form, place, at)
                if end - start >= min(least, len(form)):
                    is_known[start:end] = b"\1" * (end - start)
                    yield start, end
            place = text.find(piece, end)


def _grown(text: str, form: str, place: int, at: int) -> tuple[int, int]:
    start, first = place, at
    while start > 0 and first > 0 and text[start - 1] == form[first - 1]:
        start, first = start - 1, first - 1
    end, last = place + _PIECE, at + _PIECE
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
