"""Defines the rows of the ledgers. Their Delta types stand in lakehouse/ledgers/tables.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from lakegloss.core.assets import AssetKey

LedgerRow = Mapping[str, Any]
"""A row of a ledger as it is read: values by the names of the columns."""


class Source(StrEnum):
    """Who wrote a comment."""

    MODEL = "model"
    RULES = "rules"
    INHERITED = "inherited"
    HUMAN = "human"


class ProposalStatus(StrEnum):
    """READY can be applied; NEEDS_REVIEW waits for a person; FAILED has a reason.

    OVERTAKEN was ready or waited until another comment was written there, mostly by a person.
    """

    READY = "ready"
    NEEDS_REVIEW = "needs_review"
    FAILED = "failed"
    OVERTAKEN = "overtaken"


class Verdict(StrEnum):
    """What a person or a policy decided on a proposal."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"


POLICY = "policy"
"""The origin of decisions that no person made."""
UNDO = "undo"
"""The origin of decisions that an undo records."""


class ChangeStatus(StrEnum):
    """INTENDED is written before the statement runs, the others after it."""

    INTENDED = "intended"
    APPLIED = "applied"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAsset:
    """An asset that a request asks about: its id in the request, its fingerprint in the plan."""

    id: str
    table: str
    column: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One paid attempt at one request. Usage counts tokens; latency is in seconds.

    `error` is '' where the provider answered. `usable` says whether comments can be read from the
    answer (also from a truncated one: its complete entries count).
    """

    response_id: str
    request_hash: str
    attempt: int
    run_id: str
    text: str
    usable: bool
    error: str
    finish_reason: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    usage_estimated: bool
    latency: float
    model: str
    program: str
    program_version: str
    variant: str
    transport: str
    endpoint: str
    assets: tuple[AskedAsset, ...]
    answered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A comment for one asset. `checks` names the checks that the text failed, worst first."""

    proposal_id: str
    table: str
    column: str
    text: str
    source: str
    status: str
    checks: tuple[str, ...]
    reason: str
    replaces: str
    fingerprint: str
    request_hash: str
    program: str
    program_version: str
    variant: str
    model: str
    run_id: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision on a proposal: what was decided, by whom, and from where."""

    decision_id: str
    proposal_id: str
    table: str
    column: str
    verdict: str
    text: str
    decided_by: str
    origin: str
    run_id: str
    decided_at: datetime


def decision_row(
    key: AssetKey,
    proposal_id: str,
    verdict: Verdict,
    *,
    who: str,
    origin: str,
    run_id: str,
    now: datetime,
    text: str = "",
) -> Decision:
    """Make a new decision on a proposal, with an id of its own."""
    return Decision(
        decision_id=uuid4().hex,
        proposal_id=proposal_id,
        table=key.table,
        column=key.column,
        verdict=verdict.value,
        text=text,
        decided_by=who,
        origin=origin,
        run_id=run_id,
        decided_at=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One asset's comment, before and after one statement."""

    change_id: str
    table: str
    column: str
    proposal_id: str
    before: str
    after: str
    statement: str
    status: str
    error: str
    run_id: str
    changed_at: datetime
    who: str | None = None
    """Filled where the row is appended; None in rows of older versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One command. `settings` and `counts` are JSON objects as text; secrets are never in them."""

    run_id: str
    command: str
    status: str
    settings: str
    counts: str
    input_tokens: int
    output_tokens: int
    cost: float | None
    error: str
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How good a version is on a data set by one metric, and against which other it was compared.

    Attributes:
        value: the mean over tables; low, high: its interval, None where there are too few tables.
        parts: JSON object of the means of the metric's parts.
        against: the label of the other version, '' for none; difference: this one less the other.
        cost: in dollars; None without a price.
    """

    evaluation_id: str
    label: str
    program: str
    program_version: str
    model: str
    data_name: str
    data_hash: str
    split: str
    metric: str
    metric_version: str
    value: float | None
    low: float | None
    high: float | None
    items: int
    tables: int
    passed: float
    parts: str
    against: str
    against_version: str
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    conclusion: str
    input_tokens: int
    output_tokens: int
    cost: float | None
    run_id: str
    evaluated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationItem:
    """The score of one item, by which any two evaluations of a data set can be paired."""

    evaluation_id: str
    data_hash: str
    table: str
    column: str
    score: float
    passed: bool
    parts: str
    text: str
    source: str
    why: str
    evaluated_at: datetime
