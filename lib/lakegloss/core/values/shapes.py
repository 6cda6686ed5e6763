"""Writes the shape of a text: what kinds of characters it has, not which ones."""

import re
import unicodedata
from functools import lru_cache

LONGEST_RUN = 12
LONGEST_SHAPE = 48
_CUT = 256
_LONG_RUN = re.compile(rf"(.)\1{{{LONGEST_RUN},}}")


def shape_of(text: str) -> str:
    """Write the shape of a text: AA-1234 becomes AA-9999.

    Upper-case letters become A, other letters a, digits 9; ASCII punctuation stays. Every kind of
    space and control character becomes a space, any other character `*`. More than 12 characters of
    a kind in a row are written once with a `+` (A+). A shape is cut at 48 characters and then ends
    with `…`. Only the first 256 characters of the text are read.
    """
    marks = "".join(map(_mark, text[:_CUT]))
    short = _LONG_RUN.sub(r"\1+", marks)
    if len(short) > LONGEST_SHAPE:
        return short[: LONGEST_SHAPE - 1] + "…"
    return short


@lru_cache(maxsize=4096)
def _mark(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Lu", "Lt"}:
        return "A"
    if category[0] in "LM":
        return "a"
    if category == "Nd":
        return "9"
    if category[0] in "ZC":
        return " "
    return character if character.isascii() else "*"
