"""Tells whether anybody still guards a rollout: a share that nobody looks at goes to the champion.

Whoever steps a rollout guards it. A lease is only the wish to step: a process that dies each time
after it took one guards nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from lakegloss.core.release.rollout_steps import RolloutEvent, RolloutRow, rules_from


def last_step(rows: Sequence[RolloutRow]) -> RolloutRow:
    """The last row by which somebody looked at the evidence, or decided.

    Args:
        rows: of one name, by number; one at least.
    """
    steps = (row for row in reversed(rows) if row.event != RolloutEvent.LEASE)
    return next(steps, rows[-1])


def guarded_until(row: RolloutRow) -> datetime:
    """Until when a step counts: as many windows as may pass without an answer."""
    rules = rules_from(row.rules)
    return row.at + timedelta(seconds=rules.window * rules.roll_back_after)


def why_unguarded(row: RolloutRow, now: datetime) -> str:
    """Why nobody guards an active rollout any more; '' where somebody does, or it has ended.

    Args:
        row: see `last_step`.
    """
    if not row.is_active or now < guarded_until(row):
        return ""
    windows = int((now - row.at) / timedelta(seconds=rules_from(row.rules).window))
    return f"nobody has stepped it since {row.at:%Y-%m-%d %H:%M} UTC, for {windows} windows"


def served(row: RolloutRow, now: datetime) -> RolloutRow:
    """The row as it is to be served: without a share where nobody guards it any more.

    Args:
        row: see `last_step`.
    """
    return replace(row, share=0.0) if why_unguarded(row, now) else row
