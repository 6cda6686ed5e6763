"""Collects what people say of variants, and says which of them need work."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lakegloss.core.monitoring.events import Event, EventKind, Subject, name_of, share_of
from lakegloss.errors import InputError
from lakegloss.monitoring.monitor import RealTimeMonitor

MOST_KEPT = 1_000
_BAD_SCORE = 0.4
"""A score below is bad: a rating of 1 or 2 of 5."""
_ISSUES = ("hallucination", "irrelevant", "incomplete")
_PRIORITY = {"high": 0, "medium": 1}


class PerformanceFeedbackCollector:
    """Takes feedback on variants and keeps the newest; several threads may use it.

    Args:
        monitor: counts the feedback, too: `feedback_mean` of its figures.
    """

    def __init__(
        self,
        monitor: RealTimeMonitor | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._monitor = monitor
        self._clock = clock
        self._lock = threading.Lock()
        self.feedback_buffer: deque[dict[str, Any]] = deque(maxlen=MOST_KEPT)
        self.optimization_candidates: deque[dict[str, Any]] = deque(maxlen=MOST_KEPT)

    def collect_feedback(
        self,
        variant: str,
        model: str,
        feedback_score: float | Mapping[str, Any],
        context: Mapping[str, Any] | None = None,
        *,
        feedback_id: str = "",
    ) -> dict[str, Any]:
        """Keep what somebody says of a variant; returns what is kept.

        Args:
            feedback_score: 0 to 1, or a mapping with some of `score` (0 to 1), `rating` (1 to 5),
                `helpful` (a boolean) and `issues` (names).
            context: whatever belongs to it.
            feedback_id: the same id again is kept once.

        Raises:
            InputError: the score or the rating is out of its range.
        """
        said = (
            dict(feedback_score)
            if isinstance(feedback_score, Mapping)
            else {"score": feedback_score}
        )
        opinion = _opinion_of(said)
        row = {
            "feedback_id": feedback_id or uuid4().hex,
            "timestamp": self._clock().isoformat(),
            "variant": name_of(variant),
            "model": name_of(model),
            "feedback": said,
            "context": dict(context or {}),
        }
        with self._lock:
            for kept in self.feedback_buffer:
                if feedback_id and kept["feedback_id"] == feedback_id:
                    return kept
            self.feedback_buffer.append(row)
            self.optimization_candidates.extend(_candidates(row, opinion))
        if self._monitor is not None:
            self._monitor.add_event(
                Event(
                    event_id=row["feedback_id"],
                    kind=EventKind.FEEDBACK,
                    at=self._clock(),
                    subject=Subject(variant=row["variant"], model=row["model"]),
                    opinion=opinion,
                )
            )
        return row

    def get_optimization_candidates(self) -> list[dict[str, Any]]:
        """What speaks for working on a variant, the most pressing first, then the oldest."""
        with self._lock:
            found = list(self.optimization_candidates)
        return sorted(
            found, key=lambda one: (_PRIORITY[one["priority"]], one["feedback_data"]["timestamp"])
        )

    def clear_candidates(self) -> None:
        """Forget them; the feedback stays."""
        with self._lock:
            self.optimization_candidates.clear()


def _opinion_of(said: Mapping[str, Any]) -> float | None:
    """What feedback says, as a share; None where it says nothing in numbers."""
    score, rating, helpful = said.get("score"), said.get("rating"), said.get("helpful")
    if score is not None:
        if share_of(score) is None or share_of(score) != float(score):
            raise InputError(f"The score {score!r} is not from 0 to 1.", remedy="")
        return float(score)
    if rating is not None:
        if share_of(rating) is None or not 1 <= rating <= 5:
            raise InputError(f"The rating {rating!r} is not from 1 to 5.", remedy="")
        return (float(rating) - 1) / 4
    return None if helpful is None else float(bool(helpful))


def _candidates(row: Mapping[str, Any], opinion: float | None) -> list[dict[str, Any]]:
    said = row["feedback"]
    found = []
    if opinion is not None and opinion < _BAD_SCORE:
        found.append(("negative_feedback", "high"))
    issues = said.get("issues")
    if isinstance(issues, list | tuple | set):
        found += [(f"issue_{issue}", "medium") for issue in _ISSUES if issue in issues]
    return [
        {
            "variant": row["variant"],
            "model": row["model"],
            "reason": reason,
            "priority": priority,
            "feedback_data": row,
        }
        for reason, priority in found
    ]
