"""Counts executions and their times, exactly and within bounded memory."""

import math
import threading
from collections import Counter, deque
from typing import Any

WINDOW = 10_000
"""The number of newest executions from whose times the percentile is computed."""
MOST_PROGRAMS, OTHERS = 1_000, "(others)"
"""The number of names that are counted one by one: callers may ask for any name."""


class ExecutionStatistics:
    """Counts what an executor did; times are in seconds.

    Counts and the average cover all executions, the 95th percentile (nearest rank) the newest
    `WINDOW`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: deque[float] = deque(maxlen=WINDOW)
        self._sum = 0.0
        self._counts: Counter[str] = Counter()
        self._programs: Counter[str] = Counter()
        self._tokens: Counter[str] = Counter()

    def add(
        self, *, success: bool, seconds: float, program: str, cached: bool, tokens: tuple[int, int]
    ) -> None:
        """Count one execution; tokens are input and output."""
        with self._lock:
            self._times.append(seconds)
            self._sum += seconds
            self._counts["total"] += 1
            self._counts["successful" if success else "failed"] += 1
            self._counts["cached"] += cached
            known = program in self._programs or len(self._programs) < MOST_PROGRAMS
            self._programs[program if known else OTHERS] += 1
            self._tokens["input"] += tokens[0]
            self._tokens["output"] += tokens[1]

    def as_dict(self) -> dict[str, Any]:
        """The figures by their published names; rates and times are 0 before any execution."""
        with self._lock:
            times = sorted(self._times)
            counts, total = dict(self._counts), self._counts["total"]
            programs, tokens, spent = dict(self._programs), dict(self._tokens), self._sum
        return {
            "total_executions": total,
            "successful_executions": counts.get("successful", 0),
            "failed_executions": counts.get("failed", 0),
            "cached_executions": counts.get("cached", 0),
            "success_rate": counts.get("successful", 0) / total if total else 0.0,
            "average_execution_time": spent / total if total else 0.0,
            "p95_execution_time": _percentile(times, 0.95),
            "input_tokens": tokens.get("input", 0),
            "output_tokens": tokens.get("output", 0),
            "executions_by_program": programs,
        }


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else 0.0
