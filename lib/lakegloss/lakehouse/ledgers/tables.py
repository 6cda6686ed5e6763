"""Defines lakegloss' own Delta tables: their columns, types and keys.

Every table is append-only. `<name>_latest` is a view of the newest row of each key.
"""

from dataclasses import dataclass

from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    DoubleType,
    IntegerType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)


def _struct(**fields: DataType) -> StructType:
    return StructType([StructField(name, kind) for name, kind in fields.items()])


S, L, N, D, B, T = (
    StringType(),
    LongType(),
    IntegerType(),
    DoubleType(),
    BooleanType(),
    TimestampType(),
)
FREQUENT = ArrayType(_struct(value=S, share=D))
ASKED = ArrayType(_struct(id=S, table=S, column=S, fingerprint=S))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One Delta table: its name, row type, key, and the column that orders rows of a key."""

    name: str
    schema: StructType
    key: tuple[str, ...]
    order: str


INVENTORY = Ledger(
    name="inventory",
    schema=_struct(
        table=S, column=S, kind=S, data_type=S, comment=S, position=N, nullable=B,
        data_version=S, sources=ArrayType(S), present=B, error=S, run_id=S, seen_at=T,
    ),
    key=("table", "column"),
    order="seen_at",
)  # fmt: skip
EVIDENCE = Ledger(
    name="evidence",
    schema=_struct(
        table=S, column=S, data_type=S, rows=L, rows_read=L, null_share=D, distinct=L,
        distinct_exact=B, minimum=S, maximum=S, mean=D, mean_length=D, frequent=FREQUENT,
        shapes=FREQUENT, semantic=S, personal=S, key_role=S, reference=S, masked=B,
        codes_vary=B, sketch=BinaryType(), bucket=S, data_version=S, policy=S, run_id=S, seen_at=T,
        key_with=S,
    ),
    key=("table", "column"),
    order="seen_at",
)  # fmt: skip
RESPONSES = Ledger(
    name="responses",
    schema=_struct(
        response_id=S, request_hash=S, attempt=N, run_id=S, text=S, usable=B, error=S,
        finish_reason=S, input_tokens=L, cached_tokens=L, output_tokens=L, usage_estimated=B,
        latency=D, model=S, program=S, program_version=S, variant=S, transport=S, endpoint=S,
        assets=ASKED, answered_at=T,
    ),
    key=("request_hash", "attempt"),
    order="answered_at",
)  # fmt: skip
PROPOSALS = Ledger(
    name="proposals",
    schema=_struct(
        proposal_id=S, table=S, column=S, text=S, source=S, status=S, checks=ArrayType(S),
        reason=S, replaces=S, fingerprint=S, request_hash=S, program=S, program_version=S,
        variant=S, model=S, run_id=S, proposed_at=T,
    ),
    key=("table", "column"),
    order="proposed_at",
)  # fmt: skip
DECISIONS = Ledger(
    name="decisions",
    schema=_struct(
        decision_id=S, proposal_id=S, table=S, column=S, verdict=S, text=S, decided_by=S,
        origin=S, run_id=S, decided_at=T,
    ),
    key=("proposal_id",),
    order="decided_at",
)  # fmt: skip
CHANGES = Ledger(
    name="changes",
    schema=_struct(
        change_id=S, table=S, column=S, proposal_id=S, before=S, after=S, statement=S,
        status=S, error=S, run_id=S, changed_at=T, who=S,
    ),
    key=("change_id",),
    order="changed_at",
)  # fmt: skip
RUNS = Ledger(
    name="runs",
    schema=_struct(
        run_id=S, command=S, status=S, settings=S, counts=S, input_tokens=L, output_tokens=L,
        cost=D, error=S, started_at=T, updated_at=T,
        ended_at=T, who=S,
    ),
    key=("run_id",),
    order="updated_at",
)  # fmt: skip
EXECUTIONS = Ledger(
    name="executions",
    schema=_struct(
        execution_id=S, request_id=S, key_name=S, program=S, program_version=S, mode=S, model=S,
        success=B, error=S, input_keys=ArrayType(S), outputs=S, input_tokens=L, output_tokens=L,
        execution_time=D, ended_at=T, inputs=S, variant=S, unit=S, error_type=S,
    ),
    key=("execution_id",),
    order="ended_at",
)  # fmt: skip
"""What the REST service executed; `outputs` and `inputs` ('' where none were kept) as JSON. Made by
the first job that carries some."""
RELEASES = Ledger(
    name="releases",
    schema=_struct(
        release_id=S, name=S, alias=S, version=L, action=S, program=S, program_version=S,
        measured=S, reason=S, decided_by=S, decided_at=T,
    ),
    key=("release_id",),
    order="decided_at",
)  # fmt: skip
"""Which version was given which alias, and why. Made by the first decision."""
ROLLOUTS = Ledger(
    name="rollouts",
    schema=_struct(
        row_id=S, name=S, number=L, rollout_id=S, event=S, state=S, stage=N, share=D, champion=L,
        challenger=L, champion_version=S, challenger_version=S, salt=S, rules=S, account_id=S,
        opening=N, look=L, finding=S, reason=S, decided_by=S, holder=S, lease_until=T,
        stage_since=T, answered_at=T, at=T,
    ),
    key=("name", "number"),
    order="at",
)  # fmt: skip
"""Each step of each rollout, and why; `rules` and `finding` as JSON. Made by the first rollout."""
ROLLOUT_ITEMS = Ledger(
    name="rollout_items",
    schema=_struct(
        rollout_id=S, account_id=S, kind=S, item_id=S, look=L, place=N, value=D, name=S, at=T,
    ),
    key=("rollout_id", "account_id", "kind", "item_id", "look"),
    order="at",
)  # fmt: skip
"""The evidence that the steps of a rollout read, in its order. Made by the first rollout."""
SHADOW_PAIRS = Ledger(
    name="shadow_pairs",
    schema=_struct(
        rollout_id=S, name=S, table=S, column=S, champion_version=S, challenger_version=S,
        champion_lost=B, challenger_lost=B, champion_checks=ArrayType(S),
        challenger_checks=ArrayType(S), champion_score=D, challenger_score=D, champion_run=S,
        fingerprint=S, request_hash=S, model=S, run_id=S, at=T, unit=S, execution_id=S,
    ),
    key=("rollout_id", "table", "column", "run_id", "execution_id"),
    order="at",
)  # fmt: skip
"""What a challenger got beside the champion, by asset; for requests of the service with `unit` and
`execution_id`. Made by the first run in the shadow."""
EVALUATIONS = Ledger(
    name="evaluations",
    schema=_struct(
        evaluation_id=S, label=S, program=S, program_version=S, model=S, data_name=S, data_hash=S,
        split=S, metric=S, metric_version=S, value=D, low=D, high=D, items=L, tables=L, passed=D,
        parts=S, against=S, against_version=S, difference=D, difference_low=D, difference_high=D,
        conclusion=S, input_tokens=L, output_tokens=L, cost=D, run_id=S, evaluated_at=T,
    ),
    key=("evaluation_id",),
    order="evaluated_at",
)  # fmt: skip
"""How good versions are. Made, as the next, by the first evaluation."""
EVALUATION_ITEMS = Ledger(
    name="evaluation_items",
    schema=_struct(
        evaluation_id=S, data_hash=S, table=S, column=S, score=D, passed=B, parts=S, text=S,
        source=S, why=S, evaluated_at=T,
    ),
    key=("evaluation_id", "table", "column"),
    order="evaluated_at",
)  # fmt: skip
EXAMPLES = Ledger(
    name="examples",
    schema=_struct(
        example_id=S, program=S, table=S, column=S, subject=S, inputs=S, expected=S, avoid=S,
        origin=S, split=S, weight=D, withdrawn=B, reason=S, who=S, run_id=S, at=T,
    ),
    key=("example_id",),
    order="at",
)  # fmt: skip
"""What programs learn from; `inputs` as JSON. Made by the first command that keeps some."""
FEEDBACK = Ledger(
    name="feedback",
    schema=_struct(
        feedback_id=S, execution_id=S, proposal_id=S, program=S, program_version=S, variant=S,
        model=S, score=D, rating=N, type=S, corrections=S, who=S, at=T,
    ),
    key=("feedback_id",),
    order="at",
)  # fmt: skip
"""What people said of executions and proposals; `corrections` as JSON. Made by the first."""
PERFORMANCE = Ledger(
    name="performance",
    schema=_struct(
        program=S, program_version=S, variant=S, model=S, minute=T, calls=L, failures=L,
        latency_mean=D, latency_p95=D, success_rate=D, quality_mean=D, feedback_mean=D,
        input_tokens=L, output_tokens=L, cost=D, sums=S, computed_at=T,
    ),
    key=("program", "program_version", "variant", "model", "minute"),
    order="computed_at",
)  # fmt: skip
"""What programs did, by minute; `sums` as JSON can be merged. Made, as the next, by a monitor."""
ALERTS = Ledger(
    name="alerts",
    schema=_struct(
        alert_id=S, number=L, alert=S, metric=S, program=S, program_version=S, variant=S, model=S,
        status=S, value=D, threshold=D, baseline=D, samples=L, at=T, channels=S, holder=S,
    ),
    key=("alert_id", "number"),
    order="at",
)  # fmt: skip
"""When an alert began or ended."""
ALERT_NOTICES = Ledger(
    name="alert_notices",
    schema=_struct(
        alert_id=S, number=L, channel=S, step=L, status=S, attempts=L, next_at=T, claimed_until=T,
        error=S, holder=S, at=T,
    ),
    key=("alert_id", "number", "channel"),
    order="step",
)  # fmt: skip
"""What became of each notice. Made, as the next, where a monitor keeps its states in the lake."""
MONITOR_STATES = Ledger(
    name="monitor_states",
    schema=_struct(name=S, number=L, position=S, state=S, holder=S, at=T),
    key=("name",),
    order="number",
)  # fmt: skip
"""How far a monitor has read, and its detectors of drift; `state` as JSON."""
LABEL_PROPOSALS = Ledger(
    name="label_proposals",
    schema=_struct(
        proposal_id=S, table=S, column=S, tag=S, value=S, source=S, status=S, reason=S, replaces=S,
        fingerprint=S, request_hash=S, program=S, program_version=S, model=S, run_id=S,
        proposed_at=T,
    ),
    key=("table", "column", "tag"),
    order="proposed_at",
)  # fmt: skip
"""Tags that tables and columns should get; decisions on them stand in `decisions`. Made, as the
next, by the first command about labels."""
LABEL_CHANGES = Ledger(
    name="label_changes",
    schema=_struct(
        change_id=S, table=S, column=S, tag=S, proposal_id=S, before=S, after=S, place=S,
        statement=S, status=S, error=S, run_id=S, changed_at=T, who=S,
    ),
    key=("change_id",),
    order="changed_at",
)  # fmt: skip
"""Tags that were set and removed; '' is no tag."""
LEDGERS = (INVENTORY, EVIDENCE, RESPONSES, PROPOSALS, DECISIONS, CHANGES, RUNS)
