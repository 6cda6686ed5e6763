"""Leaves out texts that were drafted for a table or column that is another one by now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from operator import itemgetter

from lakegloss.core.assets import AssetKey
from lakegloss.core.ddl import is_in
from lakegloss.core.plan.outgrown import outgrown
from lakegloss.core.shelf import batched
from lakegloss.core.stages import Stage, reduce_stage
from lakegloss.lakehouse.apply.writes import Writable, WritePlan
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import INVENTORY
from lakegloss.lakehouse.survey.inventory import TABLES_A_READ

_COLUMNS = ("table", "column", "data_type", "present", "seen_at")


def leave_outgrown(ledgers: Ledgers, plan: WritePlan, ready: Iterable[Writable]) -> WritePlan:
    """The plan without texts whose column has a type of another kind than when they were drafted.

    A table's own text is left out where most of its columns are others. What a person accepted
    stays: a decision outlives newer evidence.
    """
    drafted = {item.proposal_id: item.proposed_at for item in ready if not item.by_person}
    due = {
        AssetKey(stage.table, edit.column): moment
        for stage in plan.stages
        for edit in stage.edits
        if (moment := drafted.get(edit.proposal_id)) is not None
    }
    if not due:
        return plan
    reasons: dict[AssetKey, str] = {}
    by_table: defaultdict[str, dict[AssetKey, datetime]] = defaultdict(dict)
    for key, moment in due.items():
        by_table[key.table][key] = moment
    for names in batched(sorted(by_table), TABLES_A_READ):
        for table, history in _histories(ledgers, names).items():
            for key, moment in by_table[table].items():
                then = _types_at(history, key.column, moment)
                reasons[key] = outgrown(key.column, then, plan.types[table])
    told = {key: reason for key, reason in reasons.items() if reason}
    stages = [kept for stage in plan.stages for kept in _without(stage, told)]
    skipped = {str(key): reason for key, reason in told.items()}
    return replace(plan, stages=tuple(stages), skipped={**plan.skipped, **skipped})


def _without(stage: Stage, told: Collection[AssetKey]) -> list[Stage]:
    kept, _ = reduce_stage(stage, lambda edit: AssetKey(stage.table, edit.column) not in told)
    return kept


_History = Mapping[str, list[tuple[datetime, str]]]
"""When the inventory saw each column with which type, oldest first; '' where it was gone."""


def _histories(ledgers: Ledgers, tables: Collection[str]) -> Mapping[str, _History]:
    """What the inventory ever saw of the columns of these tables, by table and path."""
    found: defaultdict[str, defaultdict[str, list[tuple[datetime, str]]]]
    found = defaultdict(lambda: defaultdict(list))
    frame = ledgers.read(INVENTORY, tables=len(tables)).where(is_in("table", tables))
    rows = rows_of(frame.where("`column` <> ''"), INVENTORY, _COLUMNS)
    for row in sorted(rows, key=itemgetter("seen_at")):
        kind = row["data_type"] if row["present"] else ""
        found[row["table"]][row["column"]].append((row["seen_at"], kind))
    return found


def _types_at(history: _History, column: str, moment: datetime) -> dict[str, str]:
    """The types that a column had at a moment, or all columns where `column` is the table ''."""
    paths = [column] if column else history
    then = {
        path: kind for path in paths for seen_at, kind in history.get(path, ()) if seen_at <= moment
    }
    return {path: kind for path, kind in then.items() if kind}
