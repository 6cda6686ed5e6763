"""Reads a column's name: in which language it is, and in which sense its short forms stand."""

import re
from dataclasses import replace

from lakegloss.core.words.clause import Setting
from lakegloss.core.words.lexicon import (
    abbreviations,
    system_column,
    vocabulary,
    word_set,
    words_by_form,
    words_of,
)
from lakegloss.core.words.meaning.ambiguous import settled
from lakegloss.core.words.meaning.languages import in_english
from lakegloss.core.words.meaning.readable import is_readable
from lakegloss.core.words.meaning.senses import has_senses, in_the_sense, is_known
from lakegloss.core.words.nouns import singular
from lakegloss.core.words.units import STATISTICS, split_unit

_EPOCH_UNITS = word_set(
    "s sec secs seconds ms msec millis milliseconds us usec micros ns nsec nanos"
)
"""Units of time that end the name of a point in time."""
EVERYWHERE = word_set("""
id ids no nr num nbr number qty amt pct cd dt dtm ts yr flg flag ind url uri ip utc gps lat lon lng
ean iban bic vat stat co2 km kg mm cm mg kw kwh hz email postcode max avg cfg src seq uuid guid
""")
"""Short forms that stand for the same in names of any language."""
_LEAST_SHORT, _LEAST_LONGER = 3, 3
_CUSTOM = re.compile(r"(?<=[^\W_])__(?:c|r|pc)", re.IGNORECASE)
"""What Salesforce puts after the names of fields that its customers made."""


def read_name(name: str, setting: Setting) -> tuple[str, ...]:
    """Split a column's name into words, short forms put into the meaning that they have there.

    A name in another language comes in English; where the lexicon lacks one of its words, it stays
    as it is. So does one among names of another language, unless a whole word of it is English.
    """
    own = _without_epoch_unit(without_custom(name), setting)
    if setting.foreign and not _is_in_glossary(own, setting):
        english = in_english(own, setting.language) if setting.language else ()
        if english or not _speaks_english(own):
            return english or _as_it_is(own)
    words = settled(words_of(own), setting.siblings, number=setting.number)
    if not words or system_column(words):
        return words
    words = tuple(_spelled_out(word, setting) or word for word in words)
    before, unit = split_unit(words) if setting.number else (words, "")
    around = replace(setting.around, unit=unit)
    if unit and words[: len(before)] == before and not has_senses(words[-1]):
        return in_the_sense(before, around) + words[len(before) :]
    return in_the_sense(words, around)


def _spelled_out(word: str, setting: Setting) -> str:
    """The only whole word of the names around that begins with a short form; '' where none does.

    What the lake itself spells out comes before the lexicon, where that lacks the short form or
    has several meanings for it: var is variety beside a variety.
    """
    is_open = has_senses(word) or not is_known(word)
    said = setting.around.glossary or {}
    if not is_open or len(word) < _LEAST_SHORT or word in EVERYWHERE or (word,) in said:
        return ""
    if not word.isalpha() or is_readable(word) or word in STATISTICS:
        return ""
    around = setting.around.weights or {}
    longer = {singular(other) for other in around if _begins(other, word)}
    if has_senses(word) and setting.entity not in longer:
        longer -= {*setting.entity.split(" ")}  # the rep of a visit report is no report
    return longer.pop() if len(longer) == 1 else ""


def _begins(other: str, word: str) -> bool:
    is_longer = len(other) >= len(word) + _LEAST_LONGER and other.startswith(word)
    return is_longer and (_is_whole(other) or is_readable(other))


def without_custom(name: str) -> str:
    """Take away the suffix of a custom field (``Risk__c``)."""
    match = _CUSTOM.search(name)
    return name[: match.start()] if match and match.end() == len(name) else name


def _without_epoch_unit(name: str, setting: Setting) -> str:
    """Take the unit off the name of a moment that is counted since 1970 (``ts_ms``)."""
    head, line, unit = name.rpartition("_")
    return head if setting.epoch and line and head and unit.lower() in _EPOCH_UNITS else name


def _is_in_glossary(name: str, setting: Setting) -> bool:
    return any((word,) in (setting.around.glossary or {}) for word in words_of(name))


def _speaks_english(name: str) -> bool:
    """Whether a name among names of another language is English: not one of short forms only."""
    words = [word for word in words_of(name) if not word.isdigit()]
    whole = any(len(word) > 2 and _is_whole(word) for word in words)
    return whole and all(is_known(word) for word in words)


def _is_whole(word: str) -> bool:
    """Whether a word is a plain English one and no short form."""
    return word in vocabulary() and not _is_short(word)


def _as_it_is(name: str) -> tuple[str, ...]:
    """A name's words, short forms in capitals, so that nothing writes them out in English."""
    words = words_by_form(name)
    return tuple(
        word.upper() if _is_short(word) and not (word == "min" and word != words[-1]) else word
        for word in words
    )


def _is_short(word: str) -> bool:
    known = word in abbreviations() or f"^{word}" in abbreviations() or has_senses(word)
    return known and word not in EVERYWHERE
