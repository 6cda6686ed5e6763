"""Defines an event: one thing that a program did, or that somebody said of what it did."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from lakegloss.core.text.terminal import visible

LONGEST_NAME, LONGEST_ERROR = 200, 80


class EventKind(StrEnum):
    """What happened. Executions and responses are calls: they have a latency and may fail."""

    EXECUTION = "execution"
    RESPONSE = "response"
    PROPOSAL = "proposal"
    DECISION = "decision"
    FEEDBACK = "feedback"

    @property
    def is_call(self) -> bool:
        return self in {EventKind.EXECUTION, EventKind.RESPONSE}


class Subject(NamedTuple):
    """Who did it: what a window, an alert and a line of the status are about."""

    program: str = ""
    program_version: str = ""
    variant: str = ""
    model: str = ""

    @property
    def title(self) -> str:
        """The parts that are known, for people."""
        version = f"@{self.program_version[:12]}" if self.program_version else ""
        parts = (f"{self.program}{version}", self.variant, self.model)
        return " · ".join(part for part in parts if part) or "(unnamed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. The same `event_id` of the same kind is the same event.

    Attributes:
        at: with a time zone.
        success: None where that says nothing, as with feedback.
        latency_ms: milliseconds; None where nothing was asked, as for a cached answer.
        quality: 0 to 1, by a check or a metric; None where it is not known.
        opinion: 0 to 1, by a person; None where nobody said anything.
        cost: dollars; None where no price is known.
        error: the kind of a failure, '' for none.
    """

    event_id: str
    kind: EventKind
    at: datetime
    subject: Subject
    success: bool | None = None
    latency_ms: float | None = None
    quality: float | None = None
    opinion: float | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    error: str = ""


def moment_of(at: datetime) -> datetime:
    """A time in UTC; one without a zone is local, as Python's `datetime.now()` gives it."""
    return at.astimezone(UTC)


def share_of(value: object) -> float | None:
    """A number from 0 to 1, cut to that range; None for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return min(1.0, max(0.0, float(value)))


def name_of(value: object) -> str:
    """A name as it may be kept and shown: callers and models choose names."""
    text = str(value or "")
    return text if text.isalnum() and len(text) <= LONGEST_NAME else visible(text)[:LONGEST_NAME]


def error_kind(message: str | None) -> str:
    """The kind of a failure: the start of its first line, up to a colon or a number."""
    if not message:
        return ""
    line = visible(message.strip().partition("\n")[0])[:LONGEST_ERROR]
    kind = line.partition(":")[0].rstrip(" .")
    return "".join("#" if letter.isdigit() else letter for letter in kind) or "error"
