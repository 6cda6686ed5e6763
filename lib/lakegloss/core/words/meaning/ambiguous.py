"""Settles short forms that have several meanings by the columns beside them."""

from collections.abc import Collection

from lakegloss.core.words.lexicon import word_set, words_of
from lakegloss.core.words.units import split_unit

_STATISTICS = word_set("""
mean avg average min max minimum maximum median med sum count cnt var variance
""")
_PLACES = word_set("lat latitude lon lng long longitude elev elevation")
_ZONES = word_set("tz timezone tzone zone")
_SOURCES = word_set("src source")


def settled(
    words: tuple[str, ...], siblings: Collection[str], *, number: bool = False
) -> tuple[str, ...]:
    """Replace std, alt and dst by the meaning that the columns beside them show.

    Args:
        words: the words of a name, as `words_of` gives them.
        siblings: names of the table's columns.
        number: whether the column holds numbers.
    """
    if "std" in words and _is_deviation(words, siblings, number=number):
        words = (*(word for word in words if word != "std"), "stddev")
    alone, unit = split_unit(words) if number else (words, "")
    if alone not in {("alt",), ("dst",)}:
        return words
    beside = {word for name in siblings for word in words_of(name)}
    if alone == ("alt",) and (unit or beside & _PLACES):
        return ("altitude", *words[1:])
    if words == ("dst",) and beside & _ZONES:
        return ("daylight", "saving", "time")
    return ("destination",) if words == ("dst",) and beside & _SOURCES else words


def _is_deviation(words: tuple[str, ...], siblings: Collection[str], *, number: bool) -> bool:
    """Whether std ends a number's name, or stands where a sibling has another statistic."""
    if number and (words[-1] == "std" or split_unit(words)[0][-1] == "std"):
        return True
    at = words.index("std")
    same = ((*words[:at], word, *words[at + 1 :]) for word in sorted(_STATISTICS))
    others = {words_of(name) for name in siblings}
    return any(other in others for other in same)
