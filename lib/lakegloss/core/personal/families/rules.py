"""Applies rules that ask for two words of a family, the values of a column, and a table of persons.

A family is what many systems shorten and translate: a word for whose number it is (`lid`, `mgl`,
`loyalty`) beside a word for a number (`nr`, `no`, `card`). Neither tells enough alone.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.context import Context
from lakegloss.core.values.semantics import share_of

TEXT_OR_NUMBER = frozenset({"text", "number"})
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyRule:
    """When a column is of a class.

    Attributes:
        kind: the class.
        whose: the name has one of these words.
        what: it has one of these, too, where any are given.
        never: it has none of these.
        only: it has no other words than these and those of `whose` and `what`, if any are given.
        families: of types: text, number, date, boolean.
        holds: `least` of the values are so; without values nothing is found.
        least: a share of the values.
        about: the table is so.
    """

    kind: PersonalClass
    whose: frozenset[str]
    what: frozenset[str] = _NOTHING
    never: frozenset[str] = _NOTHING
    only: frozenset[str] = _NOTHING
    families: frozenset[str] = frozenset({"text"})
    holds: Callable[[str], object]
    least: float = 0.8
    about: Callable[[Context], bool]

    def reads(self, words: frozenset[str]) -> bool:
        """Whether the words of a name go with it."""
        if self.whose.isdisjoint(words) or not self.never.isdisjoint(words):
            return False
        if self.what and self.what.isdisjoint(words):
            return False
        return not self.only or words <= self.only | self.whose | self.what


_GLUED = re.compile(r"([a-z]{2,16}?)(nummer|number|numer|nr|nbr|num|barcode|kto|konto)")


@lru_cache(maxsize=16_384)
def parts_of(words: tuple[str, ...]) -> frozenset[str]:
    """The words of a name, and the parts of those that end in a word for a number: `kdnr`."""
    glued = (_GLUED.fullmatch(word) for word in words)
    found = [match.groups() for match in glued if match]
    stems = (stem.removesuffix("s") for stem, _ in found)
    return frozenset(words).union(stems, *found)


class FamilyRules:
    """FamilyRules, of which the first that holds tells the class.

    Args:
        by_family: lists of rules, in the order in which they are asked.
    """

    def __init__(self, *by_family: Sequence[FamilyRule]) -> None:
        self._rules = tuple(rule for rules in by_family for rule in rules)
        self._any = frozenset[str]().union(*(rule.whose for rule in self._rules))
        self._read: Callable[[tuple[str, ...]], tuple[FamilyRule, ...]] = lru_cache(maxsize=16_384)(
            self._reading
        )

    def class_of(
        self, words: Sequence[str], family: str, values: Sequence[str], context: Context
    ) -> str:
        """The class of a column by its words, its type, its values and its table, or ''."""
        if not values:
            return ""
        for rule in self._read(tuple(words)):
            if family not in rule.families or not rule.about(context):
                continue
            if share_of(values, rule.holds) >= rule.least:
                return rule.kind
        return ""

    def _reading(self, words: tuple[str, ...]) -> tuple[FamilyRule, ...]:
        parts = parts_of(words)
        if self._any.isdisjoint(parts):
            return ()
        return tuple(rule for rule in self._rules if rule.reads(parts))


def of_persons(context: Context) -> bool:
    """Whether rows are persons, or cases of single patients."""
    return (context.person or context.clinical) and not context.thing and not context.animals


def is_single(context: Context) -> bool:
    """Whether a row is one of its kind, no group of them, no explanation and no machine."""
    return not (context.grouped or context.explains or context.machines)


def beside_persons(context: Context) -> bool:
    """Whether rows are persons or refer to them."""
    return is_single(context) and (of_persons(context) or (context.keyed and not context.thing))


def in_courts(context: Context) -> bool:
    """Whether rows are cases of single defendants."""
    return context.court and not context.grouped


def in_clinics(context: Context) -> bool:
    """Whether rows are events of patients."""
    return context.clinical and not context.animals
