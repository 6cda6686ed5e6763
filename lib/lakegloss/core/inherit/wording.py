"""Whether a comment speaks of the table that it was written for, and how it reads for another.

Rather too often than too rarely: what cannot be taken over is asked for.
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
_SAID = re.compile(r"[^\W\d_]+|\d+")
_STEM = 4


def reworded(text: str, table: str, other: str, column: str, *, free: bool) -> str:
    """A comment of a table's column as it reads for another table's, '' where it may not.

    A text that does not speak of its table stays as it is. "When the order was placed" can be said
    of another table with its own noun where the verb fits any row: that is so of the columns of
    load tools (`free`), and where there are only words such as "belongs to".
    """
    if not speaks_of_table(text, table, column):
        return "" if speaks_of_one(text, table, other, column) else text
    mine, theirs = _noun(table), _noun(other)
    if not mine or not theirs:
        return ""
    place = re.compile(rf"\b(the|this|each|every) {re.escape(mine)}(?![\w-])", re.IGNORECASE)
    rest = place.sub(" ", text)
    spoken = speaks_of_table(rest, table, column) or speaks_of_one(rest, table, other, column)
    if rest == text or spoken or not (free or _is_loose(rest, column)):
        return ""
    return place.sub(lambda match: f"{match.group(1)} {theirs}", text)


def _noun(table: str) -> str:
    """What one row is, with all words of the table's name; '' where the name does not tell."""
    words = [word for word in entity_words(table) if not word.isdigit()]
    if not words or not entity_of(table):
        return ""
    return " ".join(expand_words((*words[:-1], singular_by_ending(words[-1]))))


def _is_loose(text: str, column: str) -> bool:
    said = {word.lower() for word in _SAID.findall(text)} - _LOOSE
    return all(any(_alike(word, own) for own in _words(column)) for word in said)


def speaks_of_table(text: str, table: str, column: str) -> bool:
    """Whether a column's comment has words of its table's name that the column's has not."""
    free = _words(column)
    own = _besides(_words(join_path(split_path(table)[-1:])) - NOT_THE_SUBJECT, free)
    named = _THIS.findall(text.lower())
    return _mentions(text, own) or any(w not in FOR_ANY_ROW and w not in free for w in named)


def speaks_of_one(text: str, table: str, other: str, column: str) -> bool:
    """Whether a comment has words of a table's name that another table's name has not: a year."""
    return _mentions(text, _besides(_subject(table), _subject(other) | _words(column)))


def _mentions(text: str, subject: AbstractSet[str]) -> bool:
    said = {word.lower() for word in _SAID.findall(text)}
    return any(_alike(word, own) for word in said for own in subject)


def _besides(words: AbstractSet[str], free: AbstractSet[str]) -> set[str]:
    return {word for word in words if not any(_alike(word, known) for known in free)}


def _subject(table: str) -> set[str]:
    """The words of a table's and its schema's name, also in the singular and written out."""
    parts = [_words(join_path((part,))) for part in split_path(table)[-2:]]
    return set().union(*parts) - NOT_THE_SUBJECT


@lru_cache(maxsize=65_536)
def _words(path: str) -> frozenset[str]:
    words = words_of(leaf(path))
    plain = expand_words(words)
    return frozenset({*words, *plain, *(singular_by_ending(word) for word in (*words, *plain))})


def _alike(said: str, own: str) -> bool:
    """The same word, or one of the same beginning (shipped, shipment)."""
    if said == own:
        return True
    return len(own) >= _STEM and not own.isdigit() and said[:_STEM] == own[:_STEM]
