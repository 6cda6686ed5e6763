"""Reads what the ledgers know of the assets of some tables, in two queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from lakegloss.core.assets import AssetKey
from lakegloss.core.ddl import is_in, literal
from lakegloss.core.labels.label_rows import LABEL_PROGRAM
from lakegloss.core.plan.choices import NOTHING_KNOWN, Known, text_hash
from lakegloss.core.records import POLICY, AskedAsset, ChangeStatus, Response, Source, Verdict
from lakegloss.core.release.shadow import SHADOW
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import (
    CHANGES,
    DECISIONS,
    INVENTORY,
    PROPOSALS,
    RESPONSES,
    Ledger,
)
from lakegloss.lakehouse.threads import threads

_Row = dict[str, Any]
_WRITTEN = [ChangeStatus.INTENDED, ChangeStatus.APPLIED, ChangeStatus.UNDONE]


def with_moved(
    ledgers: Ledgers, known: Mapping[AssetKey, Known], comments: Mapping[AssetKey, str]
) -> dict[AssetKey, Known]:
    """What is known of assets, with the texts that lakegloss wrote to others (`moved_texts`).

    Args:
        comments: the comments that the catalog shows.
    """
    foreign = {
        key: text
        for key, text in comments.items()
        if text.strip() and text_hash(text) not in known.get(key, NOTHING_KNOWN).written
    }
    found = dict(known)
    for key, author in moved_texts(ledgers, foreign).items():
        before = known.get(key, NOTHING_KNOWN)
        written = {**before.written, text_hash(foreign[key]): author}
        found[key] = replace(before, written=written)
    return found


def moved_texts(ledgers: Ledgers, comments: Mapping[AssetKey, str]) -> dict[AssetKey, str]:
    """Find comments that lakegloss applied to another asset; returns their writers, by asset.

    A table or column that was renamed, copied or cloned takes its comments along. Three kinds of
    texts are left out: a text that a person edited in review is the person's; a text that was
    taken over from another column may be a person's; and a text that the inventory saw here before
    lakegloss wrote it anywhere is no copy.

    Args:
        comments: texts that lakegloss did not write to these assets.
    """
    hashes = {text_hash(text) for text in comments.values()}
    if not hashes:
        return {}
    rows = _changes_of(ledgers, hashes)
    if not rows:
        return {}
    proposals = {row["proposal_id"] for row in rows}
    sources = _column_of(ledgers, PROPOSALS, "source", proposals)
    verdicts = _column_of(ledgers, DECISIONS, "verdict", proposals)
    writers: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        edited = verdicts.get(row["proposal_id"]) == Verdict.EDIT
        source = Source.HUMAN.value if edited else sources.get(row["proposal_id"], "")
        writers[row["mark"]].append(source)
    authors = {
        mark: next(source for source in found if source in _OWN)
        for mark, found in writers.items()
        if _OWN.intersection(found) and Source.HUMAN not in found
    }
    first = {row["mark"]: row["changed_at"] for row in rows}  # the latest come first
    ours = {key: mark for key, text in comments.items() if (mark := text_hash(text)) in authors}
    seen = _first_seen(ledgers, ours)
    return {
        key: authors[mark]
        for key, mark in ours.items()
        if key not in seen or seen[key] >= first[mark]
    }


_OWN = frozenset({Source.MODEL.value, Source.RULES.value})
_MARK = "sha2(`{column}`, 256)"


def _changes_of(ledgers: Ledgers, hashes: Collection[str]) -> list[_Row]:
    """The changes that wrote texts with these hashes, the latest first."""
    wanted = ledgers.spark.createDataFrame(pa.table({"mark": sorted(hashes)}))
    mark = f"{_MARK.format(column='after')} AS mark"
    frame = (
        ledgers.read(CHANGES)
        .where(is_in("status", _WRITTEN))
        .where("proposal_id <> '' AND `before` <> `after`")
        .selectExpr("proposal_id", "changed_at", mark)
        .join(wanted, "mark")
        .groupBy("mark", "proposal_id")
        .agg({"changed_at": "min"})
        .toDF("mark", "proposal_id", "changed_at")
    )
    return sorted((row.asDict() for row in frame.collect()), key=_changed_at, reverse=True)


def _changed_at(row: _Row) -> Any:
    return row["changed_at"]


def _column_of(
    ledgers: Ledgers, ledger: Ledger, column: str, proposals: Collection[str]
) -> dict[str, str]:
    """One column of a ledger, from the newest row of each of these proposals."""
    rows = ledgers.newest(ledger, is_in("proposal_id", proposals), ("proposal_id", column))
    return {row["proposal_id"]: row[column] for row in rows}


def _first_seen(ledgers: Ledgers, marks: Mapping[AssetKey, str]) -> dict[AssetKey, Any]:
    """When the inventory first had these assets with the texts of these hashes."""
    if not marks:
        return {}
    frame = (
        ledgers.read(INVENTORY)
        .where(is_in("table", {key.table for key in marks}))
        .where("`comment` <> ''")
        .selectExpr("`table`", "`column`", f"{_MARK.format(column='comment')} AS mark", "seen_at")
        .groupBy("table", "column", "mark")
        .agg({"seen_at": "min"})
        .toDF("table", "column", "mark", "seen_at")
    )
    rows = ((AssetKey(row.table, row.column), row.mark, row.seen_at) for row in frame.collect())
    return {key: seen for key, mark, seen in rows if marks.get(key) == mark}


def known_assets(ledgers: Ledgers, tables: Collection[str]) -> dict[AssetKey, Known]:
    """What is known of every asset of these tables that ever had a proposal."""
    with threads(3) as pool:
        reading = [pool.submit(_rows, ledgers, tables, part) for part in _PARTS]
        proposals, decisions, changes = (future.result() for future in reading)
    verdicts = {row["proposal_id"]: row for row in decisions}
    sources = {row["proposal_id"]: row["source"] for row in proposals}
    written = _written(changes, sources, verdicts)
    newest: dict[AssetKey, _Row] = {}
    rejected: defaultdict[AssetKey, set[str]] = defaultdict(set)
    refused: defaultdict[AssetKey, set[str]] = defaultdict(set)
    for row in proposals:
        key = AssetKey(row["table"], row["column"])
        newest[key] = row
        decision = verdicts.get(row["proposal_id"])
        if decision and decision["verdict"] == Verdict.REJECT:
            refused[key] |= {text_hash(row["text"])} if row["text"] else set()
            rejected[key] |= {row["fingerprint"]} if row["fingerprint"] else set()
    return {
        key: replace(
            _known(row, verdicts.get(row["proposal_id"]), written.get(key, {})),
            rejected=frozenset(rejected[key]),
            refused=frozenset(refused[key]),
        )
        for key, row in newest.items()
    }


_PARTS = (
    (
        PROPOSALS,
        ("proposal_id", "table", "column", "fingerprint", "source", "status", "text",
         "proposed_at"),
        "true",
    ),
    (DECISIONS, ("proposal_id", "verdict", "text", "origin", "decided_at"), "true"),
    (CHANGES, ("table", "column", "after", "proposal_id"), is_in("status", _WRITTEN)),
)  # fmt: skip


def _rows(
    ledgers: Ledgers, tables: Collection[str], part: tuple[Ledger, tuple[str, ...], str]
) -> list[_Row]:
    """Read rows by a plain scan: joining a few rows here costs less than a shuffle in Spark."""
    ledger, columns, where = part
    frame = ledgers.read(ledger, tables=len(tables)).where(is_in("table", tables)).where(where)
    rows = rows_of(frame, ledger, columns)
    return sorted(rows, key=lambda row: row[ledger.order]) if ledger.order in columns else rows


def _known(row: _Row, decision: _Row | None, written: Mapping[str, str]) -> Known:
    verdict = decision["verdict"] if decision else ""
    edited = decision is not None and verdict == Verdict.EDIT
    return Known(
        proposal_id=row["proposal_id"],
        fingerprint=row["fingerprint"],
        source=row["source"],
        status=row["status"],
        verdict=verdict,
        decided_text=decision["text"] if edited and decision else row["text"],
        by_person=decision is not None and decision["origin"] != POLICY,
        written=written,
    )


def _written(
    changes: Iterable[_Row], sources: Mapping[str, str], verdicts: Mapping[str, _Row]
) -> Mapping[AssetKey, dict[str, str]]:
    """The texts that lakegloss applied to each asset, by hash, with the source of each.

    A text that a person edited in review is the person's, although lakegloss applied it.
    """
    written: defaultdict[AssetKey, dict[str, str]] = defaultdict(dict)
    for row in changes:
        decision = verdicts.get(row["proposal_id"])
        edited = (
            decision is not None
            and decision["verdict"] == Verdict.EDIT
            and decision["text"] == row["after"]
        )
        source = Source.HUMAN.value if edited else sources.get(row["proposal_id"])
        if row["after"] and source:
            written[AssetKey(row["table"], row["column"])][text_hash(row["after"])] = source
    return written


def answers_for(ledgers: Ledgers, tables: Collection[str]) -> list[Response]:
    """Paid answers that cover assets of these tables, oldest first.

    They may belong to other fingerprints; the caller checks that. Answers that a challenger gave in
    the shadow are left out: nobody sees them.
    """
    covers = f"exists(assets, asset -> {is_in('asset.table', tables)})"
    other = f"coalesce({is_in('program', [LABEL_PROGRAM])}, false)"  # answers without comments
    unseen = f"coalesce({is_in('variant', [SHADOW])}, false)"
    return _answers(ledgers, f"usable AND NOT {other} AND NOT {unseen}", covers)


def shadow_answers(ledgers: Ledgers, tables: Collection[str]) -> list[Response]:
    """Paid answers about assets of these tables that nobody saw, oldest first."""
    covers = f"exists(assets, asset -> {is_in('asset.table', tables)})"
    return _answers(ledgers, f"usable AND {is_in('variant', [SHADOW])}", covers)


def answers_of_variants(ledgers: Ledgers, beginning: str, *, model: str) -> list[Response]:
    """Paid answers of a model to questions whose variant begins like this, oldest first."""
    begins = f"startswith(variant, {literal(beginning)})"
    return _answers(ledgers, f"usable AND {is_in('model', [model])}", begins)


def _answers(ledgers: Ledgers, *conditions: str) -> list[Response]:
    frame = ledgers.read(RESPONSES)
    for condition in conditions:
        frame = frame.where(condition)
    found = {row["response_id"]: _response(row) for row in rows_of(frame, RESPONSES)}
    return sorted(found.values(), key=lambda r: (r.answered_at, r.response_id))


def _response(row: _Row) -> Response:
    assets = tuple(AskedAsset(**asset) for asset in row["assets"])
    return Response(**(row | {"assets": assets}))
