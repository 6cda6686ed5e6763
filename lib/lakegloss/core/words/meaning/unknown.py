"""Lists the words of names that lakegloss does not know, by how many columns hold them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import leaf
from lakegloss.core.words.clause import Setting
from lakegloss.core.words.generic import NAMELESS_KEYS
from lakegloss.core.words.lexicon import (
    erp_field,
    expand_words,
    system_column,
    word_set,
    words_of,
)
from lakegloss.core.words.meaning.glossary import glossary_of
from lakegloss.core.words.meaning.languages import in_english
from lakegloss.core.words.meaning.readable import is_readable, is_small
from lakegloss.core.words.meaning.reading import EVERYWHERE, read_name, without_custom
from lakegloss.core.words.meaning.senses import is_known
from lakegloss.core.words.surroundings import setting_of
from lakegloss.core.words.units import split_unit

_EXAMPLES = 3
_LEAST_LETTERS = 2
_KINDS = NAMELESS_KEYS | word_set("""
identifier flag share rate amount percent percentage average minimum maximum and of the
""")
"""Words for kinds of values: by themselves they do not tell what a column holds."""

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


def _unknown(table: Table, column: Column, seen: Evidence | None, lines: Lines) -> tuple[str, ...]:
    glossary = glossary_of(lines(table.name, column.path))
    return unknown_in(leaf(column.path), setting_of(table, column, seen, glossary))


def unknown_in(name: str, setting: Setting) -> tuple[str, ...]:
    """The words of a column's name, each once, that are left without a meaning.

    A name of single letters and numbers only (`k232`), which no reader knows, is one such word.
    """
    words = words_of(without_custom(name))
    if erp_field(name, sure=not setting.erp, beside=setting.siblings) or system_column(words):
        return ()
    if setting.language and in_english(without_custom(name), setting.language):
        return ()
    left = read_name(name, setting)
    before, unit = split_unit(words) if setting.number else (words, "")
    units = set(words[len(before) :]) if unit else set()
    kept = {word.lower() for word in left if word.isupper()}
    found = tuple(
        word
        for word in dict.fromkeys(word.lower() for word in left)
        if word in words
        and word not in units
        and (word in kept or not _is_plain(word, setting))
        and _is_word(word)
    )
    return found or ((name.lower(),) if _is_mark(left, words) else ())


def _is_plain(word: str, setting: Setting) -> bool:
    """Whether a reader of English knows a word; among foreign names only what the lexicon has."""
    if is_known(word) or is_small(word) or word in EVERYWHERE:
        return True
    return not setting.foreign and is_readable(word)


def adds(name: str, setting: Setting, unknown: Collection[str]) -> bool:
    """Whether a column's name in plain words tells enough: unknown words are less than half of it.

    A unit, or a short form that is written out, tells more than the name itself. Words that say
    only of which kind a value is (`no` for number, `dt` for date), and the noun for a row, do not.
    """
    left = read_name(name, setting)
    if setting.number and split_unit(left)[1]:
        return True
    raw = words_of(without_custom(name))
    plain = {word.lower() for word in expand_words(left)} - {*setting.entity.split(" ")} - _KINDS
    naming = {word for word in plain if _is_word(word) and not is_small(word)}
    return bool(plain.difference(raw)) or 2 * len(unknown) < len(naming)


def _is_mark(left: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether a name, as it was read, is still no more than one letter and a number."""
    is_bare = all(word.isdecimal() or (len(word) == 1 and word.isalpha()) for word in words)
    same = tuple(word.lower() for word in expand_words(left)) == words
    return is_bare and same and not all(word.isdecimal() for word in words)


def _is_word(word: str) -> bool:
    return len(word) >= _LEAST_LETTERS and not any(letter.isdigit() for letter in word)
