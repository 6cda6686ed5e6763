"""Reduces a text to its letters and digits, without escapes, and knows where each was.

What is spaced out, wrapped or escaped has the same letters as what is not.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_ESCAPE = re.compile(
    r"%([0-9A-Fa-f]{2})|&#(\d{1,6});|&#[xX]([0-9A-Fa-f]{1,5});|\\u([0-9A-Fa-f]{4})"
    r"|\\x([0-9A-Fa-f]{2})|\b0x([0-9A-Fa-f]{2})\b|=([0-9A-F]{2})|(&[a-z]{2,8};)"
)
_DECIMAL, _NAMED = 2, 8
_NO_LETTER = re.compile(r"[\W_]+")
_ROUNDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The letters of a text, each with where it begins and ends there."""

    letters: str
    starts: list[int]
    ends: list[int]


def bare(text: str) -> str:
    """The letters and digits of a text, in small letters."""
    return _NO_LETTER.sub("", text).lower()


def quick_views(text: str) -> Iterator[str]:
    """The letters of a text as it is, then without its escapes where it has some."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    yield bare(text)
    for _ in range(_ROUNDS):
        if not _ESCAPE.search(text):
            return
        text = _ESCAPE.sub(_meant, text)
        yield bare(text)


def viewed(text: str) -> View:
    """The letters of a text, each escape as what it means; with the letters of the text as it is.

    Both are needed, as an escape may be read as plain letters, too.
    """
    tokens = [(text[at], at, at + 1) for at in range(len(text))]
    letters, starts, ends = _letters(tokens)
    for _ in range(_ROUNDS):
        joined = "".join(token for token, _, _ in tokens)
        if len(joined) != len(tokens) or not _ESCAPE.search(joined):
            break
        tokens = _without_escapes(joined, tokens)
        more = _letters(tokens)
        letters, starts, ends = (
            letters + "\n" + more[0],
            [*starts, 0, *more[1]],
            [*ends, 0, *more[2]],
        )
    return View(letters=letters, starts=starts, ends=ends)


def _without_escapes(joined: str, tokens: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    found, place = [], 0
    for match in _ESCAPE.finditer(joined):
        found += tokens[place : match.start()]
        found.append((_meant(match)[:1], tokens[match.start()][1], tokens[match.end() - 1][2]))
        place = match.end()
    return found + tokens[place:]


def _letters(tokens: list[tuple[str, int, int]]) -> tuple[str, list[int], list[int]]:
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for token, start, end in tokens:
        plain = token if token.isascii() else unicodedata.normalize("NFKC", token)
        for letter in bare(plain):
            letters.append(letter)
            starts.append(start)
            ends.append(end)
    return "".join(letters), starts, ends


def _meant(match: re.Match[str]) -> str:
    """The letter that an escape stands for; a blank where it stands for none."""
    kind = match.lastindex or 0
    if kind == _NAMED:
        return html.unescape(match[kind])[:1] or " "
    code = int(match[kind], 10 if kind == _DECIMAL else 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "
