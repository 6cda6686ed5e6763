"""Takes back reviewed files of dbxmetagen's modes pi and domain: what people say of tags."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lakegloss.compat.dbxmetagen.configuration.label_overrides import tags_of_fields
from lakegloss.compat.dbxmetagen.configuration.label_settings import NONE, scheme_of_config
from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig
from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.label_review import LabelConflict, LabelRuling, wrong_label
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.names import join_path, split_path
from lakegloss.core.records import Verdict
from lakegloss.core.review.cells import from_cell
from lakegloss.core.review.rows import FileLine
from lakegloss.core.selection import canonical
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.labels.label_reviewing import LabelsDecided, record_rulings
from lakegloss.lakehouse.labels.label_state import ensure_label_ledgers, known_labels
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import run
from lakegloss.lakehouse.review.files import ReviewFile

_NOTHING = {"", NONE.lower(), "nan", "null"}
_TOKEN = "__catalog_name__"  # noqa: S105 - stands for the catalog's name
ALREADY_SET = "it is set already: undo the run, or fix the value in the file of overrides"
Said = tuple[FileLine, LabelKey, str]
"""A line, the tag that it speaks of, and its value; '' says that there is to be none."""


def import_label_review(
    spark: Any,
    settings: Any,
    config: MetadataConfig,
    file: ReviewFile,
    *,
    decided_by: str | None = None,
    dry_run: bool = False,
) -> LabelsDecided:
    """Record what a reviewed file says: the same value accepts, another one edits, None rejects.

    Only what was proposed is decided on; rows about other tags are told and left out.

    Raises:
        ReviewFileError: a line cannot be read. SettingsError: the tags cannot be used.
    """
    lines = list(file.lines)
    scheme = scheme_of_config(config, mode_of_lines(lines))
    ledgers = Ledgers(spark, settings)
    ensure_label_ledgers(ledgers)
    said = list(_said(lines, scheme, Catalog(spark).current))
    known = known_labels(ledgers, {key.table for _, key, _ in said})
    rulings, conflicts, untouched = decided(said, known, scheme)
    run_id = ""
    if rulings and not dry_run:
        with run(ledgers, settings, "dbxmetagen import") as log:
            run_id = log.run_id
            log.count(decisions=record_rulings(ledgers, rulings, run_id, file.origin, decided_by))
    return LabelsDecided(
        run_id=run_id, dry_run=dry_run, rulings=tuple(rulings), conflicts=tuple(conflicts),
        untouched=untouched,
    )  # fmt: skip


def mode_of_lines(lines: Sequence[FileLine]) -> str:
    """The mode of a reviewed file, by its columns."""
    names = {name for line in lines for name in line.cells}
    return "pi" if {"classification", "type"} & names else "domain"


def _said(lines: Iterable[FileLine], scheme: LabelScheme, current: str) -> Iterator[Said]:
    columns = tags_of_fields(scheme)
    for line in lines:
        if line.problem or line.formulas & {"table", *columns}:
            continue
        table, column = _asset(line, current)
        for name, tag in columns.items():
            if table and tag and name in line.cells:
                value = from_cell(line.cells[name]).strip()
                meant = "" if value.lower() in _NOTHING else value
                yield line, LabelKey(table, column, tag), meant


def _asset(line: FileLine, current: str) -> tuple[str, str]:
    parts = [_cell(line, name) for name in ("catalog", "schema", "table_name")]
    try:
        if not (parts[1] and parts[2]):
            parts = list(split_path(_cell(line, "table")))
        if parts[0].lower() in {"", _TOKEN}:
            parts = parts[1:]
        [table] = canonical([join_path(tuple(parts))], current)
    except ValueError:
        return "", ""
    column = _cell(line, "column_name")
    return table, "" if column.lower() in _NOTHING else column


def _cell(line: FileLine, name: str) -> str:
    return from_cell(line.cells.get(name, "")).strip()


def decided(
    said: list[Said], known: Mapping[LabelKey, KnownLabel], scheme: LabelScheme
) -> tuple[list[LabelRuling], list[LabelConflict], int]:
    """The decisions, the rows in conflict, and how many ask for nothing."""
    lower = {_folded(key): key for key in known}
    rulings: dict[LabelKey, LabelRuling] = {}
    conflicts: list[LabelConflict] = []
    untouched = 0
    for line, named, value in said:
        key = lower.get(_folded(named), named)
        one = known.get(key)
        if one is None or not one.is_open or (one.by_person and one.decided_value == value):
            is_set = one is not None and one.applied
            meant = value or (NONE if is_set else "")
            if not meant or (one is not None and one.decided_value == meant):
                untouched += 1
                continue
            reason = ALREADY_SET if is_set else "there is no open proposal of this tag"
            conflicts.append(LabelConflict(line=line.number, asset=str(key), reason=reason))
            continue
        verdict = _verdict(one, value)
        problem = wrong_label(scheme, key, value) if verdict is Verdict.EDIT else ""
        if problem:
            conflicts.append(LabelConflict(line=line.number, asset=str(key), reason=problem))
            continue
        rulings[key] = LabelRuling(
            key=key, proposal_id=one.proposal_id, verdict=verdict,
            value=value if verdict is Verdict.EDIT else "",
        )  # fmt: skip
    return list(rulings.values()), conflicts, untouched


def _folded(key: LabelKey) -> tuple[str, str, str]:
    return key.table.lower(), key.column.replace("`", "").lower(), key.tag


def _verdict(one: KnownLabel, value: str) -> Verdict:
    if not value and one.decided_value.lower() not in _NOTHING:
        return Verdict.REJECT
    same = value == one.decided_value or not value
    return Verdict.ACCEPT if same else Verdict.EDIT
