"""Selects the lines of guidance and glossary that match an asset; people write them.

The file is YAML; `lakehouse.describe.guidance_file.read_guidance` reads it::

    guidance:                         # rules and background, in plain words
      - Write in British English.     # for everything
      - text: Amounts are in euro cents unless the name ends in _usd.
        tables: sales.*               # a pattern of schema.table, or catalog.schema.table
        columns: "*amount*"           # a pattern of column paths; the table's comment gets it only
                                      # where no pattern of columns is set
    glossary:                         # what words and abbreviations of your house mean
      GMV: gross merchandise value, before returns
      tpv:
        meaning: total payment volume
        tables: payments.*

Patterns are case-insensitive, with ``*`` and ``?``. A glossary term matches where it is a word of a
column's or table's name (``gmv_eur``, ``dailyGMV``), for this asset only.
"""

import fnmatch
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lakegloss.core.names import split_path
from lakegloss.core.text.neutral import neutralise
from lakegloss.core.words.lexicon import words_by_form

LINES_LIMIT = 8
"""The most lines for one asset."""
LINE_LIMIT = 240
"""The most characters of a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A line of guidance and where it holds; the pattern '*' means everywhere."""

    text: str
    tables: str = "*"
    columns: str = ""

    @property
    def scope(self) -> str:
        """Where the line holds, as the model reads it; '' where it holds everywhere."""
        table = "" if self.tables in {"*", "*.*"} else self.tables
        return " ".join(part for part in (table, self.columns) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the glossary, its meaning, and the tables where it has this meaning."""

    word: str
    meaning: str
    tables: str = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """All lines of guidance and glossary. `matching` selects those of one asset."""

    rules: tuple[Rule, ...] = ()
    terms: tuple[Term, ...] = ()
    _by_word: dict[str, list[Term]] = field(init=False, repr=False, compare=False)
    _patterns: dict[str, re.Pattern[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_word: dict[str, list[Term]] = {}
        for term in self.terms:
            words = words_by_form(term.word)
            if words:
                by_word.setdefault(words[0], []).append(term)
        patterns = {r.tables for r in self.rules} | {t.tables for t in self.terms}
        patterns |= {r.columns for r in self.rules}
        object.__setattr__(self, "_by_word", by_word)
        object.__setattr__(
            self,
            "_patterns",
            {p: re.compile(fnmatch.translate(p.lower())) for p in patterns},
        )

    def matching(self, table: str, column: str = "") -> tuple[str, ...]:
        """The lines for a table ('' as column) or one of its columns, bounded and neutralised."""
        if not self.rules and not self.terms:
            return ()
        names = _name_forms(table)
        lines = dict.fromkeys((*self._term_lines(names, column), *self._rule_lines(names, column)))
        return tuple(list(lines)[:LINES_LIMIT])

    def _rule_lines(self, names: tuple[str, ...], column: str) -> Iterator[str]:
        for rule in self.rules:
            if rule.columns and not (column and self._fits(rule.columns, (column.lower(),))):
                continue
            if self._fits(rule.tables, names):
                scope = f"{neutralise(rule.scope, 80)}: " if rule.scope else ""
                yield scope + neutralise(rule.text, LINE_LIMIT)

    def _term_lines(self, names: tuple[str, ...], column: str) -> Iterator[str]:
        words = words_by_form(column or names[-1])
        for start, word in enumerate(words):
            for term in self._by_word.get(word, ()):
                parts = words_by_form(term.word)
                if words[start : start + len(parts)] == parts and self._fits(term.tables, names):
                    text = f"{neutralise(term.word, 60)} = {neutralise(term.meaning, LINE_LIMIT)}"
                    yield text

    def _fits(self, pattern: str, names: Iterable[str]) -> bool:
        compiled = self._patterns[pattern]
        return pattern == "*" or any(compiled.match(name) for name in names)


def _name_forms(table: str) -> tuple[str, ...]:
    """The forms of a table's name that a pattern may mean, the shortest last."""
    try:
        parts = split_path(table.lower())
    except ValueError:
        parts = (table.lower(),)
    return tuple(".".join(parts[start:]) for start in range(len(parts)))
