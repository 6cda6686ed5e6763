"""Describes tables with both versions of a rollout: each table with the version it is assigned.

Where the rollout asks for it, the challenger answers a sample of the champion's tables, too, after
the champion has (`shadow_describe`).
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.going_on import going_on
from lakegloss.core.release.assignment import Variant, variant_of_unit
from lakegloss.core.release.rollout_steps import RolloutRow, rules_from
from lakegloss.core.release.unguarded import last_step, why_unguarded
from lakegloss.errors import LakeglossError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import DescribeSummary, OnTables, describe, nobody
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import STOPPED
from lakegloss.lakehouse.ledgers.tables import ROLLOUTS
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.release.chosen import Chosen, chosen_version
from lakegloss.release.registry import Registry
from lakegloss.release.rollouts.rollout_store import LedgerRolloutStore
from lakegloss.release.rollouts.shadow_describe import ShadowRun, ShadowSummary
from lakegloss.release.version import Reference, reference_of
from lakegloss.settings_views import RegistrySettings

_log = logging.getLogger("lakegloss.rollout")
_FAILED = "it failed; the log says why"


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
    on_shadow: Callable[[ShadowSummary], None] = lambda _: None,
) -> list[DescribeSummary]:
    """Describe tables, as `describe` does; while a rollout is active, with both versions.

    Args:
        named: the setting `program` as it was read: rollouts are followed where it names an alias.
        chosen: the program that it chose.
        on_shadow: told what the challenger answered beside the champion; no failure of that stops
            anything else.

    Raises:
        VersionRefusedError, RegistryError: the challenger cannot be used.
        LakeglossError: see `describe`.
    """
    ledgers = Ledgers(spark, chosen.settings)
    row = _active(ledgers, named, chosen)
    parts = _parts(ledgers, row, chosen, patterns, registry)
    shadow, problem = _shadow_of(ledgers, row, chosen, registry)
    summaries = [
        describe(
            spark, part.chosen.settings, part.patterns, program=part.chosen.program,
            progress=progress, on_tables=_onlooker(shadow, is_champions=part.chosen is chosen),
        )
        for part in parts
    ]  # fmt: skip
    if problem is not None:
        on_shadow(ShadowSummary(stopped=problem))
    elif shadow is not None and not any(one.status == STOPPED for one in summaries):
        on_shadow(_answered(shadow, progress))
    return summaries


def _shadow_of(
    ledgers: Ledgers,
    row: RolloutRow | None,
    chosen: Chosen,
    registry: Callable[[RegistrySettings], Registry],
) -> tuple[ShadowRun | None, str | None]:
    """The challenger's run beside the champion's; or why there is none though it is wanted."""
    settings = chosen.settings
    if row is None or not rules_from(row.rules).shadow or not settings.model:
        return None, None
    if not settings.shadow_tokens:
        return None, "shadow_tokens is 0"
    problem = _FAILED
    with going_on(_log, "nothing is answered in the shadow"):
        try:
            return ShadowRun(ledgers, row, _challenger(row, chosen, registry)), None
        except LakeglossError as error:
            problem = error.message
    return None, problem


def _onlooker(shadow: ShadowRun | None, *, is_champions: bool) -> OnTables:
    return shadow.sample.take if shadow is not None and is_champions else nobody


def _answered(shadow: ShadowRun, progress: Progress) -> ShadowSummary:
    """What came of it; what the champion wrote is recorded, and stands."""
    summary = ShadowSummary(stopped=_FAILED)
    with going_on(_log, "the answers in the shadow ended early"):
        try:
            summary = shadow.answer(progress)
        except LakeglossError as error:
            summary = ShadowSummary(stopped=error.message)
    return summary


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
    return _parts(ledgers, _active(ledgers, named, chosen), chosen, patterns, registry)


def _parts(
    ledgers: Ledgers,
    row: RolloutRow | None,
    chosen: Chosen,
    patterns: Sequence[str],
    registry: Callable[[RegistrySettings], Registry],
) -> list[Part]:
    if row is None or not row.served_share:
        return [Part(chosen=chosen, patterns=patterns)]
    names = Catalog(ledgers.spark, chosen.settings.excluded).table_names(
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
        challenger = _challenger(row, chosen, registry)
        challenger.program.variant = Variant.CHALLENGER.value
        parts.append(Part(chosen=challenger, patterns=new))
    return parts


def _challenger(
    row: RolloutRow, chosen: Chosen, registry: Callable[[RegistrySettings], Registry]
) -> Chosen:
    opened = registry(chosen.settings)
    version = opened.find(Reference(name=row.name, number=row.challenger))
    return chosen_version(opened, version, chosen.settings)


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
    if row is None or not row.is_active or why_unguarded(last_step(rows), datetime.now(UTC)):
        return None  # nobody would take the challenger back
    # Another champion than the rollout's: the next step ends it.
    return row if chosen.reference == f"{row.name}/{row.champion}" else None
