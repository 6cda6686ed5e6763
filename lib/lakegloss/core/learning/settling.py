"""Decides which found examples become rows: screened, on a side, and each only once."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lakegloss.core.learning.examples import Example, FoundExample, Origin
from lakegloss.core.learning.inputs import type_in
from lakegloss.core.learning.screening import WhyRefused, refusal_of, shown_name
from lakegloss.core.learning.splits import Split, group_of, is_near, split_of_group, words_in
from lakegloss.core.names import own_name

_PLACES = {split.value: place for place, split in enumerate(Split)}
_WORDY = 5
_STRENGTH = {origin: place for place, origin in enumerate(Origin)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A found example that does not become one; `line` is 0 where no file had it."""

    about: str
    reason: WhyRefused
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What is done about found examples.

    Attributes:
        rows: new rows of the ledger.
        known: how many are recorded already, or were replaced by a later text.
        withdrawn: how many were withdrawn before and stay so.
        refused: those that fail the checks.
    """

    rows: tuple[Example, ...]
    known: int
    withdrawn: int
    refused: tuple[Refused, ...]


def settle(
    found: Iterable[FoundExample],
    history: Sequence[Example],
    *,
    salt: str,
    run_id: str,
    now: datetime,
) -> Settled:
    """Make the rows for what was found.

    Of several finds of one subject the strongest counts, in the order of `Origin`. What is in the
    ledger keeps its split, also where the salt was lost.

    Args:
        history: every row of the ledger, oldest first.
    """
    return _Settling(history, salt=salt, run_id=run_id, now=now).settle(found)


class _Settling:
    def __init__(
        self, history: Sequence[Example], *, salt: str, run_id: str, now: datetime
    ) -> None:
        self._salt, self._run_id, self._now = salt, run_id, now
        self._history: defaultdict[str, list[Example]] = defaultdict(list)
        self._splits: dict[str, str] = {}
        self._twins = _Twins()
        for row in history:
            self._history[row.example_id].append(row)
            self._splits.setdefault(_group(row), row.split)
        for rows in self._history.values():
            self._twins.add(rows[-1])

    def settle(self, found: Iterable[FoundExample]) -> Settled:
        rows: list[Example] = []
        refused: list[Refused] = []
        known = withdrawn = 0
        for item in sorted(strongest(found), key=self._order):
            reason = refusal_of(item)
            if reason:
                refused.append(Refused(about=shown_name(item.about), reason=reason, line=item.line))
                continue
            before = self._history.get(item.example_id, [])
            if before and before[-1].withdrawn:
                withdrawn += 1
                continue
            row = self._row(item, before)
            if row is None:
                known += 1
                continue
            rows.append(row)
            self._twins.add(row)
        return Settled(rows=tuple(rows), known=known, withdrawn=withdrawn, refused=tuple(refused))

    def _order(self, item: FoundExample) -> tuple[int, str]:
        """Train comes first: of near-duplicates that come at once, the gate does not count its."""
        return _PLACES[self._split(item)], item.example_id

    def _split(self, item: FoundExample) -> str:
        group = group_of(item.table, item.subject)
        if item.split in _PLACES:
            return self._splits.setdefault(group, item.split)
        return self._splits.get(group) or split_of_group(group, self._salt).value

    def _row(self, item: FoundExample, before: Sequence[Example]) -> Example | None:
        """The new row, or None where there is nothing new."""
        latest = before[-1] if before else None
        expected, avoid, origin = _merged(item, latest)
        inputs = item.inputs_json
        if latest is not None:
            same = (latest.expected, latest.avoid, latest.inputs) == (expected, avoid, inputs)
            if same or _was_replaced(item, before):
                return None
        row = Example(
            example_id=item.example_id,
            program=item.program,
            table=item.table,
            column=item.column,
            subject=item.about,
            inputs=inputs,
            expected=expected,
            avoid=avoid,
            origin=origin,
            split=self._split(item),
            weight=1.0,
            withdrawn=False,
            reason="",
            who=item.who,
            run_id=self._run_id,
            at=self._now,
        )
        twin = self._twins.elsewhere(row)
        if twin is None:
            return row
        reason = f"nearly the same as {twin.subject}, which is in {twin.split}"
        return replace(row, weight=0.0, reason=reason)


def strongest(found: Iterable[FoundExample]) -> list[FoundExample]:
    """One find for each subject; a refused text of it goes with the one that is kept."""
    kept: dict[str, FoundExample] = {}
    for item in found:
        other = kept.get(item.example_id)
        if other is None:
            kept[item.example_id] = item
            continue
        first, second = sorted((other, item), key=lambda f: (_STRENGTH[f.origin], -f.line))
        avoid = first.avoid or (second.avoid if second.avoid != first.expected else "")
        kept[item.example_id] = replace(first, avoid=avoid)
    return list(kept.values())


def _merged(item: FoundExample, latest: Example | None) -> tuple[str, str, str]:
    """The texts of the new row and its origin: what the ledger knows beside them stays known."""
    expected, avoid, origin = item.expected, item.avoid, item.origin.value
    if latest is not None:
        if not expected and latest.expected and latest.expected != avoid:
            expected, origin = latest.expected, latest.origin
        avoid = avoid or latest.avoid
    return expected, ("" if avoid == expected else avoid), origin


def _was_replaced(item: FoundExample, before: Sequence[Example]) -> bool:
    """Whether this text is an older one of the same source, and another source had the last word.

    So a file's text stands against the decision before it, and the decision is not taken up again.
    """
    if before[-1].origin == item.origin.value:
        return False
    return any(
        row.origin == item.origin.value
        and (row.expected or row.avoid) == (item.expected or item.avoid)
        for row in before
    )


def _group(row: Example) -> str:
    return group_of(row.table, row.subject)


class _Twins:
    """Finds near-duplicates: the same name and type of column, and nearly the same text.

    For programs without tables the same inputs but for digits and signs. Of texts with the same
    words one a split is remembered: a lake has thousands of columns named id.
    """

    def __init__(self) -> None:
        self._seen: defaultdict[str, dict[frozenset[str], dict[str, Example]]] = defaultdict(dict)

    def add(self, row: Example) -> None:
        if row.weight > 0:
            sides = self._seen[_kind(row)].setdefault(_words(row), {})
            sides.setdefault(row.split, row)

    def elsewhere(self, row: Example) -> Example | None:
        """A twin that stands on another side and counts there; None where there is none."""
        words = _words(row)
        for others, sides in self._seen[_kind(row)].items():
            apart = [other for split, other in sides.items() if split != row.split]
            if apart and is_near(words, others):
                return apart[0]
        return None


def _words(row: Example) -> frozenset[str]:
    return words_in(row.expected or row.avoid) if row.table else frozenset()


def _kind(row: Example) -> str:
    """Where near-duplicates of a row are looked for."""
    if row.table:
        inputs = json.loads(row.inputs)
        name = own_name(row.column or row.table).lower()
        return f"{row.program}\x00{bool(row.column)}\x00{name}\x00{type_in(inputs).lower()}"
    words = words_in(row.inputs)
    # Of inputs with few words, such as numbers, digits are all that tells them apart.
    same = " ".join(sorted(words)) if len(words) >= _WORDY else row.inputs
    return f"{row.program}\x00{hashlib.sha256(same.encode('utf-8', 'replace')).hexdigest()}"
