"""Reads the labels that lakegloss proposes for tables, as rows of dbxmetagen's review files."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lakegloss.compat.dbxmetagen.artefacts.proposed_rows import (
    APPLIED,
    READY,
    REJECTED,
    WAITING,
    row_maker,
)
from lakegloss.compat.dbxmetagen.artefacts.review_rows import RowMaker
from lakegloss.compat.dbxmetagen.artefacts.statement_forms import tags_statement
from lakegloss.compat.dbxmetagen.configuration.label_settings import NONE, scheme_of_config
from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig
from lakegloss.core.assets import AssetKey
from lakegloss.core.ddl import is_in
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.records import ProposalStatus, Verdict
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.labels.label_state import set_by_us
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import DECISIONS, LABEL_CHANGES, LABEL_PROPOSALS
from lakegloss.settings_views import LedgerSettings

_COLUMNS = ("proposal_id", "value", "source", "model", "status")
_CHANGE = ("table", "column", "tag", "proposal_id", "status", "after", "changed_at")
_UNDECIDED: Mapping[str, Any] = {"verdict": "", "text": ""}
_BY_WEIGHT = (WAITING, READY, APPLIED)
"""A row with several tags has the status that most wants somebody to look at it."""


def label_rows(
    spark: Any,
    settings: LedgerSettings,
    patterns: Sequence[str],
    config: MetadataConfig,
    mode: str,
    *,
    user: str,
) -> list[dict[str, str]]:
    """A row for each table and column that has a proposed label of the mode (pi or domain)."""
    scheme = scheme_of_config(config, mode)
    ledgers = Ledgers(spark, settings)
    catalog = Catalog(spark, settings.excluded)
    tables = catalog.table_names(patterns, own_schema=ledgers.schema)
    of_tables = is_in("table", tables)
    by_asset: dict[AssetKey, dict[str, Mapping[str, Any]]] = {}
    for row in ledgers.newest(LABEL_PROPOSALS, of_tables, _COLUMNS):
        if row["tag"] in scheme.tags and row["value"]:
            by_asset.setdefault(AssetKey(row["table"], row["column"]), {})[row["tag"]] = row
    decisions = {
        row["proposal_id"]: row for row in ledgers.newest(DECISIONS, of_tables, ("verdict", "text"))
    }
    applied = set_by_us(ledgers.newest(LABEL_CHANGES, of_tables, _CHANGE)).applied
    maker = row_maker(catalog, config, user=user)
    return [
        label_row(maker, key, labels, (config, scheme), decisions, applied)
        for key, labels in sorted(by_asset.items())
    ]


def label_row(
    maker: RowMaker,
    key: AssetKey,
    labels: Mapping[str, Mapping[str, Any]],
    rules: tuple[MetadataConfig, LabelScheme],
    decisions: Mapping[str, Mapping[str, Any]],
    applied: Collection[str],
) -> dict[str, str]:
    """The row of an asset: the value that a person put in a label's place is the one it shows.

    Args:
        labels: the newest proposals of the asset, by tag.
        decisions: the newest decision by proposal; applied: the proposals that were applied.
    """
    config, scheme = rules
    first = next(iter(labels.values()))
    decided = {tag: decisions.get(row["proposal_id"], _UNDECIDED) for tag, row in labels.items()}
    values = {tag: _value(row, decided[tag]) for tag, row in labels.items()}
    statuses = [_status(row, decided[tag]["verdict"], applied) for tag, row in labels.items()]
    return maker.row(
        key,
        at=first["proposed_at"],
        model=first["model"] or first["source"],
        status=next((one for one in _BY_WEIGHT if one in statuses), REJECTED),
        ddl=tags_statement(key, values, federated=config.federation_mode),
        **_content(values, scheme),
    )


def _value(row: Mapping[str, Any], decision: Mapping[str, Any]) -> str:
    is_edited = decision["verdict"] == Verdict.EDIT and decision["text"]
    return str(decision["text"] if is_edited else row["value"])


def _content(values: Mapping[str, str], scheme: LabelScheme) -> dict[str, str]:
    if scheme.group_tag or scheme.protected_tag:
        return {
            "classification": values.get(scheme.protected_tag, NONE),
            "type": values.get(scheme.group_tag, NONE),
        }
    return {
        "domain": values.get(scheme.domain_tag, ""),
        "subdomain": values.get(scheme.subdomain_tag, ""),
    }


def _status(row: Mapping[str, Any], verdict: str, applied: Collection[str]) -> str:
    if verdict == Verdict.REJECT:
        return REJECTED
    if row["proposal_id"] in applied:
        return APPLIED
    return WAITING if row["status"] == ProposalStatus.NEEDS_REVIEW and not verdict else READY
