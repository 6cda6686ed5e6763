"""Finds values of the data that a comment quotes."""

import re
from collections.abc import Collection, Iterator

from lakegloss.core.evidence import Evidence
from lakegloss.core.personal.privacy import mask_text

_SHORTEST = 3
_RUN = 5
_LONGEST_CODE = 40
_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"
_INTRODUCED = r"(?:such as|e\.g\.,?|for example,?|for instance,?|i\.e\.,?|like|namely|including)\s+"
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def quoted_value(text: str, evidence: Evidence) -> bool:
    """Whether a comment quotes a value of its column, where that is not a small enumeration.

    A value counts where it stands in quotes, where it is introduced as an example, and where it can
    hardly be anything else: digits with letters, several capitalised words, a long number.
    Sentences are never codes, however few there are.
    """
    if evidence.masked:
        return False
    if evidence.is_code:
        return any(_repeats_words(text, v) for v in _values(evidence) if len(v) > _LONGEST_CODE)
    return any(_quotes_value(text, value) for value in _values(evidence))


def personal_value(text: str) -> bool:
    """Whether some part of the comment has the form of personal data or of a secret."""
    return mask_text(text) != text


def any_quoted(text: str, evidence: Collection[Evidence]) -> bool:
    """Whether a table's comment quotes what can only be a value of one of its columns."""
    return any(
        _stands_alone(text, value)
        for column in evidence
        if not column.is_code and not column.masked
        for value in _values(column)
        if _is_unmistakable(value)
    )


def _values(evidence: Evidence) -> Iterator[str]:
    values = [f.value for f in evidence.frequent] + [evidence.minimum, evidence.maximum]
    return (v for v in dict.fromkeys(value.strip() for value in values) if len(v) >= _SHORTEST)


def _quotes_value(text: str, value: str) -> bool:
    if _repeats_words(text, value):
        return True
    if value not in text:
        return False
    if _is_unmistakable(value):
        return _stands_alone(text, value)
    escaped = re.escape(value)
    quotes = re.escape(_QUOTES)
    return bool(
        re.search(rf"[{quotes}]{escaped}[{quotes}]", text)
        or re.search(rf"\b{_INTRODUCED}(?:[^.;]{{0,40}}?\b)?{escaped}\b", text, re.IGNORECASE)
    )


def _repeats_words(text: str, value: str) -> bool:
    """Whether the text takes five words in a row from a longer text of the data."""
    words = value.casefold().split()
    if len(words) < _RUN:
        return False
    text_words = f" {' '.join(text.casefold().split())} "
    runs = (words[start : start + _RUN] for start in range(len(words) - _RUN + 1))
    return any(f" {' '.join(run)} " in text_words for run in runs)


def _stands_alone(text: str, value: str) -> bool:
    """Whether the value stands in the text as words of its own."""
    return bool(re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text))


def _is_unmistakable(value: str) -> bool:
    if _NUMBER.fullmatch(value):
        return len(value.replace("-", "").replace(".", "")) >= 5
    has_letters = any(c.isalpha() for c in value)
    digits = sum(c.isdigit() for c in value)
    if digits:
        return (has_letters and len(value) >= 4) or digits >= 6
    words = value.split()
    return len(words) >= 2 and sum(word[:1].isupper() for word in words) >= 2
