"""Reads labels for a report and for the view of one table, where the lake has ledgers of labels."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from lakegloss.core.labels.label_actions import NOTHING_KNOWN_OF_LABEL, is_ours
from lakegloss.core.labels.label_part import LabelPart, label_part
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.labels.label_state import ensure_label_ledgers, known_labels
from lakegloss.lakehouse.labels.tag_reader import TagReader
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import LABEL_PROPOSALS
from lakegloss.settings_views import LedgerSettings


def labels_of_report(ledgers: Ledgers, tables: Collection[str]) -> LabelPart | None:
    """The labels of these tables by the ledgers; None where nothing was ever labelled."""
    if not _has_labels(ledgers):
        return None
    return label_part(known_labels(ledgers, tables))


def labels_shown(spark: Any, settings: LedgerSettings, name: str) -> dict[str, list[str]]:
    """Lines on the labels of a table and its columns ('' for the table): tags, then proposals.

    Tags are those that the catalog shows now. Nothing is given for a table that cannot be read.
    """
    ledgers = Ledgers(spark, settings)
    table = Catalog(spark).read_comments(name)
    if table.error:
        return {}
    known = known_labels(ledgers, [table.name]) if _has_labels(ledgers) else {}
    lines: defaultdict[str, list[str]] = defaultdict(list)
    now = TagReader(spark, 1).read([table])
    for key, value in sorted(now.values.items()):
        who = "" if is_ours(value, known.get(key, NOTHING_KNOWN_OF_LABEL)) else " (set elsewhere)"
        lines[key.column].append(f"tag {key.tag} = {value}{who}")
    for key, one in sorted(known.items()):
        if one.is_open and now.values.get(key) != one.decided_value:
            standing = "ready" if one.is_ready else "waits for a review"
            lines[key.column].append(
                f"label {key.tag} = {one.decided_value} ({standing}; {one.reason})"
            )
    return dict(lines)


def _has_labels(ledgers: Ledgers) -> bool:
    if not ledgers.spark.catalog.tableExists(ledgers.name(LABEL_PROPOSALS)):
        return False
    ensure_label_ledgers(ledgers)
    return True
