"""Defines the main clause of a comment, and what surrounds the column that it is written for."""

from dataclasses import dataclass, field

from lakegloss.core.words.lexicon import erp_field, expand_words, words_of
from lakegloss.core.words.meaning.senses import Around
from lakegloss.core.words.nouns import singular

_LONGEST_TAIL = 3
_LEAST_SHORT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """The main clause of a comment.

    Attributes:
        text: it starts with a capital and ends without a stop.
        kind: id, by, when, flag, count, share, system, erp or '' for a plain phrase.
        subject: the words that a gloss may explain, '' where the clause explains itself.
        adds: whether it says more than the name's own words.
    """

    text: str
    kind: str = ""
    subject: str = ""
    adds: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What surrounds a column.

    Attributes:
        entity: what a row is, '' where unknown.
        number, whole, boolean, moment: what the column holds; moments are dates and times, also as
            texts and numbers.
        epoch: whether moments are numbers, counted since 1970.
        key: whether it is the table's primary key.
        year: whether all of its values could be years.
        coded_flag: whether the column holds two codes that look like no and yes.
        erp: whether the table is one of SAP ERP.
        table: the table's own name.
        target: what a row is of the other table that the column refers to, '' for none.
        siblings: names of the table's columns, which settle what some short forms mean.
        around: what settles the other short forms.
        language: the code of the language that the table's names are in; '' for English and for
            languages that the lexicon lacks.
        foreign: whether the table's names are not English.
    """

    entity: str = ""
    number: bool = False
    whole: bool = False
    boolean: bool = False
    moment: bool = False
    epoch: bool = False
    key: bool = False
    year: bool = False
    coded_flag: bool = False
    erp: bool = False
    table: str = ""
    target: str = ""
    siblings: frozenset[str] = frozenset()
    around: Around = field(default_factory=Around)
    language: str = ""
    foreign: bool = False

    @property
    def row(self) -> str:
        """The noun for a row."""
        return self.entity or "row"

    def tail(self, preposition: str) -> str:
        """End a clause with ' of the flight'; '' where a row has no short name."""
        short = self.entity and self.entity.count(" ") < _LONGEST_TAIL
        return f" {preposition} the {self.entity}" if short else ""

    def whose(self, phrase: str) -> str:
        """Write 'the flight's carrier'; 'the carrier' where a row has no short name."""
        short = self.entity and self.entity.count(" ") < _LONGEST_TAIL
        if short and self.key and self._is_row(phrase):
            return f"the {self.entity}"
        if not short or self.entity in phrase or self._is_said(phrase):
            return f"the {phrase}"
        if self.entity.endswith("s"):
            return f"the {phrase} of the {self.entity}"
        return f"the {self.entity}'s {phrase}"

    def names_row(self, phrase: str) -> bool:
        """Whether a key is called by the table's name, cut short: best_id of `bestellung`."""
        if not self.key or self.entity or " " in phrase or len(phrase) < _LEAST_SHORT:
            return False
        return any(word.startswith(phrase) for word in words_of(self.table))

    def _is_row(self, phrase: str) -> bool:
        """Whether a phrase is the last word for a row, perhaps cut short: par of a parameter."""
        last, phrase = self.entity.rpartition(" ")[2], singular(phrase)
        return phrase == last or (len(phrase) >= _LEAST_SHORT and last.startswith(phrase))

    def _is_said(self, phrase: str) -> bool:
        """Whether a phrase is of words for a row: the visit, not the visit report's visit."""
        return set(singular(phrase).split(" ")) <= set(self.entity.split(" "))


def expanded(name: str) -> str:
    """Write a name in plain words."""
    return erp_field(name) or in_plain_words(words_of(name))


def in_plain_words(words: tuple[str, ...]) -> str:
    """Write words as one phrase, abbreviations written out."""
    return " ".join(expand_words(words))


def capital(text: str) -> str:
    """Let a text start with a capital."""
    return text[:1].upper() + text[1:]


def without_entity(phrase: str, entity: str) -> str:
    """Leave out what a row is at the start of a phrase."""
    return phrase.removeprefix(f"{entity} ") if entity else phrase
