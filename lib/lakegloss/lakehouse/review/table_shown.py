"""Gathers what lakegloss knows of one table: its comments now, its drafts, what the data shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.plan.cards import column_text, table_text
from lakegloss.errors import AssetNotFoundError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.report.judged_rows import wrong_by_now
from lakegloss.lakehouse.review.reading import Which, evidence_of_tables, proposals_for_review
from lakegloss.settings_views import LedgerSettings, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetShown:
    """A table (column is '') or column.

    Attributes:
        comment: in the catalog now.
        draft: the text of the newest proposal where the catalog does not have it; '' for none.
        draft_status: of that proposal: ready, needs_review, failed, overtaken.
        decided: the newest decision on it: accept, edit, reject; '' for none.
        source: who wrote the proposal.
        reason: why the draft waits or failed.
        evidence: what the data shows, in words; cut down to what the policy for values lets out.
        wrong: what the data contradict in a comment that lakegloss wrote; '' where nothing.
    """

    table: str
    column: str
    data_type: str
    comment: str
    draft: str
    draft_status: str
    decided: str
    source: str
    reason: str
    evidence: str
    wrong: str = ""


def show_table(
    spark: Any, settings: LedgerSettings, name: str, *, values: Values
) -> list[AssetShown]:
    """What is known of a table, then of each of its columns.

    Args:
        values: the policy for values: what of the evidence may be shown.

    Raises:
        AssetNotFoundError: there is no such table, or the name is a pattern for several.
        CatalogError: it cannot be read.
    """
    ledgers = Ledgers(spark, settings)
    catalog = Catalog(spark, settings.excluded)
    names = catalog.table_names([name], own_schema=ledgers.schema)
    if len(names) != 1:
        raise AssetNotFoundError(
            f"{name!r} names {len(names)} tables.",
            remedy=f"Name one of them: {', '.join(names[:5])}",
        )
    table = catalog.read_comments(names[0])
    if table.error:
        raise AssetNotFoundError(f"{table.name} cannot be read: {table.error}", remedy="Mend it.")
    known = ledgers.exist()
    evidence = evidence_of_tables(ledgers, values, [table.name]) if known else {}
    drafts = _drafts(ledgers, table.name) if known else {}
    wrong = wrong_by_now(ledgers, [table]) if known else {}
    own = {key.column: item for key, item in evidence.items()}
    columns: list[Column | None] = [None, *table.columns]
    shown = []
    for column in columns:
        path = column.path if column else ""
        comment = column.comment if column else table.comment
        draft = drafts.get(AssetKey(table.name, path))
        words = draft.words if draft else ""
        shown.append(
            AssetShown(
                table=table.name,
                column=path,
                data_type=column.data_type if column else "",
                comment=comment,
                draft=words if words != comment else "",
                draft_status=draft.status if draft else "",
                decided=draft.verdict if draft else "",
                source=draft.source if draft else "",
                reason=draft.reason if draft else "",
                evidence=evidence_in_words(table, column, own),
                wrong=wrong.get(AssetKey(table.name, path), ""),
            )
        )
    return shown


def evidence_in_words(table: Table, column: Column | None, evidence: Mapping[str, Evidence]) -> str:
    """What a card says of the data of a column, or of the table; without the comment."""
    if column is None:
        line = table_text(replace(table, comment=""), evidence)
    else:
        line = column_text(replace(column, comment=""), evidence.get(column.path))
    return line.partition(": ")[2]


def _drafts(ledgers: Ledgers, table: str) -> dict[AssetKey, Any]:
    try:
        found = proposals_for_review(ledgers, [table], Which(), everything=True)
    except AssetNotFoundError:  # nothing was ever proposed for it
        return {}
    return {proposal.key: proposal for proposal in found}
