"""Reads what lakegloss proposes for tables, as rows of dbxmetagen's review files."""

from collections.abc import Sequence
from typing import Any

from lakegloss.compat.dbxmetagen.artefacts.review_rows import ProposedText, RowMaker
from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig
from lakegloss.core.assets import AssetKey
from lakegloss.core.ddl import is_in
from lakegloss.core.records import ChangeStatus, ProposalStatus, Verdict
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import CHANGES, DECISIONS, PROPOSALS
from lakegloss.settings_views import LedgerSettings

APPLIED, REJECTED, READY, WAITING = "applied", "rejected", "not applied", "waits for review"
_COLUMNS = ("proposal_id", "text", "source", "model", "status")


def comment_rows(
    spark: Any,
    settings: LedgerSettings,
    patterns: Sequence[str],
    config: MetadataConfig,
    *,
    user: str,
) -> list[dict[str, str]]:
    """The rows of all comments that lakegloss proposed for these tables, tables first."""
    catalog = Catalog(spark, settings.excluded)
    maker = row_maker(catalog, config, user=user)
    return maker.comment_rows(proposed_texts(spark, settings, patterns))


def row_maker(catalog: Catalog, config: MetadataConfig, *, user: str) -> RowMaker:
    """What the rows of a run have in common."""
    return RowMaker(
        token=token_of(config), user=user, config=config.values,
        comment_on_column=catalog.dialect().comment_on_column,
    )  # fmt: skip


def token_of(config: MetadataConfig) -> str:
    """What stands in place of the catalog's name; {env} is filled in where the settings say so."""
    token = str(config.catalog_tokenizable or "")
    return token.replace("{env}", str(config.env or "")) if config.format_catalog else token


def proposed_texts(
    spark: Any, settings: LedgerSettings, patterns: Sequence[str]
) -> list[ProposedText]:
    """The newest proposal of each asset that has a text, with what became of it."""
    ledgers = Ledgers(spark, settings)
    catalog = Catalog(spark, settings.excluded)
    tables = catalog.table_names(patterns, own_schema=ledgers.schema)
    of_tables = is_in("table", tables)
    proposals = ledgers.newest(PROPOSALS, of_tables, _COLUMNS)
    decided = {
        row["proposal_id"]: row for row in ledgers.newest(DECISIONS, of_tables, ("verdict", "text"))
    }
    changes = ledgers.newest(CHANGES, of_tables, ("proposal_id", "status"))
    applied = {row["proposal_id"] for row in changes if row["status"] == ChangeStatus.APPLIED}
    found = [_proposed(row, decided.get(row["proposal_id"]), applied) for row in proposals]
    return sorted((one for one in found if one.text), key=lambda one: one.key)


def _proposed(row: Any, decision: Any, applied: set[str]) -> ProposedText:
    verdict = decision["verdict"] if decision else ""
    text = decision["text"] if decision and verdict == Verdict.EDIT else row["text"]
    if verdict == Verdict.REJECT:
        status = REJECTED
    elif row["proposal_id"] in applied:
        status = APPLIED
    else:
        status = WAITING if row["status"] == ProposalStatus.NEEDS_REVIEW and not verdict else READY
    return ProposedText(
        key=AssetKey(row["table"], row["column"]), text=text or "",
        model=row["model"] or row["source"], status=status, at=row["proposed_at"],
    )  # fmt: skip
