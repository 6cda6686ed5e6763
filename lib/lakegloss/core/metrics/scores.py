"""Defines the result of a metric: a score, its parts, and in words why."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricScore:
    """How good one output is.

    Attributes:
        score: 0 to 1, more is better.
        parts: what the score was made of, each 0 to 1.
        why: sentences for a person, or for an optimiser that reads feedback; '' where all is well.
    """

    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    why: str = ""
