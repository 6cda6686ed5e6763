"""Doubts single texts of a model that have no relation to name, type, evidence or table.

A weak model writes fluent sentences about nothing that was asked. A text is doubted only where the
name is understood (`core.words.related`), the text is English, and no word of it belongs to
the name, to what explains it, to the evidence, the table or the columns beside it; or where it
speaks of a quantity, and the type is a date or a truth value. Whether a related text is true
cannot be told without a model. Texts of people are never judged.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lakegloss.core.assets import Column, Table
from lakegloss.core.checks.sieves import sieve
from lakegloss.core.data_types import is_boolean, is_moment
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import own_name, split_path
from lakegloss.core.words.generic import ID_WORDS, IN_ANY_TABLE
from lakegloss.core.words.lexicon import word_set
from lakegloss.core.words.related import (
    is_english,
    is_understood,
    name_in_words,
    plain_words,
    relatives,
    short_stem,
    stem,
)

NO_RELATION = "it has no relation to the name, the type, the data or the table"
NO_TIME = "the column holds dates or times, and it tells of none"
QUANTITY = "it tells of a quantity, which this type cannot hold"

_LEAST = 2
"""A text of fewer words that say something is not judged."""
_SENTENCE = 4
_ENGLISH = word_set("the of and is was for with which this that from by when how each an has are")
_ONLY_ENGLISH = word_set("the and with which this that from when how each are has its")
_FILLER = word_set("""
a an the this that these those of in on at to is are was were be been being by with and or as its
it each per which who whose for from into column field table value values data dataset record
records row rows contains contain stores store holds hold represents represent indicates specifies
describes information about associated related given not no if any all also used using can may has
have had one two some such other than then there their they he she more most only very over out up
between during within same so but
""")
_ITSELF = word_set("comment comments description descriptions sentence example placeholder text")
_OPEN = word_set("""
value values data info information type kind class category group level label flag code text content
result amount total count number note notes comment comments description attribute measure metric
other item key label
""")
"""Names of such words alone leave it open what they are about."""
_ENGLISH_NAME = re.compile(
    r"(?:(?:us|uk|british|american) )?english\b|en(?:[-_]\w+)?$", re.IGNORECASE
)
_NUMBER_OF = re.compile(r"\bnumbers? of\b", re.IGNORECASE)
_COUNTED = word_set("total amount count number")
_IDIOM = sieve(
    r"\b(?:over|at a|real|part|full|any|every|some|long|same|of all|all|most of the|in|on|spare"
    r"|free|first)[ -]time\b|\btime and again\b|\bonce upon a time\b"
    r"|\b(?:good|old) (?:times|days)\b",
    "time", " days",
)  # fmt: skip
_TIME = re.compile(
    r"\b(?:dates?|days?|daily|when|months?|monthly|years?|yearly|annual|times?|timestamps?"
    r"|datetimes?|moments?|instants?|quarters?|weeks?|weekly|weekdays?|starts?|started|starting"
    r"|ends?|ended|begins?|began|beginning|until|since|creat(?:ed|ion)|updated?|modified|birth"
    r"|born|died|death|deadline|due|periods?|calendar|seasons?|schedul\w+|last|first|latest"
    r"|earliest|effective|valid|expir\w+|recent\w*|as of|clock|epoch|utc|age|anniversary"
    r"|holidays?|centur(?:y|ies)|decades?)\b",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"^(?:the |a |an |this |total |average )*(?:rate|ratio|price|amount|percentage|percent"
    r"|proportion|cost|sum|average|weight|height|number|count|quantity|speed)s? "
    r"(?:of|per|for|at|that|in|is|has|paid|charged)\b",
    re.IGNORECASE,
)
_TRUTH = re.compile(
    r"\b(?:whether|if|flag\w*|true|false|yes|indicat\w+|boolean|0|1)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a text should speak of.

    Attributes:
        column: None for the table's own text.
        told: other texts that its writer was given, such as guidance.
    """

    table: Table
    column: Column | None
    evidence: Evidence | None = None
    told: tuple[str, ...] = ()


def doubt(text: str, about: About, *, language: str = "English") -> str:
    """Why a text cannot be about its asset; '' where it may be, or where nothing can be told.

    Args:
        language: that was asked for; texts in others than English are not judged.
    """
    if not _ENGLISH_NAME.match(language.strip()):
        return ""
    if not _is_clear(about):
        return ""
    told = _IDIOM.sub(" ", text)
    if about.column and not name_in_words(own_name(about.column.path)).isdisjoint(ID_WORDS):
        told = _NUMBER_OF.sub(" ", told)
    words = [word for word in plain_words(told) if word not in _FILLER]
    near = _near(about)
    is_near = _is_any_in(near, words)
    if is_near and not _has_telling_type(about):  # most texts: the rest could change nothing
        return ""
    if _is_terse(told, words) or not _is_english(text, words):
        return ""
    wrong = _against_type(told, about)
    if wrong:
        return wrong
    stems = {form(word) for word in words for form in (stem, short_stem)}
    return "" if is_near or stems & _around(about) else NO_RELATION


def _is_any_in(stems: frozenset[str], words: list[str]) -> bool:
    for word in words:  # noqa: SIM110 - a generator takes longer, and this is asked of each text
        if stem(word) in stems or short_stem(word) in stems:
            return True
    return False


def _is_terse(text: str, words: list[str]) -> bool:
    """Whether there are too few words to judge; a sentence about itself alone is long enough."""
    own = sum(word not in _ITSELF for word in words)
    return own < _LEAST and (own > 0 or len(plain_words(text)) < _SENTENCE)


def _is_english(text: str, words: list[str]) -> bool:
    """Whether the words between the others are English, or most words are."""
    every = plain_words(text)
    if sum(word in _ONLY_ENGLISH for word in every) > 1:
        return True
    return is_english(words) and (len(every) < _SENTENCE or not _ENGLISH.isdisjoint(every))


def _is_clear(about: About) -> bool:
    """Whether the name says what the asset is about."""
    if about.column is None:
        return is_understood(own_name(about.table.name))
    name = own_name(about.column.path)
    words = name_in_words(name)
    is_open = words <= _OPEN and (len(words) == 1 or words.isdisjoint(_COUNTED))
    return name.lower() == "id" or (is_understood(name) and len(name) > 2 and not is_open)


def _has_telling_type(about: About) -> bool:
    data_type = about.column.data_type if about.column else ""
    return is_moment(data_type) or is_boolean(data_type)


def _against_type(text: str, about: About) -> str:
    data_type = about.column.data_type if about.column else ""
    if is_moment(data_type):
        return QUANTITY if _QUANTITY.match(text) else "" if _TIME.search(text) else NO_TIME
    if is_boolean(data_type) and _QUANTITY.match(text) and not _TRUTH.search(text):
        return QUANTITY
    return ""


def _near(about: About) -> frozenset[str]:
    """Stems of the asset's own name, of what explains it, and of what its values are."""
    if about.column is None:
        return relatives(own_name(about.table.name))
    near = _near_column(about.column.path, about.column.data_type)
    if about.evidence is None:
        return near
    facts = (about.evidence.semantic, about.evidence.personal, *_parts(about.evidence.reference))
    return near.union(*(relatives(fact) for fact in facts if fact)) if any(facts) else near


@lru_cache(maxsize=8192)
def _near_column(path: str, data_type: str) -> frozenset[str]:
    near = frozenset[str]().union(*(relatives(part) for part in _parts(path)))
    if is_moment(data_type):
        near |= relatives("date")
    return near | relatives("flag") if is_boolean(data_type) else near


def _around(about: About) -> set[str]:
    """Stems of the table, of its columns, and of what the model was told beside the name."""
    names = [*_parts(about.table.name)[-2:], *(own_name(c.path) for c in about.table.columns)]
    for source in about.table.sources:
        names += _parts(source)[-1:]
    texts = [*about.told, about.table.comment, about.column.comment if about.column else ""]
    if about.evidence is not None and about.evidence.is_code:
        texts += [item.value for item in about.evidence.frequent]
    words = (word for text in texts for word in plain_words(text))
    return _stems(word for name in names for word in name_in_words(name)) | _stems(words)


def _stems(words: Iterable[str]) -> set[str]:
    """The stems of words that are not the same in every table."""
    return {stem(w) for w in words if len(w) > 3 and w not in _FILLER and not _is_in_any_table(w)}


def _is_in_any_table(word: str) -> bool:
    return word in IN_ANY_TABLE or word.removesuffix("s") in IN_ANY_TABLE


def _parts(path: str) -> tuple[str, ...]:
    try:
        return split_path(path) if path else ()
    except ValueError:
        return (path,)
