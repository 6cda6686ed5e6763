"""Reads texts of any language as the units that overlaps count.

A unit is a word or a number; in scripts that put no spaces between words (Chinese, Japanese, Thai,
Lao, Khmer, Burmese) it is one character with its marks. Tokenisers that know ASCII only find
nothing in such texts, and score equal ones 0.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

_WITHOUT_SPACES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_NUMBER = r"\d+(?:[.,]\d+)*%?"
_ASCII = re.compile(rf"{_NUMBER}|[^\W_]+(?:'[^\W_]+)?")
# A minus and the signs that tell C++ from C#, and < from >, change what an answer means.
_SIGNS = r"(?<![\w.)])-(?=\.?\d)|\+(?!\d)|[<>=#%&@$\u20ac\u00a3\u00a5\u2248\u2260\u2264\u2265]"
_MINUS = str.maketrans({"\u2212": "-", "\u2019": "'", "\u2018": "'", "\u02bc": "'"})


def units_of(text: str) -> list[str]:
    """The words and numbers of a text, without case; a decimal number is one."""
    return _pattern(ascii_only=text.isascii(), signs=False).findall(_folded(text))


def exact_units_of(text: str) -> list[str]:
    """The same with the signs that change what a short answer means, pictures among them."""
    folded = _folded(text)
    found = _pattern(ascii_only=text.isascii(), signs=True).findall(folded)
    return found or folded.split()


def _folded(text: str) -> str:
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFKC", clean).translate(_MINUS).casefold()


@lru_cache(maxsize=4)
def _pattern(*, ascii_only: bool, signs: bool) -> re.Pattern[str]:
    before = f"{_SIGNS}|" if signs else ""
    if ascii_only:
        return re.compile(before + _ASCII.pattern)
    marks, pictures = _characters(frozenset({"Mn", "Mc"})), _characters(frozenset({"So"}))
    letter = rf"(?![{_WITHOUT_SPACES}])[^\W_][{marks}]*"
    alone = rf"[{_WITHOUT_SPACES}][{marks}\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*"
    after = rf"|[{pictures}\U0001f000-\U0001faff]" if signs else ""
    return re.compile(rf"{before}{_NUMBER}|{alone}|(?:{letter})+(?:'(?:{letter})+)?{after}")


def _characters(categories: frozenset[str]) -> str:
    """The ranges of a character class with all characters of these categories (of the BMP)."""
    codes = [c for c in range(0x300, 0x10000) if unicodedata.category(chr(c)) in categories]
    starts = [codes[0], *(b for a, b in pairwise(codes) if b > a + 1)]
    ends = [*(a for a, b in pairwise(codes) if b > a + 1), codes[-1]]
    return "".join(f"\\u{a:04x}-\\u{b:04x}" for a, b in zip(starts, ends, strict=True))
