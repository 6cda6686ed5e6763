"""Settles short forms with several meanings by type, values, unit and the names around a column.

`lexicon_data/senses.txt` lists the meanings and their conditions, and says how to read them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from lakegloss.core.words.lexicon import abbreviations, read_lines, vocabulary, word_set, words_of
from lakegloss.core.words.meaning.readable import is_small
from lakegloss.core.words.meaning.skeletons import word_of_skeleton
from lakegloss.core.words.units import UNITS

_Words = tuple[str, ...]
Glossary = Mapping[_Words, str]
"""What people said that words of names mean, by these words in lower case."""

_MINUTES = ("min",)
_LONGEST_PHRASE = 3
_LONGEST_SHORT = 3
_LEAST_OF_A_TOPIC = 2
_OF_THE_TABLE = 2
_KINDS = word_set("text whole fraction number flag moment")
_TIMES = word_set("""
nanoseconds microseconds milliseconds seconds minutes hours days weeks months years
""")
_NO_FRACTION = word_set("""
account phone name center class state region plant address status category type code department
company city country county district branch group reason document customer vendor supplier employee
user organization prescription identifier key number flag indicator order purchase warehouse
shipment
acknowledgement administrator apartment application authorization beneficiary boolean browser
campaign carton certificate channel command configuration connection contract corporation
counterparty database device division engine event extension facility format function header
headquarters hospital image invoice item journal jurisdiction label lading language license link
location manager manufacturer member message model network object occupation office operator package
password person physician picture player pointer policy product profile program project provider
province query question reader representative request road route sender server session source
species statement station street subject subscription supervisor symbol system table team telephone
territory ticket university vehicle view
""")
"""Nouns that a number with a fraction cannot be."""
_NO_NUMBER = word_set("name address description comment")
"""Nouns that a number of any kind cannot be."""
_NO_MOMENT = word_set("""
total number count amount quantity average percentage percent name code price rate account address
category flag indicator
""")
"""Nouns that a date or time cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What decides between the meanings of a short form.

    Attributes:
        kind: text, whole, fraction, flag or moment; '' for other types.
        low, high: the least and the greatest value of a number, None where they are not known.
        weights: words of the names around: 2 where the table's name has it, else 1.
        unit: the unit of measure that the name ends in, in plain words.
        glossary: what people said that words of names mean, by their words.
    """

    kind: str = ""
    low: float | None = None
    high: float | None = None
    weights: Mapping[str, int] | None = None
    unit: str = ""
    glossary: Glossary | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sense:
    """A meaning, and what must hold for it."""

    plain: _Words
    flags: frozenset[str] = frozenset()
    bounds: tuple[float, float] | None = None
    near: frozenset[str] = frozenset()
    topics: tuple[frozenset[str], ...] = ()

    def holds(self, around: Around, *, alone: bool, last: bool) -> bool:
        kinds = self.flags & _KINDS
        if kinds and not _is_of(around.kind, kinds):
            return False
        if ("alone" in self.flags and not alone) or ("last" in self.flags and not last):
            return False
        if "before" in self.flags and last:
            return False
        if "timed" in self.flags and around.unit not in _TIMES:
            return False
        return self._within(around) and self._is_near(around.weights or {})

    def _within(self, around: Around) -> bool:
        if self.bounds is None:
            return True
        if around.low is None or around.high is None:
            return False
        return self.bounds[0] <= around.low and around.high <= self.bounds[1]

    def _is_near(self, weights: Mapping[str, int]) -> bool:
        if not (self.near or self.topics):
            return True
        if any(word in weights for word in self.near):
            return True
        return any(
            sum(weights.get(word, 0) for word in topic) >= _LEAST_OF_A_TOPIC
            for topic in self.topics
        )


def _is_of(kind: str, kinds: frozenset[str]) -> bool:
    return kind in kinds or ("number" in kinds and kind in {"whole", "fraction"})


@lru_cache(maxsize=256)
def weights_of(table: str, columns: frozenset[str]) -> Mapping[str, int]:
    """Weigh the words of the names around a column, plurals also in the singular."""
    weights: dict[str, int] = {}
    for name, weight in (*((column, 1) for column in columns), (table, _OF_THE_TABLE)):
        for word in words_of(name):
            for form in {word, word.removesuffix("s")}:
                weights[form] = max(weight, weights.get(form, 0))
    return weights


def in_the_sense(words: _Words, around: Around) -> _Words:
    """Replace short forms by the meaning that the surroundings show.

    What people said in the glossary comes first. A short form of which no meaning fits is kept, in
    capitals, so that nothing else writes it out.
    """
    out: list[str] = []
    position = 0
    while position < len(words):
        length, plain = _read_at(position, words, around)
        out.extend(plain)
        position += length
    return _once(tuple(out))


def _read_at(position: int, words: _Words, around: Around) -> tuple[int, _Words]:
    """How many words are read from a position on, and what they mean."""
    for length in range(min(_LONGEST_PHRASE, len(words) - position), 0, -1):
        end = position + length
        part, rest = words[position:end], words[:position] + words[end:]
        if plain := _meaning(part, rest, around, last=end == len(words)):
            return length, plain
        if length > 1 and " ".join(part) in abbreviations():
            return length, part  # a phrase that is written out as a whole
    return 1, (words[position],)


def _once(words: _Words) -> _Words:
    """Leave out a word that follows itself ('record record')."""
    return tuple(word for i, word in enumerate(words) if i == 0 or word != words[i - 1])


def _meaning(part: _Words, rest: _Words, around: Around, *, last: bool) -> _Words:
    """The meaning of one short form, in words; () where it is none."""
    if around.glossary and (said := around.glossary.get(part)):
        return tuple(said.split(" "))
    elsewhere = _without(around, part)
    # Minutes are not a minimum, whatever stands beside them.
    is_unit = last and part == _MINUTES and around.unit == "minutes"
    senses = _senses().get(part, ()) if not is_unit else ()
    for sense in senses:
        if sense.holds(elsewhere, alone=not rest, last=last):
            return sense.plain
    if len(part) > 1:
        return ()
    if last and around.unit:
        return ()  # the unit of measure that the name ends in
    if (senses and not is_small(part[0])) or _is_refused(part, around, last=last):
        return (part[0].upper(),)
    whole = word_of_skeleton(part[0])
    return (whole,) if whole else ()


def _without(around: Around, part: _Words) -> Around:
    """The surroundings without the short form itself, which would otherwise bear itself out."""
    weights = around.weights or {}
    if not any(word in weights for word in part):
        return around
    kept = {word: weight for word, weight in weights.items() if word not in part or weight > 1}
    return replace(around, weights=kept)


def _is_refused(part: _Words, around: Around, *, last: bool) -> bool:
    """Whether an abbreviation at a name's end stands for a noun that no such value can be."""
    plain = abbreviations().get(part[0], "") if last and len(part) == 1 else ""
    noun = plain.rpartition(" ")[2]
    if around.kind in {"flag", "moment"} and noun in UNITS:
        return True
    if around.kind == "fraction":
        return noun in _NO_FRACTION | _NO_NUMBER
    if around.kind == "moment":
        return noun in _NO_MOMENT
    return around.kind == "whole" and noun in _NO_NUMBER


def has_senses(word: str) -> bool:
    """Whether a short form is one whose meaning the surroundings decide."""
    return (word,) in _senses()


def finite(text: str) -> float | None:
    """Read the least or the greatest value of a column; None where it is no finite number."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


@cache
def _senses() -> Mapping[_Words, tuple[_Sense, ...]]:
    topics: dict[str, frozenset[str]] = {}
    senses: dict[_Words, tuple[_Sense, ...]] = {}
    for line in read_lines("senses"):
        if line.startswith("@"):
            name, _, words = line.partition(":")
            topics[name.strip()] = word_set(words)
            continue
        short, _, rest = line.partition("=")
        plain, _, conditions = rest.partition(";")
        key = tuple(short.split())
        senses[key] = (*senses.get(key, ()), _sense_of(plain, conditions, topics))
    return senses


def _sense_of(plain: str, conditions: str, topics: Mapping[str, frozenset[str]]) -> _Sense:
    first, _, near = conditions.partition("near ")
    flags, bounds = set(), None
    for token in first.split():
        low, dots, high = token.partition("..")
        if dots:
            bounds = (float(low), float(high))
        else:
            flags.add(token)
    named = near.split()
    return _Sense(
        plain=tuple(plain.split()),
        flags=frozenset(flags),
        bounds=bounds,
        near=frozenset(word for word in named if not word.startswith("@")),
        topics=tuple(topics[word] for word in named if word.startswith("@")),
    )


@cache
def sense_words() -> frozenset[str]:
    """Every short form and plain word of the senses, in lower case."""
    return frozenset(
        word.lower()
        for short, senses in _senses().items()
        for words in (short, *(sense.plain for sense in senses))
        for word in words
    )


def is_known(word: str) -> bool:
    """Whether the lexicon knows a word or a short form, with or without a plural's s."""
    known = vocabulary()
    one = word.removesuffix("s") if len(word) > _LONGEST_SHORT else word
    return word in known or word in sense_words() or one in known
