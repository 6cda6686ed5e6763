"""Selects labels from the ledgers in the columns of dbxmetagen's generation log."""

from collections.abc import Mapping, Sequence

from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig
from lakegloss.core.ddl import literal
from lakegloss.core.names import quote
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import DECISIONS, LABEL_CHANGES, LABEL_PROPOSALS

_STATE = """CASE WHEN p.rejected THEN 'rejected' WHEN p.applied THEN 'applied'
 WHEN p.waits THEN 'waits for review' ELSE 'not applied' END"""


def label_kind(config: MetadataConfig) -> str:
    """The expression that says by a tag to which mode a row belongs."""
    domains = f"{literal(str(config.domain_tag_name))}, {literal(str(config.subdomain_tag_name))}"
    return f"CASE WHEN tag IN ({domains}) THEN 'domain' ELSE 'pi' END"


def label_log(
    ledgers: Ledgers, config: MetadataConfig, columns: Sequence[str], both: Mapping[str, str]
) -> str:
    """A row for each asset, mode and run, with its tags side by side.

    Args:
        columns: of the log, in order.
        both: the expressions that rows of comments have, too.
    """
    tags = {
        "classification": config.pi_classification_tag_name,
        "type": config.pi_subclassification_tag_name,
        "domain": config.domain_tag_name,
        "subdomain": config.subdomain_tag_name,
    }
    side = ", ".join(
        f"max(l.shown) FILTER (WHERE l.tag = {literal(str(tag))}) AS `{name}`"
        for name, tag in tags.items()
    )
    assets = (
        f"SELECT `table`, `column`, mode, run_id, max(proposed_at) AS proposed_at, max(model) AS "
        f"model, max(source) AS source, max(reason) AS reason, {side}, "
        "array_join(collect_list(`statement`), '; ') AS `statement`, bool_and(rejected) AS "
        "rejected, bool_or(applied) AS applied, bool_or(waits) AS waits "
        f"FROM ({_labels(ledgers, config, tags)}) l GROUP BY `table`, `column`, mode, run_id"
    )
    given = {name: f"p.`{name}`" for name in tags} | {
        "metadata_type": "p.mode",
        "reasoning": "p.reason",
        "ddl": "nullif(p.`statement`, '')",
        "status": _STATE,
    }
    return f"SELECT {columns_listed(columns, dict(both) | given)} FROM ({assets}) p"


def _labels(ledgers: Ledgers, config: MetadataConfig, tags: Mapping[str, object]) -> str:
    """Each proposed label with what became of it."""
    listed = ", ".join(literal(str(tag)) for tag in tags.values() if tag)
    decisions = (
        "SELECT proposal_id, max_by(verdict, decided_at) AS verdict, max_by(`text`, decided_at) AS "
        f"`text` FROM {ledgers.name(DECISIONS)} GROUP BY proposal_id"
    )
    applied = (
        "SELECT proposal_id, max_by(`statement`, changed_at) AS `statement` FROM "
        f"{ledgers.name(LABEL_CHANGES)} WHERE status = 'applied' GROUP BY proposal_id "
        "HAVING max_by(`after`, changed_at) <> ''"
    )
    return (
        f"SELECT v.`table`, v.`column`, v.tag, {label_kind(config)} AS mode, v.run_id, "
        "v.proposed_at, v.model, v.source, v.reason, CASE WHEN d.verdict = 'edit' THEN d.`text` "
        "ELSE v.`value` END AS shown, c.`statement`, coalesce(d.verdict = 'reject', false) AS "
        "rejected, c.proposal_id IS NOT NULL AS applied, v.status = 'needs_review' AND d.verdict "
        f"IS NULL AS waits FROM {ledgers.name(LABEL_PROPOSALS)} v "
        f"LEFT JOIN ({decisions}) d ON d.proposal_id = v.proposal_id "
        f"LEFT JOIN ({applied}) c ON c.proposal_id = v.proposal_id "
        f"WHERE v.`value` <> '' AND v.tag IN ({listed})"
    )


def columns_listed(columns: Sequence[str], values: Mapping[str, str]) -> str:
    """The columns of a log; what is not given is null."""
    return ", ".join(
        f"{values.get(name, 'cast(NULL AS string)')} AS {quote(name)}" for name in columns
    )
