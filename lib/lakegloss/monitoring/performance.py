"""Defines what a caller tells a monitor of one execution."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lakegloss.core.monitoring.events import (
    Event,
    EventKind,
    Subject,
    error_kind,
    moment_of,
    name_of,
    share_of,
)
from lakegloss.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceMetrics:
    """What is known of one execution of a variant on a model.

    Attributes:
        timestamp: without a zone, it is local time.
        latency_ms: milliseconds.
        quality_score: 0 to 1, or None.
        token_usage: `input_tokens` and `output_tokens`, or `total_tokens`.
        metric_id: the same id again is the same execution, which counts once.

    Raises:
        InputError: the latency is no finite number of 0 or more.
    """

    variant: str
    model: str
    timestamp: datetime = field(default_factory=lambda: datetime.now(UTC))
    latency_ms: float = 0.0
    success: bool = True
    quality_score: float | None = None
    token_usage: Mapping[str, int] | None = None
    error_message: str | None = None
    program: str = ""
    program_version: str = ""
    cost: float | None = None
    metric_id: str = field(default_factory=lambda: uuid4().hex)

    def __post_init__(self) -> None:
        if not math.isfinite(self.latency_ms) or self.latency_ms < 0:
            raise InputError(
                f"latency_ms is {self.latency_ms!r}.", remedy="Give milliseconds of 0 or more."
            )

    @property
    def event(self) -> Event:
        """The execution as an event."""
        usage = self.token_usage or {}
        prompt = usage.get("input_tokens", usage.get("prompt_tokens", 0))
        answer = usage.get("output_tokens", usage.get("completion_tokens", 0))
        return Event(
            event_id=self.metric_id,
            kind=EventKind.EXECUTION,
            at=self.timestamp,
            subject=Subject(
                name_of(self.program),
                name_of(self.program_version),
                name_of(self.variant),
                name_of(self.model),
            ),
            success=bool(self.success),
            latency_ms=self.latency_ms,
            quality=share_of(self.quality_score),
            input_tokens=prompt or max(0, usage.get("total_tokens", 0) - answer),
            output_tokens=answer,
            cost=self.cost,
            error=error_kind(self.error_message),
        )

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return {**asdict(self), "timestamp": moment_of(self.timestamp).isoformat()}
