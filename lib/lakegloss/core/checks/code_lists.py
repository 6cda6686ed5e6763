"""Finds in a comment the lists of codes that its column is said to hold, and judges them.

A closed list ("One of 'A', 'B'") is false once another code is seen, however rare. A code that is
listed and does not occur makes none false: it may have occurred, or be allowed. How much white
space there is and a decimal zero (1, 1.0) tell no codes apart; upper and lower case do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lakegloss.core.checks.truth import Truth, truth
from lakegloss.core.evidence import Evidence
from lakegloss.core.words.lexicon import word_set

_ITEM = r"(?:'[^']{0,40}'|(?<![\w.])-?\d{1,9}(?:\.\d+)?(?![\w%]))"
_ITEMS = rf"{_ITEM}(?:(?:, and |, or |, | or | and ){_ITEM})+"
_CLOSED = re.compile(rf"\b(?:one of|either|values are|all codes):? ({_ITEMS})", re.IGNORECASE)
_OPEN = re.compile(
    rf"\b(?:such as|including|for example,?|e\.g\.,?):? ({_ITEMS}|'[^']{{0,40}}')", re.IGNORECASE
)
_EACH = re.compile(_ITEM)
_MEANING = re.compile(
    r"(?<![\w.'])(?:'([^']{1,40})'|(\d{1,3}|[A-Z]))(?: ?= ?| means | stands for | for | if )"
    r"|(?<![\w.])([A-Z]{2,4}\d{0,3}|\d{4,5})(?: ?= ?| means | stands for )"
    r"|\b(zero) (?:for|if|when|means)\b",
    re.IGNORECASE,
)
_SIGN_OF_ITEM = re.compile(r"['\d]")
_SIGN_OF_MEANING = re.compile(r"\b[A-Z]{1,4}\d* (?:means|stands|for|if)\b|[Zz]ero ")
_PLACEHOLDERS = word_set("null none na n/a nan nil") | {""}
_LEAST_NAMED = 2
_SLACK = 4
"""More distinct values than are listed may be placeholders; so many more are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """Codes that a comment names; a closed list says that there are no others."""

    codes: frozenset[str]
    closed: bool = False

    @property
    def against(self) -> str:
        """What is wrong where it is false."""
        if self.closed:
            return "it lists the codes, but others were seen"
        return "none of the codes that it names occurs"

    def truth(self, evidence: Evidence) -> Truth:
        """Judge the list by its column's values."""
        if evidence.masked or evidence.personal:
            return Truth.OPEN
        seen = {_plain(f.value) for f in evidence.frequent} - _PLACEHOLDERS
        are_all = 0 < evidence.distinct == len(evidence.frequent)
        others = seen - self.codes
        if self.closed:
            too_many = evidence.distinct > len(self.codes) + _SLACK
            return truth(holds=are_all and bool(seen), fails=bool(others) or too_many)
        return truth(
            holds=self.codes <= seen,
            fails=are_all and len(self.codes) >= _LEAST_NAMED and not self.codes & seen,
        )


def lists_in(text: str) -> Iterator[CodeList]:
    """The lists of codes in a comment, and the codes whose meaning it tells."""
    # Most texts have no sign of a code, and the patterns take longer than the look at the signs.
    has_item = _SIGN_OF_ITEM.search(text) is not None
    for pattern, closed in ((_CLOSED, True), (_OPEN, False)) if has_item else ():
        for match in pattern.finditer(text):
            codes = frozenset(_plain(item) for item in _EACH.findall(match.group(1)))
            yield CodeList(codes=codes - _PLACEHOLDERS, closed=closed)
    if not (has_item or "=" in text or _SIGN_OF_MEANING.search(text)):
        return
    meant = frozenset(
        _plain("0" if zero else quoted or short or long)
        for quoted, short, long, zero in _MEANING.findall(text)
        if zero or quoted or (short or long).isdigit() or (short or long).isupper()
    )
    if meant - _PLACEHOLDERS:
        yield CodeList(codes=meant - _PLACEHOLDERS)


def _plain(value: str) -> str:
    """A code without what writes the same one otherwise."""
    text = " ".join(value.strip().strip("'").split()).removesuffix(".0")
    if text.lower() in _PLACEHOLDERS:
        return ""
    return text.lstrip("0") or "0" if text.isdigit() else text
