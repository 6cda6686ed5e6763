"""Describes tables with both versions of a rollout: each table with the version it is assigned."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lakegloss.core.release.assignment import Variant, variant_of_unit
from lakegloss.core.release.rollout_steps import RolloutRow
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import DescribeSummary, describe
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import ROLLOUTS
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.release.chosen import Chosen, chosen_version
from lakegloss.release.registry import Registry
from lakegloss.release.rollouts.rollout_effects import SplitNote
from lakegloss.release.rollouts.rollout_store import LedgerRolloutStore
from lakegloss.release.version import Reference, reference_of
from lakegloss.settings_views import RegistrySettings


@dataclass(frozen=True, kw_only=True)
class Part:
    """Tables that one version describes; `patterns` names them."""

    chosen: Chosen
    patterns: Sequence[str]


def describe_by_variant(
    spark: Any,
    named: str,
    chosen: Chosen,
    patterns: Sequence[str] = (),
    *,
    progress: Progress = silent,
    registry: Callable[[RegistrySettings], Registry] = Registry,
) -> list[DescribeSummary]:
    """Describe tables, as `describe` does; while a rollout is active, with both versions.

    Args:
        named: the setting `program` as it was read: rollouts are followed where it names an alias.
        chosen: the program that it chose.

    Raises:
        VersionRefusedError, RegistryError: the challenger cannot be used.
        LakeglossError: see `describe`.
    """
    parts = parts_of(spark, named, chosen, patterns, registry=registry)
    return [
        describe(
            spark, part.chosen.settings, part.patterns, program=part.chosen.program,
            progress=progress,
        )
        for part in parts
    ]  # fmt: skip


def parts_of(
    spark: Any,
    named: str,
    chosen: Chosen,
    patterns: Sequence[str],
    *,
    registry: Callable[[RegistrySettings], Registry] = Registry,
) -> list[Part]:
    """Which version describes which tables: all the chosen one, where no rollout is active."""
    ledgers = Ledgers(spark, chosen.settings)
    row = _active(ledgers, named, chosen)
    if row is None:
        return [Part(chosen=chosen, patterns=patterns)]
    names = Catalog(spark, chosen.settings.excluded).table_names(
        patterns, own_schema=ledgers.schema
    )
    new = [
        name
        for name in names
        if variant_of_unit(row.salt, name, row.served_share) is Variant.CHALLENGER
    ]
    old = [name for name in names if name not in set(new)]
    parts = [Part(chosen=chosen, patterns=old)] if old else []
    if new:
        opened = registry(chosen.settings)
        version = opened.find(Reference(name=row.name, number=row.challenger))
        challenger = chosen_version(opened, version, chosen.settings)
        challenger.program.variant = Variant.CHALLENGER.value
        parts.append(Part(chosen=challenger, patterns=new))
    return parts


def _active(ledgers: Ledgers, named: str, chosen: Chosen) -> RolloutRow | None:
    """The rollout to follow: where the alias champion is named."""
    if not named:
        return None
    reference = reference_of(named)
    if reference.number or reference.alias != Variant.CHAMPION:
        return None
    if not ledgers.spark.catalog.tableExists(ledgers.name(ROLLOUTS)):
        return None
    rows = LedgerRolloutStore(ledgers).rows(reference.name)
    row = rows[-1] if rows else None
    if row is None or not row.served_share or time.time() >= SplitNote.of(row).until:
        return None  # nobody steps it any more: nobody would take the challenger back
    # Another champion than the rollout's: the next step ends it.
    return row if chosen.reference == f"{row.name}/{row.champion}" else None
