"""Sums up labels for a report: what lakegloss set, what is ready, and what waits for people."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.tags import LabelKey

MOST_VALUES, MOST_WAITING = 100, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLine:
    """How many tables and columns lakegloss gave a value of a tag, by what became of it."""

    tag: str
    value: str
    tables: int
    columns: int
    is_set: int
    ready: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLabel:
    """A label that waits for a person."""

    table: str
    column: str
    tag: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPart:
    """The labels of a report; `lines` and `waiting` are bounded, the counts are not.

    Attributes:
        values: how many values of tags there are; is_set, ready, waits: how many labels.
    """

    lines: tuple[LabelLine, ...]
    waiting: tuple[WaitingLabel, ...]
    values: int
    is_set: int
    ready: int
    waits: int


def label_part(known: Mapping[LabelKey, KnownLabel]) -> LabelPart | None:
    """What the ledgers know of the labels of some tables; None where they know of none."""
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    waiting: list[WaitingLabel] = []
    for key, one in sorted(known.items()):
        state = _state(one)
        if not state:
            continue
        value = next(iter(one.written)) if state == "is_set" else one.decided_value
        tally = counts[key.tag, value]
        tally[state] += 1
        tally["columns" if key.column else "tables"] += 1
        if state == "waiting":
            waiting.append(
                WaitingLabel(
                    table=key.table, column=key.column, tag=key.tag, value=value, reason=one.reason
                )
            )
    if not counts:
        return None
    lines = [
        LabelLine(
            tag=tag, value=value, tables=tally["tables"], columns=tally["columns"],
            is_set=tally["is_set"], ready=tally["ready"], waiting=tally["waiting"],
        )
        for (tag, value), tally in sorted(counts.items())
    ]  # fmt: skip
    return LabelPart(
        lines=tuple(lines[:MOST_VALUES]),
        waiting=tuple(waiting[:MOST_WAITING]),
        values=len(lines),
        is_set=sum(line.is_set for line in lines),
        ready=sum(line.ready for line in lines),
        waits=len(waiting),
    )


def _state(one: KnownLabel) -> str:
    """What became of a label: '' where nothing stands of it."""
    if one.is_open:
        return "ready" if one.is_ready else "waiting"
    return "is_set" if one.written else ""
