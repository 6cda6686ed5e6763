"""Rates what a comment tells beyond the names, and whether it tells it of its own column.

Two shares are rated without understanding a text. Substance: words that neither the names say nor
any column's comment could have; repeating the name in a longer sentence adds none. Fit: how many
words of the column's own name the text takes up, against the names of the columns beside it; words
that many columns of the table share count little. A word of a name is taken up by itself, written
out (by the glossary, in its consonants, in its initials), by a word of its field, or by words that
it may be short for. Where neither the own name nor another is taken up, or nobody knows a word of
the own name, nothing can be told, and the fit is in the middle.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from lakegloss.core.assets import Column, Table
from lakegloss.core.data_types import is_boolean, is_moment, is_number
from lakegloss.core.evidence import Evidence
from lakegloss.core.metrics.terms import EMPTY_WORDS, FUNCTION_WORDS, NameMask, tokens
from lakegloss.core.metrics.terms import stem as ending_stem
from lakegloss.core.names import own_name
from lakegloss.core.words.facts import without_facts
from lakegloss.core.words.lexicon import expand, vocabulary, word_set, words_of
from lakegloss.core.words.meaning.languages import is_foreign
from lakegloss.core.words.meaning.readable import is_readable
from lakegloss.core.words.meaning.senses import Glossary, is_known
from lakegloss.core.words.meaning.skeletons import consonants
from lakegloss.core.words.related import name_in_words, relatives, short_stem, stem

NO_GLOSSARY: Glossary = MappingProxyType({})
_VAGUE = EMPTY_WORDS | word_set("""
object objects thing things variable variables measure measures metric metrics number
identifier identifiers id ids name code codes key type amount count whether flag indicator date
time timestamp text string unique associated corresponding respective overall specified
standard common commonly user
""")
"""Words that tell little by themselves, though names may not have them."""
_WRITTEN_OUT = 0.5
_BY_FIELD, _BY_SHORT = 0.6, 0.7
_OF_RIVALS = 0.5
"""What a mere hint at another column counts beside one at the own column."""
_AGREES = 0.15
_TRUTH_VALUES = 3
_SHORTEST = 3
_LONGEST_ACRONYM = 6
_SHARPNESS = 6.0
_SIBLINGS = 400
"""Columns beside it that a text is compared with; wider tables are compared in part."""
_FEW_ENGLISH = 0.25
_OPERANDS = re.compile(r"(\w+)\s+[-+*/=]\s+(?=(\w+))")
_MOMENT = re.compile(r"\b(?:dates?|times?|timestamps?|when|day|month|year|hour)\b", re.IGNORECASE)
_BEGINS_AS_MOMENT = re.compile(r"^(?:the |a )?(?:date|time|timestamp|when|day)\b", re.IGNORECASE)
_TRUTH = re.compile(
    r"^(?:whether|if|flag|true|indicates? (?:whether|if)|does|is|are|1 (?:if|for|=))\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\b(?:number of|how many|amount|percent(?:age)?|share of|rate|ratio|average|mean|total|count"
    r"|sum|median|score|proportion|estimate)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a comment tells.

    Attributes:
        substance: 0 to 1; near 0.2 where it says only what the names say.
        words: how many words it has that tell something.
        fit: 0 to 1; 0.5 where nothing shows of which column it speaks.
        mistaken_for: the path of the column that it fits better; '' where none.
    """

    substance: float
    words: float
    fit: float
    mistaken_for: str = ""


def telling(
    text: str,
    table: Table,
    column: Column | None,
    evidence: Evidence | None = None,
    *,
    glossary: Glossary = NO_GLOSSARY,
) -> Telling:
    """Rate a comment of a column, or of the table (column is None, which fits as it is).

    Args:
        glossary: what people said that words of the table's names mean.
    """
    words = _words_beyond(_of_meaning(text, table, column, glossary), table, column)
    substance = 1 - 0.8 * math.exp(-1.25 * words)
    if column is None:
        return Telling(substance=substance, words=words, fit=1.0)
    spoken = _Spoken(text, glossary)
    weights = _weights(table)
    own = _taken_up(column, spoken, weights) + _kind(text, column.data_type, evidence)
    best, other, of_table = 0.0, "", frozenset(words_of(own_name(table.name)))
    own_words = name_in_words(own_name(column.path))
    for sibling in _beside(table, column):
        if name_in_words(own_name(sibling.path)) <= own_words:
            continue
        rival = _taken_up(
            sibling, spoken, weights, hints=_OF_RIVALS if own > 0 else 0.0, of_all=of_table
        )
        rival += _kind(text, sibling.data_type, None)
        if rival > best:
            best, other = rival, sibling.path
    hidden = not (_is_legible(column, glossary) or _begins_with(spoken, other))
    if hidden or (own <= 0 and not _is_english(spoken)) or _is_formula(text, table, column):
        best, other = own, ""  # that a text has no word of a name that nobody reads says nothing
    fit = 1 / (1 + math.exp(-_SHARPNESS * (own - best)))
    return Telling(
        substance=substance, words=words, fit=fit, mistaken_for=other if best > own else ""
    )


def _of_meaning(text: str, table: Table, column: Column | None, glossary: Glossary) -> str:
    """A text without what it says of values only: behind a name that nobody knows, codes are."""
    codes = column is not None and not _is_legible(column, glossary, table)
    return without_facts(text, codes=codes)


def _is_formula(text: str, table: Table, column: Column) -> bool:
    """Whether a text computes with two other columns: it speaks of both, and so of this one."""
    names = [name_in_words(own_name(c.path)) for c in _beside(table, column)]
    for left, right in _OPERANDS.findall(text.lower()):
        first = {i for i, words in enumerate(names) if left in words}
        second = {i for i, words in enumerate(names) if right in words}
        if first and second and first != second:
            return True
    return False


def _words_beyond(text: str, table: Table, column: Column | None) -> float:
    mask = NameMask(table.name, column.path if column else "")
    named = name_in_words(own_name(column.path)) if column else frozenset[str]()
    named |= name_in_words(own_name(table.name))
    numbers = {word for word in words_of(own_name(column.path if column else "")) if word.isdigit()}
    named_stems = {form(word) for word in named for form in (stem, ending_stem)}
    told = 0.0
    for word in dict.fromkeys(mask.left(text)):
        if word in FUNCTION_WORDS or word in _VAGUE or word in numbers:
            continue
        told += _WRITTEN_OUT if stem(word) in named_stems else 1.0
    return told


class _Spoken:
    """A text as stems, and as words in order; `meant` are words of names that it has by meaning."""

    def __init__(self, text: str, glossary: Glossary = NO_GLOSSARY) -> None:
        every = tokens(text)
        self.words = [word for word in every if word not in FUNCTION_WORDS]
        self.stems = {form(word) for word in self.words for form in (stem, short_stem)}
        self.set = frozenset(self.words)
        self.initials = "".join(word[0] for word in self.words)
        self.all_initials = "".join(word[0] for word in every)
        self.meant = {
            word
            for words, meaning in glossary.items()
            if self.stems & {stem(part) for part in tokens(meaning) if part not in FUNCTION_WORDS}
            for word in words
        }


def _is_english(spoken: _Spoken) -> bool:
    """Whether enough longer words of a text are English ones; a few are those of many languages."""
    longer = [word for word in spoken.words if len(word) >= _SHORTEST]
    return sum(word in vocabulary() for word in longer) > _FEW_ENGLISH * len(longer)


def _beside(table: Table, column: Column) -> Sequence[Column]:
    return [c for c in table.columns if c.path != column.path][:_SIBLINGS]


@lru_cache(maxsize=256)
def _weights_of(paths: tuple[str, ...]) -> dict[str, float]:
    counts = Counter(word for path in paths for word in set(words_of(own_name(path))))
    return {word: math.log(1 + len(paths) / count) for word, count in counts.items()}


def _weights(table: Table) -> dict[str, float]:
    """How much each word of a name tells its column from the others of the table."""
    return _weights_of(tuple(column.path for column in table.columns[: _SIBLINGS + 1]))


def _taken_up(
    column: Column,
    spoken: _Spoken,
    weights: dict[str, float],
    *,
    hints: float = 1.0,
    of_all: frozenset[str] = frozenset(),
) -> float:
    """The share of a name, rare words counting more, that a text takes up.

    Args:
        hints: what words count that may be meant, but are not the name's own.
        of_all: words of the table's name, which a text about any column may have.
    """
    words = [w for w in words_of(own_name(column.path)) if not w.isdigit()]
    whole = sum(weights.get(word, 1.0) for word in words)
    if not whole:
        return 0.0
    taken = 0.0
    for word in (word for word in words if word not in of_all):
        share = _is_taken_up(word, spoken)
        taken += weights.get(word, 1.0) * (share if share == 1 else hints * share)
    return taken / whole


def _is_legible(column: Column, glossary: Glossary, table: Table | None = None) -> bool:
    """Whether a reader knows a word of a name; single letters and numbers are none.

    Args:
        table: where its names are not English, what only reads like a word is none.
    """
    words = [w for w in words_of(own_name(column.path)) if len(w) > 1 and w.isalpha()]
    said = {word for words in glossary for word in words}
    paths = frozenset(c.path for c in table.columns) if table else frozenset[str]()
    foreign = table is not None and is_foreign(own_name(table.name), paths)
    return any(
        is_known(word) or word in said or (not foreign and is_readable(word)) for word in words
    )


def _begins_with(spoken: _Spoken, path: str) -> bool:
    """Whether the first word of a text that tells something is one of another column's name."""
    first = next((word for word in spoken.words if word not in _VAGUE), "")
    return bool(path and first) and stem(first) in map(stem, name_in_words(own_name(path)))


def _is_taken_up(word: str, spoken: _Spoken) -> float:
    if word in spoken.set or stem(word) in spoken.stems or word in spoken.meant:
        return 1.0
    if _is_skeleton(word, spoken):
        return 1.0
    if any(stem(w) in spoken.stems for w in expand(word).split()):
        return 1.0
    if len(word) >= _SHORTEST and any(_may_be_short(word, other) for other in spoken.set):
        return _BY_SHORT
    if 2 <= len(word) <= _LONGEST_ACRONYM and (
        word in spoken.initials or word in spoken.all_initials
    ):
        return _BY_SHORT
    return _BY_FIELD if relatives(word) & spoken.stems else 0.0


def _is_skeleton(word: str, spoken: _Spoken) -> bool:
    """Whether a short form is surely one of the text: consonants of a word, or several initials."""
    if len(word) < _SHORTEST or not word.isalpha():
        return False
    if word in spoken.initials or word in spoken.all_initials:
        return True
    return any(consonants(other) == word for other in spoken.set if len(other) > len(word))


@lru_cache(maxsize=1 << 15)
def _may_be_short(short: str, word: str) -> bool:
    """Whether a word begins alike and has the letters of the other in their order."""
    if len(word) <= len(short) or word[0] != short[0]:
        return False
    letters = iter(word)
    return all(letter in letters for letter in short)


def _kind(text: str, data_type: str, evidence: Evidence | None) -> float:
    """How well the kind of a text goes with a type, and with how many values there are."""
    moment, number = is_moment(data_type), is_number(data_type)
    distinct = evidence.distinct if evidence is not None else 0
    if _TRUTH.search(text):
        is_truth = is_boolean(data_type) or 0 < distinct <= _TRUTH_VALUES
        return _AGREES if is_truth else -_AGREES if moment or distinct else 0.0
    if _MOMENT.search(text):
        is_against = is_boolean(data_type) and _BEGINS_AS_MOMENT.search(text)
        return _AGREES if moment else -_AGREES if is_against else 0.0
    if _NUMBER.search(text):
        return _AGREES if number else -_AGREES
    return -_AGREES if moment or is_boolean(data_type) else 0.0
