"""Who is still to be asked: answers are taken in, what is missing or failed is asked again.

The state follows from the answers alone, so a run that was killed goes on where the journal ends.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lakegloss.core.assets import AssetKey, Column
from lakegloss.core.checks.comment import Checked, check_comment
from lakegloss.core.checks.misplaced import Misplaced, NameWords, misplaced, name_words, of_another
from lakegloss.core.inherit.inheritance import Donor
from lakegloss.core.names import leaf
from lakegloss.core.plan.packing import TableWork
from lakegloss.core.plan.tasks import TableTasks, Task
from lakegloss.core.records import AskedAsset, Response
from lakegloss.programs.answers import ParsedAnswers, parse_answers

_MISPLACED = "it told of another column or table; write about this one"
_REPLAYED = "the answer was to a request for other columns"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A text that passed its checks, and the answer that it came from.

    `response` is None where the text was taken over from a `donor`.
    """

    text: str
    response: Response | None = None
    donor: Donor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    table: TableTasks
    task: Task
    column: Column | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Longest comments in characters, and how often one asset is asked about."""

    table: int
    column: int
    asks: int
    style: str


class Rounds:
    """The assets of some tables that a model is to describe, and what became of each.

    `accepted` holds the texts; `reasons` says of the others why they have none so far; `waiting`
    are those that are not asked about for now.
    """

    def __init__(self, tables: Sequence[TableTasks], limits: Limits) -> None:
        self._tables = tables
        self._limits = limits
        self._open = {task.key: place for task, place in _places(tables)}
        self._asks: dict[AssetKey, int] = {}
        self._feedback: dict[AssetKey, str] = {}
        self.accepted: dict[AssetKey, Accepted] = {}
        self.reasons: dict[AssetKey, str] = {}
        self.failures: dict[AssetKey, tuple[str, ...]] = {}
        self._doubts: dict[AssetKey, AssetKey] = {}
        self._heard: dict[str, list[frozenset[tuple[str, str]]]] = {}
        self._requested: dict[str, Mapping[str, NameWords]] = {}
        self.unknown_ids = 0
        self.waiting: AbstractSet[AssetKey] = frozenset()

    def take_all(self, responses: Iterable[Response]) -> None:
        """Read answers that came together; one that belongs to another request is nobody's."""
        responses = list(responses)
        for response in responses:
            self._requested[response.request_hash] = _names(response.assets)
            if response.usable:
                self._heard.setdefault(response.text, []).append(_asked_names(response.assets))
        for response in responses:
            self.take(response)

    def take(self, response: Response) -> None:
        """Read one answer: each asset it was asked about is accepted, or learns what was wrong."""
        ids = {asset.id: AssetKey(asset.table, asset.column) for asset in response.assets}
        error = response.error or "the model gave no answer"
        parsed: ParsedAnswers | None = None
        if response.usable and self._replayed(response):
            error = _REPLAYED
        elif response.usable:
            parsed = parse_answers(response.text, ids)
            self.unknown_ids += len(parsed.unknown)
            if of_another(parsed.texts, _names(response.assets), self._requested.values()):
                parsed, error = None, _REPLAYED
        slips = misplaced(parsed.texts, _names(response.assets)) if parsed else Misplaced()
        # Requests that are the same to the letter share an answer: an id may stand for several.
        for asset in response.assets:
            key = AssetKey(asset.table, asset.column)
            place = self._open.get(key)
            if place is None or place.task.fingerprint != asset.fingerprint:
                continue
            self._asks[key] = self._asks.get(key, 0) + 1
            if parsed is None:
                self.reasons[key] = error
            elif asset.id not in parsed.texts:
                self.reasons[key] = _missing(asset.id, parsed)
            elif asset.id in slips.sure or self._doubted(
                key, ids.get(slips.doubtful.get(asset.id, ""))
            ):
                self._feedback[key] = self.reasons[key] = _MISPLACED
            else:
                self._check(key, place, parsed.texts[asset.id], response)

    def _replayed(self, response: Response) -> bool:
        """Whether another request got this very text, though most of its names are others."""
        own = _asked_names(response.assets)
        return any(
            2 * len(own & names) < min(len(own), len(names))
            for names in self._heard.get(response.text, ())
        )

    def _doubted(self, key: AssetKey, other: AssetKey | None) -> bool:
        """A lone doubt is asked about again; an answer that says the same then is believed."""
        if other is None or self._doubts.get(key) == other:
            return False
        self._doubts[key] = other
        return True

    def _check(self, key: AssetKey, place: _Place, text: str, response: Response) -> None:
        checked = self._checked(place, text)
        if checked.failures:
            self._feedback[key] = checked.feedback
            self.failures[key] = tuple(str(failure) for failure in checked.failures)
            self.reasons[key] = checked.feedback
        else:
            self._accept(key, Accepted(text=checked.text, response=response))

    def inherit(self, key: AssetKey, donor: Donor) -> None:
        """Accept a text that was taken over; it was checked before."""
        if key in self._open:
            self._accept(key, Accepted(text=donor.text, donor=donor))

    def _accept(self, key: AssetKey, accepted: Accepted) -> None:
        self.accepted[key] = accepted
        self.reasons.pop(key, None)
        self.failures.pop(key, None)
        del self._open[key]

    def _checked(self, place: _Place, text: str) -> Checked:
        column = place.column
        return check_comment(
            text,
            table=place.table.table,
            column=column,
            evidence=place.table.evidence.get(column.path) if column else None,
            limit=self._limits.column if column else self._limits.table,
            style=self._limits.style,
        )

    def give_up(self, keys: Iterable[AssetKey], reason: str) -> None:
        """Ask no more about these."""
        for key in keys:
            if key in self._open:
                self.reasons[key] = reason
                self._asks[key] = self._limits.asks

    @property
    def left(self) -> list[AssetKey]:
        """Without an accepted text, whether or not they may be asked again."""
        return list(self._open)

    @property
    def askable(self) -> set[AssetKey]:
        """Without an accepted text, and not asked about as often as is allowed."""
        return {k for k in self._open if self._asks.get(k, 0) < self._limits.asks}

    def works(self) -> list[TableWork]:
        """What to pack for the next round; empty when nobody is left to be asked."""
        return self._works(self.askable - self.waiting)

    def works_by_asks(self) -> tuple[list[TableWork], list[TableWork]]:
        """The same in two parts: what was never asked about, and what is asked about again."""
        asked = self.askable - self.waiting
        again = asked & self._asks.keys()
        return self._works(asked - again), self._works(again)

    def _works(self, asked: AbstractSet[AssetKey]) -> list[TableWork]:
        works = (
            table.work((t.key for t in table.tasks if t.key in asked), self._feedback)
            for table in self._tables
        )
        return [work for work in works if work.wanted]


def _places(tables: Iterable[TableTasks]) -> Iterable[tuple[Task, _Place]]:
    for table in tables:
        columns: Mapping[str, Column] = {c.path: c for c in table.table.columns}
        for task in table.tasks:
            if task.described:
                yield task, _Place(table=table, task=task, column=columns.get(task.key.column))


def _missing(id_: str, parsed: ParsedAnswers) -> str:
    if id_ in parsed.duplicates:
        return "the answer had two texts for it"
    return parsed.error or (
        "the answer was cut off" if parsed.truncated else "the answer left it out"
    )


def _names(assets: Iterable[AskedAsset]) -> dict[str, NameWords]:
    return {asset.id: name_words(_own_name(asset)) for asset in assets}


def _asked_names(assets: Iterable[AskedAsset]) -> frozenset[tuple[str, str]]:
    """Ids with names; sales_2023 and sales_2024 may have the same comments."""
    return frozenset((a.id, re.sub(r"\d+", "", _own_name(a)).lower()) for a in assets)


def _own_name(asset: AskedAsset) -> str:
    path = asset.column or asset.table
    try:
        return leaf(path)
    except ValueError:
        return path
