"""Compares outputs of programs, JSON values of any kind, with those that were expected."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lakegloss.core.metrics.overlap import exact_match, rouge, set_f1
from lakegloss.core.metrics.scores import MetricScore

_LABEL_WORDS = 4
"""Texts of so many words or fewer are labels: they are right or wrong."""
_NAMES = ("name", "entity", "text", "value")
_SOURCES, _TARGETS = ("source", "src", "head", "subject"), ("target", "tgt", "tail", "object")
_RELATIONS = ("relation", "type", "label", "predicate")
_DEEPEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramCase:
    """One run of a program: what it was given, what it gave, what was expected.

    Attributes:
        expected: outputs by name, as far as they are known; {} where nobody said.
        kinds: the types of the outputs that the program must give; {} where it does not say.
    """

    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    expected: Mapping[str, Any] = field(default_factory=dict)
    kinds: Mapping[str, type | tuple[type, ...]] = field(default_factory=dict)


def compare_fields(case: ProgramCase, *, exact: bool) -> dict[str, MetricScore]:
    """Compare each expected output with the one that came.

    Args:
        exact: right or wrong; else texts are compared by ROUGE, and lists by F1.
    """
    return {
        name: _right_or_wrong(case.outputs.get(name), wanted)
        if exact
        else _by_kind(case.outputs.get(name), wanted)
        for name, wanted in case.expected.items()
    }


def _by_kind(given: Any, wanted: Any) -> MetricScore:
    if isinstance(wanted, str) and len(wanted.split()) > _LABEL_WORDS and isinstance(given, str):
        return rouge(given, wanted)
    if isinstance(wanted, list) and isinstance(given, list):
        pairs, theirs = relationships_of({"": given}), relationships_of({"": wanted})
        if theirs is not None and wanted:
            return set_f1(pairs or (), theirs)
        return set_f1(_hashable(given), _hashable(wanted))
    if isinstance(wanted, Mapping) and isinstance(given, Mapping) and wanted:
        parts = {str(name): _by_kind(given.get(name), value) for name, value in wanted.items()}
        why = " ".join(f"{name}: {one.why}" for name, one in parts.items() if one.why)
        return MetricScore(score=sum(p.score for p in parts.values()) / len(parts), why=why)
    return _right_or_wrong(given, wanted)


def _hashable(items: Iterable[Any]) -> list[str]:
    """Members of a list as texts; those with a name count by it."""
    return [_name_of(item) or _as_text(item) for item in items]


def _right_or_wrong(given: Any, wanted: Any) -> MetricScore:
    if given is None and wanted is not None:
        return MetricScore(score=0.0, why="It is missing.")
    if same_value(given, wanted):
        return MetricScore(score=1.0)
    return MetricScore(score=0.0, why=f"It is {_short(given)}, and {_short(wanted)} was expected.")


def same_value(given: Any, wanted: Any) -> bool:
    """Whether two JSON values say the same; texts without case and punctuation.

    Numbers may come as texts, as models write them.
    """
    if isinstance(given, bool) or isinstance(wanted, bool):
        return _truth(given) is not None and _truth(given) == _truth(wanted)
    if isinstance(given, int | float) or isinstance(wanted, int | float):
        return _same_number(given, wanted)
    if isinstance(given, str) and isinstance(wanted, str):
        return exact_match(given, wanted).score == 1
    if isinstance(given, Mapping) and isinstance(wanted, Mapping):
        return given.keys() == wanted.keys() and all(same_value(given[k], wanted[k]) for k in given)
    if isinstance(given, list | tuple) and isinstance(wanted, list | tuple):
        return len(given) == len(wanted) and all(map(same_value, given, wanted))
    return bool(given == wanted)


def _same_number(given: Any, wanted: Any) -> bool:
    ours, theirs = _number(given), _number(wanted)
    if ours is None or theirs is None:
        return bool(given == wanted)  # infinity, which is near to no other number
    return math.isclose(ours, theirs, rel_tol=1e-6)


def _truth(value: Any) -> bool | None:
    words = {"true": True, "yes": True, "false": False, "no": False}
    return value if isinstance(value, bool) else words.get(str(value).strip().lower())


def _number(value: Any) -> float | None:
    try:
        found = float(str(value).replace(",", "").strip()) if not isinstance(value, bool) else None
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None


def texts_in(values: Any, *, numbers: bool = True, depth: int = 0) -> Iterator[str]:
    """The texts in JSON values, in order; names of fields are none.

    Args:
        numbers: whether numbers count as texts.
    """
    if depth > _DEEPEST:
        return
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping | list | tuple):
        for value in values.values() if isinstance(values, Mapping) else values:
            yield from texts_in(value, numbers=numbers, depth=depth + 1)
    elif numbers and isinstance(values, int | float) and not isinstance(values, bool):
        yield str(values)


def text_pairs(case: ProgramCase) -> list[tuple[str, str]]:
    """Each expected text with the one that came; a list of texts is one text of lines."""
    return [
        (_as_lines(case.outputs.get(name)), _as_lines(wanted))
        for name, wanted in case.expected.items()
        if isinstance(wanted, str)
        or (isinstance(wanted, list) and wanted and all(isinstance(w, str) for w in wanted))
    ]


def _as_lines(value: Any) -> str:
    return "\n".join(texts_in(value))


def entities_of(values: Mapping[str, Any]) -> list[str] | None:
    """The names of entities in outputs; None where no output is a list of entities.

    Entities are texts, or objects with a name; a list of relationships holds none.
    """
    lists = [
        items
        for name, value in values.items()
        if (items := _list_of(value)) is not None and _holds_entities(name, items)
    ]
    return [_name_of(item) for items in lists for item in items] if lists else None


def _holds_entities(name: str, items: Sequence[Any]) -> bool:
    if not items:
        return "entit" in name.lower()
    return all(_name_of(item) for item in items) and not any(map(_triple_of, items))


def relationships_of(values: Mapping[str, Any]) -> list[tuple[str, str, str]] | None:
    """Relationships in outputs as (source, relation, target); None where no output is such a list.

    They are objects with a source and a target, or lists of three texts.
    """
    lists = [
        items
        for name, value in values.items()
        if (items := _list_of(value)) is not None
        and (all(map(_triple_of, items)) if items else "relation" in name.lower())
    ]
    if not lists:
        return None
    return [triple for items in lists for item in items if (triple := _triple_of(item))]


def _list_of(value: Any) -> list[Any] | None:
    """A list, also where a model wrote it as JSON text."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, list) else None


def _name_of(item: Any) -> str:
    if isinstance(item, str):
        return item.strip()
    return _first(item, _NAMES) if isinstance(item, Mapping) else ""


def _triple_of(item: Any) -> tuple[str, str, str] | None:
    if isinstance(item, Mapping):
        source, target = _first(item, _SOURCES), _first(item, _TARGETS)
        return (source, _first(item, _RELATIONS), target) if source and target else None
    if isinstance(item, list | tuple) and len(item) == 3 and all(isinstance(p, str) for p in item):
        return (item[0], item[1], item[2])
    return None


def _first(item: Mapping[Any, Any], names: Sequence[str]) -> str:
    given = (item.get(name) for name in names)
    return next((value.strip() for value in given if isinstance(value, str) and value.strip()), "")


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _short(value: Any) -> str:
    text = _as_text(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
