"""Reads what people did: decisions on proposals, text in the catalog, feedback on executions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.ddl import is_in
from lakegloss.core.evidence import Evidence
from lakegloss.core.learning.examples import FoundExample, Origin
from lakegloss.core.learning.inputs import comment_inputs
from lakegloss.core.learning.judgements import (
    Feedback,
    JudgedExecution,
    examples_of,
    feedback_of,
    judged_of,
    liked_or_disliked,
)
from lakegloss.core.plan.choices import NOTHING_KNOWN, Known, text_hash
from lakegloss.core.records import POLICY, LedgerRow, Source, Verdict
from lakegloss.core.stages import comments_of
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import known_assets, with_moved
from lakegloss.lakehouse.ledgers.tables import DECISIONS, EVIDENCE, EXECUTIONS, FEEDBACK, PROPOSALS
from lakegloss.lakehouse.survey.stamps import allowed
from lakegloss.lakehouse.survey.stored import stored_of
from lakegloss.settings_views import Values

_LAKEGLOSS = "lakegloss"
"""Who decides where no person does: the policy, and an undo."""
_PROPOSED = ("proposal_id", "table", "column", "text", "source", "proposed_at")
_DECIDED = ("proposal_id", "table", "column", "verdict", "text", "decided_by", "origin",
            "decided_at")  # fmt: skip


def found_in_lake(ledgers: Ledgers, tables: Sequence[Table], values: Values) -> list[FoundExample]:
    """What people decided on these tables, and what they wrote into the catalog.

    Args:
        tables: as the catalog shows them now.
        values: the policy for values, under which inputs are written.
    """
    names = [table.name for table in tables if not table.error]
    inputs = AssetInputs(ledgers, tables, values)
    known = known_assets(ledgers, names)
    comments = {
        AssetKey(table.name, path): text
        for table in tables
        for path, text in comments_of(table).items()
    }
    known = with_moved(ledgers, known, comments)
    decided = _decided(ledgers, names)
    written = list(_in_catalog(comments, known))
    newer = {AssetKey(e.table, e.column): e.expected for e in written}
    kept = [e for e in decided if not _is_over(e, newer, known)]
    found = (replace(e, inputs=inputs.of(e.table, e.column)) for e in (*kept, *written))
    return [e for e in found if e.inputs]  # columns that are gone teach nothing


def _is_over(
    decided: FoundExample, written: Mapping[AssetKey, str], known: Mapping[AssetKey, Known]
) -> bool:
    """Whether a person's text in the catalog is newer than a decision, whose text was applied."""
    key = AssetKey(decided.table, decided.column)
    shown = written.get(key)
    if shown is None or not decided.expected or shown == decided.expected:
        return False
    return text_hash(decided.expected) in known.get(key, NOTHING_KNOWN).written


def _in_catalog(
    comments: Mapping[AssetKey, str], known: Mapping[AssetKey, Known]
) -> Iterator[FoundExample]:
    for key, text in comments.items():
        author = known.get(key, NOTHING_KNOWN).author(text) if text.strip() else ""
        if author == Source.HUMAN:
            yield FoundExample(
                table=key.table, column=key.column, expected=text.strip(), origin=Origin.CATALOG
            )


def _decided(ledgers: Ledgers, names: Collection[str]) -> list[FoundExample]:
    """The newest decision of a person on each asset; older rejections say what to avoid."""
    where = is_in("table", names)
    proposals = {
        row["proposal_id"]: row
        for row in rows_of(ledgers.read(PROPOSALS).where(where), PROPOSALS, _PROPOSED)
    }
    newest: dict[AssetKey, FoundExample] = {}
    rows = rows_of(ledgers.read(DECISIONS).where(where), DECISIONS, _DECIDED)
    for row in sorted(rows, key=lambda row: row["decided_at"]):
        proposal = proposals.get(row["proposal_id"])
        by_person = row["origin"] != POLICY and row["decided_by"] != _LAKEGLOSS
        if proposal is None or not by_person:
            continue
        item = _of_decision(row, proposal)
        if item is not None:
            key = AssetKey(item.table, item.column)
            before = newest.get(key)
            avoid = item.avoid or (before.avoid if before else "")
            newest[key] = replace(item, avoid="" if avoid == item.expected else avoid)
    return list(newest.values())


def _of_decision(row: LedgerRow, proposal: LedgerRow) -> FoundExample | None:
    proposed, edited = (proposal["text"] or "").strip(), (row["text"] or "").strip()
    expected, avoid, origin = proposed, "", Origin.ACCEPTED
    if row["verdict"] == Verdict.REJECT:
        expected, avoid, origin = "", proposed, Origin.REJECTED
    elif row["verdict"] == Verdict.EDIT and edited:
        expected, avoid, origin = edited, proposed, Origin.EDITED
    elif proposal["source"] == Source.HUMAN:
        origin = Origin.EDITED
    if not expected and not avoid:
        return None
    return FoundExample(
        table=row["table"], column=row["column"], expected=expected, avoid=avoid, origin=origin,
        who=row["decided_by"] or "",
    )  # fmt: skip


class AssetInputs:
    """Writes the inputs of tables and columns from the catalog and the stored evidence.

    Args:
        values: the policy for values, applied to evidence that an older one let in.
    """

    def __init__(self, ledgers: Ledgers, tables: Sequence[Table], values: Values) -> None:
        self._tables = {table.name: table for table in tables if not table.error}
        self._evidence: dict[str, dict[str, Evidence]] = {}
        rows = ledgers.newest_arrow(EVIDENCE, is_in("table", list(self._tables)))
        stored = [(item.evidence, item.policy) for item in stored_of(rows)]
        for evidence in allowed(stored, values):
            self._evidence.setdefault(evidence.table, {})[evidence.column] = evidence

    def of(self, table: str, column: str) -> dict[str, Any]:
        """The inputs for one asset; {} where it is not there any more."""
        found = self._tables.get(table)
        if found is None:
            return {}
        evidence = self._evidence.get(table, {})
        if not column:
            return comment_inputs(found, None, evidence)
        asked = next((c for c in found.columns if c.path == column), None)
        return {} if asked is None else comment_inputs(found, asked, evidence)


def found_in_feedback(ledgers: Ledgers) -> list[FoundExample]:
    """What feedback and kept executions teach; [] where nobody gave any."""
    catalog = ledgers.spark.catalog
    if not all(catalog.tableExists(ledgers.name(ledger)) for ledger in (FEEDBACK, EXECUTIONS)):
        return []
    rows = [feedback_of(row) for row in ledgers.newest(FEEDBACK, "true")]
    ids = sorted({row.execution_id for row in rows if row.execution_id})
    if not ids:
        return []
    executions = {
        row["execution_id"]: judged_of(row)
        for row in ledgers.newest(EXECUTIONS, is_in("execution_id", ids))
    }
    return [example for row in rows for example in _of_feedback(row, executions)]


def _of_feedback(row: Feedback, executions: Mapping[str, JudgedExecution]) -> list[FoundExample]:
    judged = executions.get(row.execution_id)
    if judged is None:
        return []
    return examples_of(row, judged) or liked_or_disliked(row, judged)
