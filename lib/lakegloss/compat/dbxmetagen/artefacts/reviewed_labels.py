"""Takes back reviewed files of dbxmetagen's modes pi and domain: what people say of tags."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lakegloss.compat.dbxmetagen.artefacts.labels_of_people import (
    NO_ASSETS,
    Assets,
    assets_there,
    folded,
    with_own_proposals,
)
from lakegloss.compat.dbxmetagen.artefacts.withdrawn_tags import set_before, withdrawal
from lakegloss.compat.dbxmetagen.configuration.label_overrides import label_meant, tags_of_fields
from lakegloss.compat.dbxmetagen.configuration.label_settings import NONE, scheme_of_config
from lakegloss.compat.dbxmetagen.configuration.metadata_config import ALL, MetadataConfig
from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.label_review import (
    LabelConflict,
    LabelRuling,
    overruled,
    without_rivals,
    wrong_label,
)
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
from lakegloss.lakehouse.session.user import session_user

_NAMES = ("table", "catalog", "schema", "table_name", "column_name")
_NOTHING = {"", NONE.lower(), "nan", "null"}
_TOKEN = "__catalog_name__"  # noqa: S105 - stands for the catalog's name
ALREADY_SET = "it is set already: undo the run, or fix the value in the file of overrides"
NOT_PROPOSED = "no such tag is proposed: fix the value in the file of overrides"
Said = tuple[FileLine, LabelKey, str]
"""A line, the tag that it speaks of, and its value: '' for an empty cell, NONE for the word."""


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

    A tag that was not proposed, of a table that was looked at, becomes a proposal of the person,
    and so does another value for a tag that is set. An empty cell takes a tag that lakegloss set
    away; so does None, but where the scheme writes None. Rows about other tables are told and left
    out, and so are rows that cannot be read.

    Raises:
        ReviewFileError: the file cannot be read. SettingsError: the tags cannot be used.
    """
    lines = list(file.lines)
    scheme = scheme_of_config(config, mode_of_lines(lines))
    ledgers = Ledgers(spark, settings)
    ensure_label_ledgers(ledgers)
    who = decided_by or session_user(ledgers.spark)
    said, unread = tags_said(lines, scheme, Catalog(spark).current)
    known = known_labels(ledgers, {key.table for _, key, _ in said})
    rulings, conflicts, untouched = decided(said, known, scheme, who=who)
    if any(one.reason in (ALREADY_SET, NOT_PROPOSED) for one in conflicts):
        there = assets_there(spark, settings, {key.table for key in known})
        rulings, conflicts, untouched = decided(said, known, scheme, who=who, there=there)
    conflicts = sorted([*unread, *conflicts], key=lambda one: one.line)
    run_id = ""
    if rulings and not dry_run:
        with run(ledgers, settings, "dbxmetagen import") as log:
            run_id = log.run_id
            rulings = with_own_proposals(ledgers, rulings, known, run_id, file.origin)
            log.count(decisions=record_rulings(ledgers, rulings, run_id, file.origin, who))
    return LabelsDecided(
        run_id=run_id, dry_run=dry_run, rulings=tuple(rulings), conflicts=tuple(conflicts),
        untouched=untouched,
    )  # fmt: skip


def mode_of_lines(lines: Sequence[FileLine]) -> str:
    """The mode of a reviewed file, by its columns; `all` where it has those of both."""
    names = {name for line in lines for name in line.cells}
    personal, domain = {"classification", "type"} & names, {"domain", "subdomain"} & names
    if personal and domain:
        return ALL
    return "domain" if domain else "pi"


def tags_said(
    lines: Iterable[FileLine], scheme: LabelScheme, current: str
) -> tuple[list[Said], list[LabelConflict]]:
    """What the lines say of tags, and the lines that cannot be read.

    Args:
        current: the session's current catalog.
    """
    said: list[Said] = []
    unread: list[LabelConflict] = []
    columns = {name: tag for name, tag in tags_of_fields(scheme).items() if tag}
    for line in lines:
        table, column = _asset(line, current)
        if problem := _problem(line, table, columns):
            asset = _cell(line, "table") or _cell(line, "table_name")
            unread.append(LabelConflict(line=line.number, asset=asset, reason=problem))
            continue
        for name, tag in columns.items():
            if name in line.cells:
                meant = _meant(_cell(line, name), name, scheme, tag)
                said.append((line, LabelKey(table, column, tag), meant))
    return said, unread


def _problem(line: FileLine, table: str, columns: Mapping[str, str]) -> str:
    if line.problem:
        return line.problem
    if line.formulas & {*_NAMES, *columns}:
        return "a cell holds a formula, not text"
    return "" if table else "it names no table"


def _meant(text: str, name: str, scheme: LabelScheme, tag: str) -> str:
    """The label that a cell means, in any case; a text that is none stays as it is."""
    if text.lower() in _NOTHING:
        return NONE if text.lower() == NONE.lower() else ""
    return label_meant(text, name, scheme, tag) or text


def _asset(line: FileLine, current: str) -> tuple[str, str]:
    parts = [_cell(line, name) for name in ("catalog", "schema", "table_name")]
    try:
        if not (parts[1] and parts[2]):
            parts = list(split_path(_cell(line, "table")))
        if parts[0].lower() in {"", _TOKEN}:
            parts = parts[1:]
        [table] = canonical([join_path(tuple(parts))], current)
    except (ValueError, IndexError):
        return "", ""
    column = _cell(line, "column_name")
    return table, "" if column.lower() in _NOTHING else column


def _cell(line: FileLine, name: str) -> str:
    return from_cell(line.cells.get(name, "")).strip()


def decided(
    said: Iterable[Said],
    known: Mapping[LabelKey, KnownLabel],
    scheme: LabelScheme,
    *,
    who: str,
    there: Assets = NO_ASSETS,
) -> tuple[list[LabelRuling], list[LabelConflict], int]:
    """The decisions, the rows in conflict, and how many ask for nothing.

    Args:
        who: who decides; what somebody else decided stays, and the row is in conflict.
        there: tables and columns that people may label though nothing is proposed: then the ruling
            has no id of a proposal.
    """
    lower = {_folded(key): key for key in known}
    made: list[tuple[int, LabelRuling]] = []
    conflicts: list[LabelConflict] = []
    emptied: set[LabelKey] = set()
    untouched = 0
    for line, named, value in said:
        key = lower.get(_folded(named), named)
        ruling = _decision(key, known.get(key), value, scheme, who, there)
        if ruling is None:
            untouched += 1
        elif isinstance(ruling, str):
            conflicts.append(LabelConflict(line=line.number, asset=str(key), reason=ruling))
        else:
            made.append((line.number, ruling))
            emptied |= {key} if not value else set()
    single, rivals = without_rivals(made)
    single += list(set_before(single, known, emptied, who))
    return single, sorted([*conflicts, *rivals], key=lambda one: one.line), untouched


def _decision(
    key: LabelKey,
    one: KnownLabel | None,
    value: str,
    scheme: LabelScheme,
    who: str,
    there: Assets,
) -> LabelRuling | str | None:
    """Like `_ruling`, and what people may say beyond what is proposed."""
    said = "" if value == NONE else value
    ruling = _ruling(key, one, said, scheme, who)
    if ruling not in (ALREADY_SET, NOT_PROPOSED):
        return ruling
    written = scheme.none_value if value == NONE and key.tag == scheme.group_tag else ""
    if own := said or written:
        return _own(key, one, own, scheme, who, there) or ruling
    return withdrawal(key, one, who) if one is not None else ruling


def _ruling(
    key: LabelKey, one: KnownLabel | None, value: str, scheme: LabelScheme, who: str
) -> LabelRuling | str | None:
    """The decision, why there is none, or None where nothing new is asked for.

    Such files hold every row: a value that is still the proposed one takes back no decision of the
    same person.
    """
    if one is not None and not value and one.decided_value.lower() in _NOTHING:
        value = one.decided_value  # that there is to be none is the label here
    is_untouched = one is not None and one.value == value and one.decided_by in (who, "")
    is_withdrawn = one is not None and one.withdrawn and not value
    if one is not None and one.by_person and (one.decided_value == value or is_untouched):
        return None
    if one is None or not one.is_open:
        is_set = one is not None and (one.applied or (not value and bool(one.set_by)))
        meant = value or (NONE if is_set and not is_withdrawn else "")
        if not meant or (one is not None and one.decided_value == meant):
            return None
        return ALREADY_SET if is_set else NOT_PROPOSED
    if problem := overruled(one, who):
        return problem
    verdict = _verdict(one, value)
    is_new = value not in (one.value, one.decided_value)
    if verdict is Verdict.EDIT and is_new and (problem := wrong_label(scheme, key, value)):
        return problem
    return LabelRuling(
        key=key, proposal_id=one.proposal_id, verdict=verdict,
        value=value if verdict is Verdict.EDIT else "",
    )  # fmt: skip


def _own(
    key: LabelKey,
    one: KnownLabel | None,
    value: str,
    scheme: LabelScheme,
    who: str,
    there: Assets,
) -> LabelRuling | str | None:
    """What a person says of a tag without an open proposal; None where the asset is not there."""
    asset = there.get(folded(key.table, key.column))
    if asset is None:
        return None
    problem = overruled(one, who) if one is not None else ""
    problem = problem or wrong_label(scheme, key, value)
    own = LabelKey(asset.table, asset.column, key.tag)
    return problem or LabelRuling(key=own, proposal_id="", verdict=Verdict.ACCEPT, value=value)


def _folded(key: LabelKey) -> tuple[str, str, str]:
    return (*folded(key.table, key.column), key.tag)


def _verdict(one: KnownLabel, value: str) -> Verdict:
    if not value:
        return Verdict.REJECT
    return Verdict.ACCEPT if value == one.value else Verdict.EDIT
