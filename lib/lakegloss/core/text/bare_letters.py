"""Reduces a text to its letters and digits, without escapes, and knows where each was.

What is spaced out, wrapped or escaped has the same letters as what is not.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from string import ascii_lowercase, ascii_uppercase
from typing import NamedTuple

_ESCAPE = re.compile(
    r"%([0-9A-Fa-f]{2})|&#(\d{1,6});|&#[xX]([0-9A-Fa-f]{1,5});|\\u([0-9A-Fa-f]{4})"
    r"|\\x([0-9A-Fa-f]{2})|\b0x([0-9A-Fa-f]{2})\b|=([0-9A-F]{2})|(&[a-z]{2,8};)"
)
_DECIMAL, _NAMED = 2, 8
_NO_LETTER = re.compile(r"[\W_]+")
_ROUNDS = 2
_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


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

    Both are needed, as an escape may be read as plain letters, too. Takes time in proportion to the
    text: below a second for a million letters.
    """
    marks = _Marks(text, range(len(text)), range(1, len(text) + 1))
    letters, starts, ends = _letters(marks)
    for _ in range(_ROUNDS):
        if not _ESCAPE.search(marks.text):
            break
        marks = _without_escapes(marks)
        more = _letters(marks)
        letters, starts, ends = (
            letters + "\n" + more.text,
            [*starts, 0, *more.starts],
            [*ends, 0, *more.ends],
        )
    return View(letters=letters, starts=list(starts), ends=list(ends))


class _Marks(NamedTuple):
    """A text, and where each of its characters begins and ends in the text that was given."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def _without_escapes(marks: _Marks) -> _Marks:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    place = 0
    for match in _ESCAPE.finditer(marks.text):
        start, end = match.span()
        parts += (marks.text[place:start], _meant(match)[:1])
        starts += marks.starts[place : start + 1]
        ends += marks.ends[place:start]
        ends.append(marks.ends[end - 1])
        place = end
    parts.append(marks.text[place:])
    return _Marks("".join(parts), [*starts, *marks.starts[place:]], [*ends, *marks.ends[place:]])


def _letters(marks: _Marks) -> _Marks:
    """What `bare` leaves, and where each of it was."""
    text, starts, ends = marks
    if not text.isascii():
        plain = [char if char.isascii() else _plain(char) for char in text]
        text = "".join(plain)
        starts = [at for at, found in zip(starts, plain, strict=True) for _ in found]
        ends = [at for at, found in zip(ends, plain, strict=True) for _ in found]
    # Beyond ASCII, `text` has only what `_plain` left.
    is_kept = [char.isalnum() or not char.isascii() for char in text]
    return _Marks(
        "".join(compress(text.translate(_SMALL), is_kept)),
        list(compress(starts, is_kept)),
        list(compress(ends, is_kept)),
    )


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    return bare(unicodedata.normalize("NFKC", char))


def _meant(match: re.Match[str]) -> str:
    """The letter that an escape stands for; a blank where it stands for none."""
    kind = match.lastindex or 0
    if kind == _NAMED:
        return html.unescape(match[kind])[:1] or " "
    code = int(match[kind], 10 if kind == _DECIMAL else 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "
