"""Compares the facts that two comments state: which were found again, which were contradicted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lakegloss.core.assets import AssetKey
from lakegloss.core.checks.claims import contradiction
from lakegloss.core.evidence import Evidence
from lakegloss.core.metrics.measures import units_in
from lakegloss.core.metrics.stated import StatedFact, opposites, sense_of, stated_facts
from lakegloss.core.metrics.terms import stem, tokens
from lakegloss.core.names import own_name
from lakegloss.core.words.lexicon import words_of
from lakegloss.core.words.units import split_unit

_WEIGHT = {"number": 0.5, "per": 0.5, "denied": 0.5}
"""What is rather wording counts half; other kinds of facts count one."""
_LEAST_CODES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FactComparison:
    """How a comment's facts compare with those of a reference.

    Attributes:
        share: of the reference's facts by weight, 0 to 1; None where it states none.
        missing: facts of the reference that the comment leaves out.
        contradicted: what the comment states otherwise, in words.
    """

    share: float | None
    missing: tuple[StatedFact, ...]
    contradicted: tuple[str, ...]


def compare_facts(text: str, reference: str) -> FactComparison:
    """Compare the facts of a comment with those of a reference."""
    wanted, given = stated_facts(reference), stated_facts(text)
    words = set(tokens(text)) | set(map(stem, tokens(text)))
    missing = tuple(
        sorted(
            (f for f in wanted if not _is_found(f, given, words)), key=lambda f: (f.kind, f.value)
        )
    )
    whole = sum(_WEIGHT.get(f.kind, 1.0) for f in wanted)
    lost = sum(_WEIGHT.get(f.kind, 1.0) for f in missing)
    return FactComparison(
        share=(whole - lost) / whole if whole else None,
        missing=missing,
        contradicted=tuple(_contradicted(text, reference, wanted, given)),
    )


def _is_found(fact: StatedFact, given: frozenset[StatedFact], words: set[str]) -> bool:
    if fact in given:
        return True
    if fact.kind == "code":  # named is enough: its meaning may be told in other words
        return fact.about.lower() in words
    return fact.kind in {"number", "target", "per"} and fact.value in words


def _contradicted(
    text: str, reference: str, wanted: frozenset[StatedFact], given: frozenset[StatedFact]
) -> Iterable[str]:
    for kind in ("unit", "zone"):
        yield from _others(kind, wanted, given)
    yield from _swapped(wanted, given)
    for word in sorted(opposites(sense_of(text), sense_of(reference))):
        yield f"it says the opposite about {word!r}"


def _others(
    kind: str, wanted: frozenset[StatedFact], given: frozenset[StatedFact]
) -> Iterable[str]:
    """Units of a dimension, or zones, where the reference has others only."""
    for about in sorted({f.about for f in given if f.kind == kind}):
        ours = {f.value for f in given if f.kind == kind and f.about == about}
        theirs = {f.value for f in wanted if f.kind == kind and f.about == about}
        if theirs and not ours & theirs:
            yield f"it says {', '.join(sorted(ours))}, people say {', '.join(sorted(theirs))}"


def _swapped(wanted: frozenset[StatedFact], given: frozenset[StatedFact]) -> Iterable[str]:
    """Codes with the meaning that people give to another code."""
    theirs = {f.about: f.value for f in wanted if f.kind == "code"}
    for fact in sorted((f for f in given if f.kind == "code"), key=lambda f: f.about):
        own = theirs.get(fact.about)
        if own and own != fact.value and fact.value in theirs.values():
            yield f"it says that {fact.about} means {fact.value!r}, which is another code's meaning"


def against_evidence(key: AssetKey, text: str, evidence: Evidence | None) -> tuple[str, ...]:
    """What a comment states against its column's name and data, in words."""
    found = [] if evidence is None else [contradiction(text, evidence), _codes(text, evidence)]
    return tuple(words for words in (*found, _unit_of_name(key, text)) if words)


def _codes(text: str, evidence: Evidence) -> str:
    claimed = {fact.about for fact in stated_facts(text) if fact.kind == "code"}
    whole = (
        evidence.is_code and not evidence.sampled and len(evidence.frequent) == evidence.distinct
    )
    if len(claimed) < _LEAST_CODES or not whole:
        return ""
    seen = {_plain(f.value) for f in evidence.frequent}
    return "" if claimed & seen else "none of the codes that it names occurs"


def _plain(value: str) -> str:
    text = value.strip().removesuffix(".0")
    return text.lstrip("0") or "0" if text.isdigit() else text


def _unit_of_name(key: AssetKey, text: str) -> str:
    """The unit in a name (`temp_f`), where the comment has others of its dimension only."""
    _, unit = split_unit(words_of(own_name(key.column))) if key.column else ((), "")
    own: Sequence[tuple[str, str]] = list(units_in(f"in {unit}")) if unit else []
    for dimension, wanted in own[-1:]:  # of "degrees Fahrenheit" the last
        ours = {value for about, value in units_in(text) if about == dimension}
        if ours and wanted not in ours:
            return f"it says {', '.join(sorted(ours))}, the name says {wanted}"
    return ""
