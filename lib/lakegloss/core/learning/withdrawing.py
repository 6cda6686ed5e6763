"""Chooses the examples that are withdrawn, and finds programs that still show one of them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lakegloss.core.learning.examples import Example
from lakegloss.core.selection import matching

_SHORTEST = 12
"""Characters of a text that is looked for inside another; a shorter one may stand anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichExamples:
    """Selects examples by id, by patterns of tables, or by who wrote them; empty ones none."""

    ids: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    who: str = ""

    def __bool__(self) -> bool:
        return bool(self.ids or self.tables or self.who)

    def of(self, examples: Sequence[Example]) -> list[Example]:
        """The examples that any of the three selects."""
        named = matching({e.table for e in examples if e.table}, self.tables) if self.tables else ()
        return [
            e
            for e in examples
            if e.example_id in self.ids or e.table in named or (self.who and e.who == self.who)
        ]


def withdrawn_rows(
    chosen: Iterable[Example], *, withdrawn: bool, reason: str, run_id: str, now: datetime
) -> list[Example]:
    """New rows that withdraw these examples, or take them back in; none for what is so already."""
    return [
        replace(e, withdrawn=withdrawn, reason=reason, run_id=run_id, at=now)
        for e in chosen
        if e.withdrawn != withdrawn
    ]


def shown_in(state: Mapping[str, Any], withdrawn: Sequence[Example]) -> list[Example]:
    """The withdrawn examples whose text stands in the demonstrations of a saved program.

    Args:
        state: what a saved program holds, as JSON values.
    """
    demos = [" ".join(_words(demo)) for demo in _demos(state)]
    return [e for e in withdrawn if any(_shows(demo, e) for demo in demos)]


def _shows(demo: str, example: Example) -> bool:
    texts = [_plain(text) for text in (_text_of(example.expected), example.avoid) if text.strip()]
    about = _plain(example.column or example.table or example.subject)
    return any(
        text in demo and (len(text) >= _SHORTEST or (bool(about) and about in demo))
        for text in texts
    )


def _text_of(expected: str) -> str:
    """The words of an expected answer; of several outputs in JSON, all of them."""
    try:
        value = json.loads(expected)
    except (ValueError, RecursionError):
        return expected
    return " ".join(_words(value)) if isinstance(value, dict | list) else expected


def _demos(value: Any, depth: int = 0) -> Iterator[Any]:
    """Every entry of a list named `demos`, wherever it stands."""
    if depth > 40:
        return
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name == "demos" and isinstance(item, list):
                yield from item
            else:
                yield from _demos(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _demos(item, depth + 1)


def _words(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > 40:
        return
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _words(item, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _words(item, depth + 1)
    elif value is not None:
        yield _plain(str(value))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
