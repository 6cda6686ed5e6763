"""Who is still to be asked: answers are taken in, what is missing or failed is asked again.

The state follows from the answers alone, so a run that was killed goes on where the journal ends.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lakegloss.core.assets import AssetKey, Column
from lakegloss.core.checks import Checked, check_comment
from lakegloss.core.packing import TableWork
from lakegloss.core.records import Response
from lakegloss.core.worklist import TableTasks, Task
from lakegloss.programs.answers import parse_answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A text that passed its checks, and the answer that it came from."""

    text: str
    response: Response


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

    `accepted` holds the texts; `reasons` says of the others why they have none so far.
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
        self.unknown_ids = 0

    def take(self, response: Response) -> None:
        """Read one answer: each asset it was asked about is accepted, or learns what was wrong."""
        ids = {asset.id for asset in response.assets}
        parsed = parse_answers(response.text, ids) if response.usable else None
        self.unknown_ids += len(parsed.unknown) if parsed else 0
        # Requests that are the same to the letter share an answer: an id may stand for several.
        for asset in response.assets:
            key = AssetKey(asset.table, asset.column)
            place = self._open.get(key)
            if place is None or place.task.fingerprint != asset.fingerprint:
                continue
            self._asks[key] = self._asks.get(key, 0) + 1
            if parsed is None:
                self.reasons[key] = response.error or "the model gave no answer"
            elif asset.id in parsed.texts:
                self._check(key, place, parsed.texts[asset.id], response)
            else:
                self._missing(key, parsed.error, truncated=parsed.truncated)

    def _missing(self, key: AssetKey, error: str, *, truncated: bool) -> None:
        why = "the answer was cut off" if truncated else "the answer left it out"
        self.reasons[key] = error or why

    def _check(self, key: AssetKey, place: _Place, text: str, response: Response) -> None:
        checked = self._checked(place, text)
        if checked.failures:
            self._feedback[key] = checked.feedback
            self.failures[key] = tuple(str(failure) for failure in checked.failures)
            self.reasons[key] = checked.feedback
        else:
            self.accepted[key] = Accepted(text=checked.text, response=response)
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

    def works(self) -> list[TableWork]:
        """What to pack for the next round; empty when nobody is left to be asked."""
        askable = {k for k in self._open if self._asks.get(k, 0) < self._limits.asks}
        works = (
            table.work((t.key for t in table.tasks if t.key in askable), self._feedback)
            for table in self._tables
        )
        return [work for work in works if work.wanted]


def _places(tables: Iterable[TableTasks]) -> Iterable[tuple[Task, _Place]]:
    for table in tables:
        columns: Mapping[str, Column] = {c.path: c for c in table.table.columns}
        for task in table.tasks:
            if task.described:
                yield task, _Place(table=table, task=task, column=columns.get(task.key.column))
