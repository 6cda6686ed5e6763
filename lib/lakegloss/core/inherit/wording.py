"""Tells whether a comment speaks of its table, and rewords it for another one.

In doubt, a comment counts as speaking of its table: what cannot be taken over is asked for.
"""

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

from lakegloss.core.names import join_path, leaf, split_path
from lakegloss.core.profile.keys import entity_words
from lakegloss.core.words.generic import FOR_ANY_ROW, NOT_THE_SUBJECT
from lakegloss.core.words.lexicon import expand_words, word_set, words_of
from lakegloss.core.words.nouns import entity_of, singular_by_ending

_LOOSE = NOT_THE_SUBJECT | word_set(
    "identifier id ids key foreign reference references referring refers number code name unique an"
    " that this each which whom who whose it its belong belongs belonging associated linked related"
    " recorded records record relates assigned concerned concerns applies was were are as from"
)
_THIS = re.compile(r"\bth(?:is|ese) ([a-z]+)")
_WORD_OR_NUMBER = re.compile(r"[^\W\d_]+|\d+")
_STEM = 4


def reworded(text: str, table: str, other: str, column: str, *, free: bool) -> str:
    """Reword a column's comment for a column of another table; '' where that cannot be done.

    A text that does not speak of its table stays as it is. "When the order was placed" can be said
    of another table, with that table's noun, where the verb fits any row: for columns of load tools
    (`free`), and where the rest is only words such as "belongs to".
    """
    if not speaks_of_table(text, table, column):
        return "" if speaks_of_one(text, table, other, column) else text
    noun, other_noun = _noun(table), _noun(other)
    if not noun or not other_noun:
        return ""
    pattern = re.compile(rf"\b(the|this|each|every) {re.escape(noun)}(?![\w-])", re.IGNORECASE)
    rest = pattern.sub(" ", text)
    still_speaks = speaks_of_table(rest, table, column) or speaks_of_one(rest, table, other, column)
    if rest == text or still_speaks or not (free or _fits_any_row(rest, column)):
        return ""
    return pattern.sub(lambda match: f"{match.group(1)} {other_noun}", text)


def _noun(table: str) -> str:
    """Name what one row is, with all words of the table's name; '' where the name does not tell."""
    words = [word for word in entity_words(table) if not word.isdigit()]
    if not words or not entity_of(table):
        return ""
    return " ".join(expand_words((*words[:-1], singular_by_ending(words[-1]))))


def _fits_any_row(text: str, column: str) -> bool:
    text_words = {word.lower() for word in _WORD_OR_NUMBER.findall(text)} - _LOOSE
    return all(
        any(_are_alike(word, name_word) for name_word in _words(column)) for word in text_words
    )


def speaks_of_table(text: str, table: str, column: str) -> bool:
    """Whether a column's comment has words of its table's name that the column's has not."""
    column_words = _words(column)
    table_words = _without(
        _words(join_path(split_path(table)[-1:])) - NOT_THE_SUBJECT, column_words
    )
    named_nouns = _THIS.findall(text.lower())
    return _mentions(text, table_words) or any(
        w not in FOR_ANY_ROW and w not in column_words for w in named_nouns
    )


def speaks_of_one(text: str, table: str, other: str, column: str) -> bool:
    """Whether a comment has words of a table's name, such as a year, that another name has not."""
    return _mentions(text, _without(_subject(table), _subject(other) | _words(column)))


def _mentions(text: str, subject: AbstractSet[str]) -> bool:
    text_words = {word.lower() for word in _WORD_OR_NUMBER.findall(text)}
    return any(_are_alike(word, name_word) for word in text_words for name_word in subject)


def _without(words: AbstractSet[str], free: AbstractSet[str]) -> set[str]:
    return {word for word in words if not any(_are_alike(word, excluded) for excluded in free)}


def _subject(table: str) -> set[str]:
    """The words of a table's and its schema's name, also in the singular and written out."""
    parts = [_words(join_path((part,))) for part in split_path(table)[-2:]]
    return set().union(*parts) - NOT_THE_SUBJECT


@lru_cache(maxsize=65_536)
def _words(path: str) -> frozenset[str]:
    words = words_of(leaf(path))
    plain = expand_words(words)
    return frozenset({*words, *plain, *(singular_by_ending(word) for word in (*words, *plain))})


def _are_alike(word: str, other: str) -> bool:
    """The same word, or one of the same beginning (shipped, shipment)."""
    if word == other:
        return True
    return len(other) >= _STEM and not other.isdigit() and word[:_STEM] == other[:_STEM]
