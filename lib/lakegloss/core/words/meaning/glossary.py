"""Reads lines of the glossary as the rules for comments use them: a short form and its meaning."""

import re
from collections.abc import Iterable

from lakegloss.core.words.lexicon import words_of
from lakegloss.core.words.meaning.senses import Glossary

_LINE = re.compile(r"\s*([^=]{1,60}?)\s*=\s*(.+)", re.DOTALL)
_AFTER_THE_NOUN = re.compile(r"\s*(?:[,;(.]|\s[-–—]\s).*", re.DOTALL)  # noqa: RUF001
_LONGEST = 60


def glossary_of(lines: Iterable[str]) -> Glossary:
    """Read lines of the form `whs = warehouse`; other lines are no entries of a glossary.

    Of a meaning counts what comes before the first comma, bracket or dash, at most 60 characters:
    it stands within a clause.
    """
    entries: dict[tuple[str, ...], str] = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        words = words_of(match[1]) if match else ()
        meaning = _AFTER_THE_NOUN.sub("", match[2].strip()) if match else ""
        if 0 < len(words) <= 3 and match and " " not in match[1].strip() and _fits(meaning):
            entries.setdefault(words, " ".join(meaning.split()))
    return entries


def _fits(meaning: str) -> bool:
    return 0 < len(meaning) <= _LONGEST and meaning.isprintable()
