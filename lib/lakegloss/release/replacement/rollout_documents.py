"""Keeps rollouts of variants in the store of the production loop, and acts on what they decide."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime

from lakegloss.core.release.guard import GuardItem
from lakegloss.core.release.rollout_steps import RolloutRow
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.release.replacement.variant_book import VariantBook

_ROWS, _ITEMS = "rollout", "rollout items"
_TIMES = frozenset(f.name for f in fields(RolloutRow) if "datetime" in str(f.type))


class DocumentRolloutStore:
    """Keeps the rows of rollouts as documents: several processes may write, one row a number."""

    def __init__(self, store: ProductionStore) -> None:
        self._store = store

    def names(self) -> list[str]:
        """The names that ever had a rollout."""
        return list(self._store.documents(_ROWS))

    def rows(self, name: str) -> list[RolloutRow]:
        body = self._store.document(_ROWS, name)
        return [_row_of(values) for values in body.get("rows", ())]

    def append(self, row: RolloutRow) -> bool:
        with self._store.changing(_ROWS, row.name, row.at) as body:
            there = body.setdefault("rows", [])
            if row.number != len(there) + 1:
                return False
            there.append(_json_of(row))
        return True

    def items(self, rollout_id: str) -> list[GuardItem]:
        body = self._store.document(_ITEMS, rollout_id)
        return [GuardItem(**values) for values in body.get("items", ())]

    def add_items(
        self,
        name: str,  # noqa: ARG002 - the Protocol
        rollout_id: str,
        items: Sequence[GuardItem],
        at: datetime,
    ) -> None:
        with self._store.changing(_ITEMS, rollout_id, at) as body:
            body.setdefault("items", []).extend(asdict(item) for item in items)


class VariantEffects:
    """Makes the variant that a rollout promoted the one in use; services read the rows."""

    def __init__(self, book: VariantBook) -> None:
        self._book = book

    def champion(self, name: str) -> int:
        return self._book.by_name(name).current

    def promote(self, row: RolloutRow) -> None:
        if self._book.by_name(row.name).current == row.champion:
            self._book.use(row.name, row.challenger)

    def project(self, row: RolloutRow) -> None: ...


def _json_of(row: RolloutRow) -> dict[str, object]:
    values = asdict(row)
    return {n: v.isoformat() if isinstance(v, datetime) else v for n, v in values.items()}


def _row_of(values: dict[str, object]) -> RolloutRow:
    read: Callable[[object], object] = lambda v: datetime.fromisoformat(str(v)).astimezone(UTC)  # noqa: E731
    given = {n: read(v) if n in _TIMES and v else v for n, v in values.items()}
    return RolloutRow(**given)  # type: ignore[arg-type]
