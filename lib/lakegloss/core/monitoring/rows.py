"""Reads events from rows of ledgers and of the service's database."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from lakegloss.core.checks.quality import score_of_checks
from lakegloss.core.monitoring.events import (
    Event,
    EventKind,
    Subject,
    error_kind,
    name_of,
    share_of,
)
from lakegloss.core.records import POLICY, ProposalStatus, Verdict

EventRow = Mapping[Any, Any]
_OPINIONS = {Verdict.ACCEPT.value: 1.0, Verdict.EDIT.value: 0.5, Verdict.REJECT.value: 0.0}


def event_of_execution(row: EventRow, price: Callable[[int, int], float | None]) -> Event:
    """An execution; what it took is unknown where nothing was asked of a model."""
    tokens = (row["input_tokens"] or 0, row["output_tokens"] or 0)
    return Event(
        event_id=row["execution_id"],
        kind=EventKind.EXECUTION,
        at=row["ended_at"],
        subject=_subject(row),
        success=bool(row["success"]),
        # What came from the cache used no tokens; its time says nothing of the program.
        latency_ms=_milliseconds(row["execution_time"]) if any(tokens) else None,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        cost=price(*tokens),
        error=error_kind(row["error"]),
    )


def event_of_response(row: EventRow, price: Callable[[int, int], float | None]) -> Event:
    """One paid answer of a model in a batch run.

    One that can be read, and of which no text passed the checks (`gave_nothing`), is no success.
    """
    tokens = (row["input_tokens"] or 0, row["output_tokens"] or 0)
    nothing = bool(row["usable"] and row.get("gave_nothing"))
    return Event(
        event_id=row["response_id"],
        kind=EventKind.RESPONSE,
        at=row["answered_at"],
        subject=_subject(row),
        success=bool(row["usable"]) and not row["error"] and not nothing,
        latency_ms=_milliseconds(row["latency"]),
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        cost=price(*tokens),
        error=error_kind(row["error"]) or _why_unusable(row, nothing=nothing),
    )


def _why_unusable(row: EventRow, *, nothing: bool) -> str:
    if not row["usable"]:
        return "unusable answer"
    return "no text passed the checks" if nothing else ""


def event_of_proposal(row: EventRow) -> Event:
    """A drafted comment; its quality is 1 where it passed all checks, less for each it failed.

    Where the rules stand in for a model (`stands_in`) the text says nothing good of the program
    that was asked: its quality is 0, as the guard of a rollout counts it.
    """
    usable = row["status"] != ProposalStatus.FAILED.value and not row.get("stands_in")
    return Event(
        event_id=row["proposal_id"],
        kind=EventKind.PROPOSAL,
        at=row["proposed_at"],
        subject=_subject(row),
        success=usable,
        quality=score_of_checks(row["checks"] or ()) if usable else 0.0,
    )


def event_of_decision(row: EventRow) -> Event:
    """A decision; what people decide is an opinion, what a policy accepts is none."""
    by_person = row["origin"] != POLICY
    return Event(
        event_id=row["decision_id"],
        kind=EventKind.DECISION,
        at=row["decided_at"],
        subject=_subject(row),
        opinion=_OPINIONS.get(str(row["verdict"])) if by_person else None,
    )


def event_of_feedback(row: EventRow) -> Event:
    """What somebody said: the score, else the rating of 1 to 5 as a share."""
    score, rating = row["score"], row["rating"]
    opinion = share_of(score)
    if opinion is None and rating is not None:
        opinion = share_of((rating - 1) / 4)
    return Event(
        event_id=row["feedback_id"],
        kind=EventKind.FEEDBACK,
        at=row["at"],
        subject=_subject(row),
        opinion=opinion,
    )


def order_of(event: Event) -> tuple[datetime, str]:
    """What events are sorted by, so that several sources can be merged."""
    return event.at, event.event_id


def _subject(row: EventRow) -> Subject:
    return Subject(
        name_of(row["program"]),
        name_of(row["program_version"]),
        name_of(row["variant"]),
        name_of(row["model"]),
    )


def _milliseconds(seconds: float | None) -> float | None:
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return None
    return seconds * 1_000
