"""Brings answers in the shadow from the service's database into the lake, as a job does."""

from lakegloss.core.ddl import is_in
from lakegloss.engine.limits.budget import cost_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import run
from lakegloss.lakehouse.ledgers.tables import SHADOW_PAIRS
from lakegloss.release.rollouts.shadow_describe import COMMAND
from lakegloss.serving.api.database.carry import ROWS_AT_ONCE, carry
from lakegloss.serving.api.database.shadow_answers import ShadowAnswers, pairs_of_answer
from lakegloss.serving.api.database.store import Store
from lakegloss.settings_views import CarrySettings


def carry_evidence(store: Store, ledgers: Ledgers, settings: CarrySettings) -> None:
    """Carry what a rollout reads: executions, and pairs in the shadow.

    Raises:
        CatalogError: a ledger cannot be made.
    """
    carry(store, ledgers)
    carry_shadows(store, ledgers, settings)


def carry_shadows(
    store: Store, ledgers: Ledgers, settings: CarrySettings, *, rows_at_once: int = ROWS_AT_ONCE
) -> int:
    """Append pairs that no job has carried yet to the ledger `shadow_pairs`; returns how many.

    Where there are answers, a run `shadow` has their tokens and cost, also of those without a
    verdict. As with executions, no pair is there twice.

    Raises:
        CatalogError: the ledger cannot be made.
    """
    kept = ShadowAnswers(store)
    rows = kept.uncarried(rows_at_once)
    if not rows:
        return 0
    ledgers.ensure_more(SHADOW_PAIRS)
    with run(ledgers, settings, COMMAND) as log:
        while rows:
            ids = [row["execution_id"] for row in rows]
            there = ledgers.newest_arrow(SHADOW_PAIRS, is_in("execution_id", ids), ())
            known = set(there.column("execution_id").to_pylist())
            new = [row for row in rows if row["execution_id"] not in known]
            pairs = [pair for row in new for pair in pairs_of_answer(row, log.run_id)]
            ledgers.append(SHADOW_PAIRS, pairs)
            kept.mark_carried(ids)
            log.count(answers=len(rows), pairs=len(pairs))
            log.input_tokens += sum(row["input_tokens"] for row in rows)
            log.output_tokens += sum(row["output_tokens"] for row in rows)
            log.cost = cost_of(settings.calls, log.input_tokens, log.output_tokens)
            rows = kept.uncarried(rows_at_once)
    return log.counts["pairs"]
