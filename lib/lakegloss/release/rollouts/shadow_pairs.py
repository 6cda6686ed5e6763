"""Keeps pairs of answers of champion and challenger in a ledger, and reads them as evidence."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from lakegloss.core.ddl import literal
from lakegloss.core.going_on import going_on
from lakegloss.core.release.rollout_steps import CLOCKS, RolloutRow
from lakegloss.core.release.shadow import (
    ShadowPair,
    ShadowTable,
    answers_of_shadow,
    pairs_of_shadow,
    shadow_tables,
)
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import SHADOW_PAIRS
from lakegloss.release.rollout import EvidenceSource, RolloutEvidence

_log = logging.getLogger("lakegloss.rollout")


class ShadowPairs:
    """Reads and adds the pairs of rollouts. Nothing in the ledger is changed."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers

    def of(self, row: RolloutRow) -> list[ShadowPair]:
        """The pairs of a rollout, between the versions that it compares."""
        if not self._ledgers.spark.catalog.tableExists(self._ledgers.name(SHADOW_PAIRS)):
            return []
        self._ledgers.ensure_more(SHADOW_PAIRS)  # one of an older version lacks columns
        frame = self._ledgers.read(SHADOW_PAIRS).where(
            f"rollout_id = {literal(row.rollout_id)} "
            f"AND champion_version = {literal(row.champion_version)} "
            f"AND challenger_version = {literal(row.challenger_version)}"
        )
        return [
            ShadowPair(**{**values, **_filled(values)}) for values in rows_of(frame, SHADOW_PAIRS)
        ]

    def add(self, pairs: Sequence[ShadowPair]) -> None:
        """Add pairs.

        Raises:
            CatalogError: the ledger cannot be made.
        """
        if pairs:
            self._ledgers.ensure_more(SHADOW_PAIRS)
            self._ledgers.append(SHADOW_PAIRS, pairs)


def _filled(values: dict[str, object]) -> dict[str, object]:
    """Arrays as tuples, and '' in columns that rows of an older version lack."""
    arrays: dict[str, object] = {
        name: tuple(values[name] or ())  # type: ignore[arg-type]  # arrays of texts
        for name in ("champion_checks", "challenger_checks")
    }
    return arrays | {name: values[name] or "" for name in ("unit", "execution_id")}


class ShadowedEvidence:
    """Evidence of both kinds: of units that got one version each, and of those that got both.

    A table or caller that was answered in the shadow is its own partner and pairs with no other.
    Each counts once, and all pairs belong to one account: they are differences of the same scores.
    """

    def __init__(self, pairs: ShadowPairs, inner: EvidenceSource) -> None:
        self._pairs = pairs
        self._inner = inner

    def gather(self, row: RolloutRow, *, used: frozenset[str], since: datetime) -> RolloutEvidence:
        """What is known of a rollout, see `EvidenceSource`."""
        tables: list[ShadowTable] = []
        # What was answered in the open must be able to take it back all the same.
        with going_on(_log, "pairs of %s in the shadow cannot be read", row.name):
            latest = row.at + CLOCKS  # a clock that is ahead would hide that no answers come
            tables = shadow_tables(pair for pair in self._pairs.of(row) if pair.at <= latest)
        fresh = pairs_of_shadow(tables, used=used)
        theirs = used | {pair.item_id for pair in fresh}
        evidence = self._inner.gather(row, used=theirs, since=since)
        evidence = replace(
            evidence,
            pairs=[*evidence.pairs, *fresh],
            answers=[*evidence.answers, *answers_of_shadow(tables, since=since)],
        )
        return _in_shadow_step(evidence, row, tables) if row.share == 0 else evidence


def _in_shadow_step(
    evidence: RolloutEvidence, row: RolloutRow, tables: Sequence[ShadowTable]
) -> RolloutEvidence:
    """Where nobody gets the challenger, what it answers in the shadow shows that it is alive."""
    return replace(
        evidence,
        answered_at=max((table.at for table in tables), default=None),
        in_stage=sum(table.at >= row.stage_since for table in tables),
    )
