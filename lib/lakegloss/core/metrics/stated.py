"""Finds the facts that a comment states in words: what can be found again in another comment.

Units, codes and their meanings, keys, the tables referred to, rates and grain, the meaning of
null, time zones, numbers, and what is denied. Each is read by small patterns of English; what they
do not see counts neither way.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lakegloss.core.metrics.measures import units_in, zone_in
from lakegloss.core.metrics.terms import FUNCTION_WORDS, NEGATIONS, stem, tokens

_PRIMARY = re.compile(
    r"\bprimary key\b|\buniquely identif|\bunique (?:\w+ ){0,2}?(?:id|identifier|key|number)\b",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"\b(?:references?|refers? to|foreign key (?:to|of|for|in|into)|links? to|linking to|"
    r"points? to|joins? (?:to|with)|key (?:in|of) )\W*(?:the |a |an )?\W*(\w{3,})",
    re.IGNORECASE,
)
_PER = re.compile(r"\b(?:per|each|every) (?:of the )?([\d,.]+ )?([a-z]{3,})", re.IGNORECASE)
_ADVERBS = {
    "daily": "day", "weekly": "week", "monthly": "month", "yearly": "year", "annual": "year",
    "annually": "year", "hourly": "hour", "quarterly": "quarter",
}  # fmt: skip
_NULL = re.compile(
    r"\b(?:null|empty|blank|missing|not (?:set|filled|available))\b[^.;]{0,24}?"
    r"\b(?:if|when|where|until|for|means?|while)\b"
    r"|\b(?:null|empty|blank|missing)\b ?[=:]|\bif (?:known|any|applicable|available)\b",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:(?<=[\s(;,:'\"{])|^)['\"{]?([A-Za-z0-9.+-]{1,12})['\"}]?"
    r"(?: ?= ?| means | for | if | stands for )(?:the |a |an )?([a-z]{2,})",
)
_IS_CODE = re.compile(r"\d{1,4}|[A-Z]{1,4}\d{0,3}|[A-Z][A-Z0-9-]{1,11}")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_CLAUSE_END = re.compile(r"[.;,()\n:\u2013\u2014]")
_NO_DENIAL = re.compile(
    r"\b(?:or|and/or) (?:not|no)\b|\byes ?(?:/|or) ?no\b|= ?no\b|\bno\.|\bnot only\b|\b0 for no\b"
    r"|\bmay not\b|\b(?:does |do |is |are )?not necessarily\b|\bno longer\b",
    re.IGNORECASE,
)
# "1 if it is good" says what a code means, not on what condition.
_CONDITION = re.compile(r"(?<!\b\d )\b(?:if|when|where|unless|as long as|in case)\b", re.IGNORECASE)
_REACH, _REACH_OF_NON = 2, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFact:
    """A fact in words. `kind` is unit, code, key, target, per, null, zone, number or denied.

    `value` tells facts of a kind apart; `about` is what it excludes others of: the dimension of a
    unit, the code of a meaning.
    """

    kind: str
    value: str
    about: str = ""


def stated_facts(text: str) -> frozenset[StatedFact]:
    """The facts that a comment states."""
    return frozenset(_facts(text))


def _facts(text: str) -> Iterator[StatedFact]:
    for dimension, unit in units_in(text):
        yield StatedFact(kind="unit", value=unit, about=dimension)
    if zone := zone_in(text):
        yield StatedFact(kind="zone", value=zone, about="zone")
    if _PRIMARY.search(text):
        yield StatedFact(kind="key", value="unique")
    if _NULL.search(text):
        yield StatedFact(kind="null", value="said")
    for match in _TARGET.finditer(text):
        yield StatedFact(kind="target", value=stem(match.group(1).lower()))
    yield from _codes(text)
    yield from _rates(text)
    for number in _NUMBER.findall(text):
        if len(plain := number.replace(",", "").rstrip(".")) > 1:
            yield StatedFact(kind="number", value=plain)
    for word in sense_of(text).denied:
        yield StatedFact(kind="denied", value=word)


def _codes(text: str) -> Iterator[StatedFact]:
    for code, meaning in _CODE.findall(text):
        if _IS_CODE.fullmatch(code):
            yield StatedFact(kind="code", value=stem(meaning), about=code.lstrip("0") or "0")


def _rates(text: str) -> Iterator[StatedFact]:
    for _, word in _PER.findall(text):
        if (lower := word.lower()) not in FUNCTION_WORDS:
            yield StatedFact(kind="per", value=stem(lower))
    for word in tokens(text):
        if word in _ADVERBS:
            yield StatedFact(kind="per", value=_ADVERBS[word])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """The stems that a text denies, and those that it has outside of denials.

    A condition ("if there is no end date") denies nothing of the column, so it is kept apart.
    """

    denied: frozenset[str]
    affirmed: frozenset[str]
    denied_if: frozenset[str]
    affirmed_if: frozenset[str]


@lru_cache(maxsize=4096)
def sense_of(text: str) -> Sense:
    """Read what a text denies: the words shortly after a negation, in its clause."""
    words: dict[tuple[bool, bool], set[str]] = {
        (a, b): set() for a in (False, True) for b in (False, True)
    }
    for clause in _CLAUSE_END.split(_NO_DENIAL.sub(" ", text)):
        plain, *conditions = _CONDITION.split(clause)
        for part, is_condition in ((plain, False), (" ".join(conditions), True)):
            for word, is_denied in _scoped(part):
                words[is_denied, is_condition].add(word)
    return Sense(
        denied=frozenset(words[True, False]),
        affirmed=frozenset(words[False, False]),
        denied_if=frozenset(words[True, True]),
        affirmed_if=frozenset(words[False, True]),
    )


def _scoped(clause: str) -> Iterator[tuple[str, bool]]:
    """The stems of a clause, and whether each stands in the reach of a negation."""
    reach = 0
    for word in tokens(clause):
        if word in NEGATIONS:
            reach = _REACH_OF_NON if word == "non" else _REACH
        elif word not in FUNCTION_WORDS:
            yield stem(word), reach > 0
            reach = max(0, reach - 1)


def opposites(comment: Sense, reference: Sense) -> frozenset[str]:
    """The stems that one text only denies and the other only affirms.

    What the comment denies counts in a condition, too ("when it was not created"). What people deny
    on a condition ("blank if there were no charges") says nothing of a comment without it.
    """
    ours, theirs = (
        comment.affirmed | comment.affirmed_if,
        reference.affirmed | reference.affirmed_if,
    )
    no, their_no = comment.denied | comment.denied_if, reference.denied | reference.denied_if
    return (
        ((no - ours) & (theirs - their_no))
        | ((reference.denied - theirs) & (comment.affirmed - no))
        | ((reference.denied_if - theirs) & (comment.affirmed_if - no))
    )
