"""Reads what a status shows of rollouts of variants, from the store of the production loop."""

from pathlib import Path

from lakegloss.core.monitoring.rollout_view import (
    MOST_ROLLOUTS,
    RolloutView,
    last_rollouts,
    view_of,
)
from lakegloss.learning.production.production_store import FILE_NAME, ProductionStore
from lakegloss.release.replacement.rollout_documents import DocumentRolloutStore


def rollouts_of_variants(home: Path) -> list[RolloutView]:
    """The last rollouts that changed; none where the home folder has no store.

    Raises:
        EnvironmentNotReadyError: the store cannot be opened.
    """
    path = home / FILE_NAME
    if not path.is_file():
        return []
    store = ProductionStore(path)
    kept = DocumentRolloutStore(store)
    rows = [row for name in kept.names() for row in kept.rows(name)]
    found = [
        view_of(mine, kept.items(mine[-1].rollout_id), grouped=False)
        for mine in last_rollouts(rows)[:MOST_ROLLOUTS]
    ]
    store.close()
    return found
