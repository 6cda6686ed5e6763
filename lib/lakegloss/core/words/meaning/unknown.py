"""Lists the words of names that lakegloss does not know, by how many columns hold them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import leaf
from lakegloss.core.words.lexicon import erp_field, system_column, words_of
from lakegloss.core.words.meaning.glossary import glossary_of
from lakegloss.core.words.meaning.languages import in_english
from lakegloss.core.words.meaning.reading import read_name, without_custom
from lakegloss.core.words.meaning.senses import is_known
from lakegloss.core.words.rules import setting_of
from lakegloss.core.words.units import split_unit

_EXAMPLES = 3
_LEAST_LETTERS = 2

Lines = Callable[[str, str], Iterable[str]]
"""Gives the lines of guidance and glossary for a table and one of its columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownWord:
    """A word or short form without a meaning that lakegloss knows.

    Attributes:
        columns: how many columns hold it; tables: in how many tables they are.
        examples: up to three of these columns, as schema.table.column.
    """

    word: str
    columns: int
    tables: int
    examples: tuple[str, ...]


def unknown_words(
    tables: Iterable[tuple[Table, Mapping[str, Evidence]]], lines: Lines
) -> list[UnknownWord]:
    """List unknown words, those of most columns first.

    Args:
        tables: each with its evidence by path, which settles what some short forms mean.
        lines: the glossary; a word that it explains is known.
    """
    places: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for table, evidence in tables:
        for column in table.columns:
            for word in _unknown(table, column, evidence.get(column.path), lines):
                places[word].append((table.name, f"{table.name}.{column.path}"))
    found = [
        UnknownWord(
            word=word,
            columns=len(held),
            tables=len({table for table, _ in held}),
            examples=tuple(column for _, column in held[:_EXAMPLES]),
        )
        for word, held in places.items()
    ]
    return sorted(found, key=lambda item: (-item.columns, item.word))


def _unknown(table: Table, column: Column, seen: Evidence | None, lines: Lines) -> list[str]:
    """The words of one name, each once, that are left without a meaning."""
    name = leaf(column.path)
    words = words_of(without_custom(name))
    if erp_field(name) or system_column(words):
        return []
    setting = setting_of(table, column, seen, glossary_of(lines(table.name, column.path)))
    if setting.language and in_english(without_custom(name), setting.language):
        return []
    left = read_name(name, setting)
    before, unit = split_unit(words) if setting.number else (words, "")
    units = set(words[len(before) :]) if unit else set()
    kept = {word.lower() for word in left if word.isupper()}
    return [
        word
        for word in dict.fromkeys(word.lower() for word in left)
        if word in words
        and word not in units
        and (word in kept or not is_known(word))
        and _is_word(word)
    ]


def _is_word(word: str) -> bool:
    return len(word) >= _LEAST_LETTERS and not any(letter.isdigit() for letter in word)
