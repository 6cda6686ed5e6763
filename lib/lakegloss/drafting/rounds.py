"""Takes in answers, and knows which assets to ask about again.

The state follows from the answers alone, so a run that was killed goes on where the journal ends.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lakegloss.core.assets import AssetKey, Column
from lakegloss.core.checks.comment import Check, Checked, check_comment
from lakegloss.core.checks.relation import About, doubt
from lakegloss.core.checks.unrelated import FOREIGN, SAME
from lakegloss.core.house.copying import COPIED, Copies
from lakegloss.core.inherit.inheritance import Donor
from lakegloss.core.plan.cards import short_name
from lakegloss.core.plan.packing import TableWork
from lakegloss.core.plan.tasks import TableTasks, Task
from lakegloss.core.records import Response
from lakegloss.core.text.neutral import neutralise, quoted
from lakegloss.drafting.reading import MISPLACED, Reader
from lakegloss.drafting.stopping import asks_too_much

UNBOUNDED = 1_000_000
_SMALLER, _FEW = 4, 3
"""Where a request asked too much of the model, the next has a fourth as many assets.

It has at least three assets, if the request had more than three: with fewer, the answer to another
request cannot be recognised (`core.checks.misplaced`).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A text that passed its checks, with its origin: an answer or another asset.

    `doubt` says why a person should look at it first: it has no relation to its asset.
    """

    text: str
    origin: Response | Donor
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    table: TableTasks
    task: Task
    column: Column | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLimits:
    """Limits for asking.

    Attributes:
        table, column: the longest comment in characters.
        asks: how often one asset is asked about at most.
    """

    table: int
    column: int
    asks: int
    style: str
    language: str = "English"


class Rounds:
    """The assets of some tables that a model is to describe, and what became of each.

    Args:
        without: assets that have their text from elsewhere.

    Attributes:
        accepted: the texts that passed.
        reasons: why an asset has no text so far.
        failures: the checks that an asset's last text failed.
        waiting: assets that are not asked about for now, as they may inherit a text.
    """

    def __init__(
        self,
        tables: Sequence[TableTasks],
        limits: AskLimits,
        *,
        without: AbstractSet[AssetKey] = frozenset(),
    ) -> None:
        self._tables = tables
        self._limits = limits
        self._open = {task.key: place for task, place in _places(tables) if task.key not in without}
        self._asks: dict[AssetKey, int] = {}
        self._together: dict[AssetKey, int] = {}
        self._feedback: dict[AssetKey, str] = {
            key: f"the comment it has is no longer true: {place.task.wrong}"
            for key, place in self._open.items()
            if place.task.wrong
        }
        self._reader = Reader(limits.language)
        self._copies = Copies(n.text for p in self._open.values() for n in p.task.near)
        self._copiers: set[AssetKey] = set()
        self.accepted: dict[AssetKey, Accepted] = {}
        self.reasons: dict[AssetKey, str] = {}
        self.failures: dict[AssetKey, tuple[str, ...]] = {}
        self.waiting: AbstractSet[AssetKey] = frozenset()

    @property
    def unknown_ids(self) -> int:
        """How many ids in answers were not asked about."""
        return self._reader.unknown_ids

    def take_all(self, responses: Iterable[Response]) -> None:
        """Read the answers of a round; one that belongs to another request is ignored."""
        responses = list(responses)
        self._reader.expect(responses)
        for response in responses:
            self.take(response)

    def take(self, response: Response) -> None:
        """Read one answer: accept each asset's text, or record what was wrong with it."""
        reading = self._reader.read(response)
        most = _fewer(len({asset.id for asset in response.assets}))
        is_too_much = asks_too_much(response)
        # Identical requests share an answer, so an id may stand for several assets.
        for asset in response.assets:
            key = AssetKey(asset.table, asset.column)
            place = self._open.get(key)
            if place is None or place.task.fingerprint != asset.fingerprint:
                continue
            self._asks[key] = self._asks.get(key, 0) + 1
            if is_too_much:
                self._together[key] = min(most, self._together.get(key, most))
            if asset.id not in reading.texts:
                self.reasons[key] = reading.why_missing(asset.id)
                if reading.error in (FOREIGN, SAME):
                    self.failures[key] = (Check.UNRELATED.value,)
            elif self._reader.is_misplaced(reading, asset, response):
                self._feedback[key] = self.reasons[key] = MISPLACED
            else:
                self._check(key, place, reading.texts[asset.id], response)

    def _check(self, key: AssetKey, place: _Place, text: str, response: Response) -> None:
        checked = self._checked(place, text)
        copied = self._copies.has(checked.text, key.column or key.table)
        if not checked.failures and copied and key not in self._copiers:
            self._copiers.add(key)
            self._feedback[key] = self.reasons[key] = COPIED
        elif checked.failures:
            self._feedback[key] = checked.feedback
            self.failures[key] = tuple(str(failure) for failure in checked.failures)
            self.reasons[key] = checked.feedback
        else:
            doubted = COPIED if copied else self._doubt(place, checked.text)
            self._accept(key, Accepted(text=checked.text, origin=response, doubt=doubted))

    def inherit(self, key: AssetKey, donor: Donor) -> None:
        """Accept an inherited text, which was checked before."""
        if key in self._open:
            self._accept(key, Accepted(text=donor.text, origin=donor))

    def show_unfit(self, key: AssetKey, donor: Donor) -> None:
        """Show the model a text of a like column, of which not every claim holds for this one."""
        if key in self._open:
            like = f"{short_name(donor.asset.table)}.{neutralise(donor.asset.column, 60)}"
            self._feedback.setdefault(
                key,
                f"{quoted(donor.text, 160)} is said of {like}; not all of it holds for this one",
            )

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

    def _doubt(self, place: _Place, text: str) -> str:
        table, column = place.table, place.column
        about = About(
            table=table.table,
            column=column,
            evidence=table.evidence.get(column.path) if column else None,
            told=place.task.guidance,
        )
        return doubt(text, about, language=self._limits.language)

    @property
    def left(self) -> list[AssetKey]:
        """Assets without an accepted text, whether or not they may be asked about again."""
        return list(self._open)

    @property
    def askable(self) -> set[AssetKey]:
        """Assets without an accepted text that may still be asked about."""
        return {k for k in self._open if self._asks.get(k, 0) < self._limits.asks}

    def works(self) -> list[TableWork]:
        """What to pack for the next round; empty when nothing is left to ask about."""
        return self._works(self.askable - self.waiting)

    def works_by_asks(self) -> tuple[list[TableWork], dict[int, list[TableWork]]]:
        """Like `works`, in two parts: assets never asked about, and assets to ask about again.

        The second part is grouped by the most assets of a request: fewer where an earlier request
        asked too much of the model.
        """
        asked = self.askable - self.waiting
        again = asked & self._asks.keys()
        groups: dict[int, set[AssetKey]] = {}
        for key in again:
            groups.setdefault(self._together.get(key, UNBOUNDED), set()).add(key)
        by_most = {most: self._works(groups[most]) for most in sorted(groups, reverse=True)}
        return self._works(asked - again), by_most

    def _works(self, asked: AbstractSet[AssetKey]) -> list[TableWork]:
        if not asked:
            return []
        works = (table.work(asked, self._feedback) for table in self._tables)
        return [work for work in works if work.wanted]


def _fewer(assets: int) -> int:
    return max(1, assets // _SMALLER, min(_FEW, assets - 1))


def _places(tables: Iterable[TableTasks]) -> Iterable[tuple[Task, _Place]]:
    for table in tables:
        columns: Mapping[str, Column] = {c.path: c for c in table.table.columns}
        for task in table.tasks:
            if task.described:
                yield task, _Place(table=table, task=task, column=columns.get(task.key.column))
