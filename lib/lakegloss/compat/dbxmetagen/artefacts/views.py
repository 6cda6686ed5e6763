"""Makes views with the columns of dbxmetagen's tables over the ledgers of lakegloss."""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lakegloss.compat.dbxmetagen.artefacts.label_log import columns_listed, label_kind, label_log
from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig
from lakegloss.core.ddl import literal
from lakegloss.core.names import quote
from lakegloss.core.text.causes import first_line
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.lakehouse.labels.label_state import ensure_label_ledgers
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import (
    CHANGES,
    DECISIONS,
    LABEL_CHANGES,
    LABEL_PROPOSALS,
    PROPOSALS,
    RESPONSES,
)
from lakegloss.settings_views import LedgerSettings

_log = logging.getLogger("lakegloss.dbxmetagen")
_ODD = re.compile(r"[^A-Za-z0-9_]+")
OURS = "_lakegloss"
"""Ends the name of a view where dbxmetagen has a table of its name."""

GENERATION_LOG = "metadata_generation_log"
PROCESSING_LOG = "table_processing_log"
LOG_COLUMNS = (
    "metadata_type", "table", "tokenized_table", "ddl_type", "column_name", "column_content",
    "classification", "type", "confidence", "presidio_results", "domain", "subdomain",
    "recommended_domain", "recommended_subdomain", "reasoning", "metadata_summary", "_created_at",
    "catalog", "schema", "table_name", "ddl", "current_user", "model", "sample_size", "max_tokens",
    "temperature", "columns_per_call", "status",
)  # fmt: skip
_MARK = "made by lakegloss over its ledgers"
_NAMES = "split(replace(p.`table`, '`', ''), '[.]')"
_TEXT = "CASE WHEN d.verdict = 'edit' THEN d.`text` ELSE p.`text` END"
_STATE = """CASE WHEN d.verdict = 'reject' THEN 'rejected' WHEN c.proposal_id IS NOT NULL
 THEN 'applied' WHEN p.status = 'failed' THEN 'failed'
 WHEN p.status = 'needs_review' AND d.verdict IS NULL THEN 'waits for review'
 ELSE 'not applied' END"""


def make_views(
    spark: Any, settings: LedgerSettings, config: MetadataConfig, *, user: str
) -> list[str]:
    """Make or renew the views; returns their names. What cannot be made is logged.

    A table of dbxmetagen is never replaced: the view beside it ends in `_lakegloss`.
    """
    ledgers = Ledgers(spark, settings)
    made = []
    for name, select in _views(ledgers, config, user):
        place = _place(spark, ledgers, name)
        try:
            spark.sql(f"CREATE OR REPLACE VIEW {place} COMMENT {literal(_MARK)} AS {select}")
        except SPARK_ERRORS as error:
            _log.warning("the view %s was not made: %s", place, first_line(error, 300))
            continue
        made.append(place.replace("`", ""))
    return made


def _place(spark: Any, ledgers: Ledgers, name: str) -> str:
    """The quoted name of the view: dbxmetagen's, unless there is a table of that name."""
    schema = ledgers.name(PROPOSALS).rpartition(".")[0]
    place = f"{schema}.{quote(name)}"
    if spark.catalog.tableExists(place) and not _is_view(spark, place):
        return f"{schema}.{quote(name + OURS)}"
    return place


def _is_view(spark: Any, place: str) -> bool:
    rows = spark.sql(f"DESCRIBE TABLE EXTENDED {place}").collect()
    return any(row[0] == "Type" and "VIEW" in str(row[1]).upper() for row in rows)


def _views(ledgers: Ledgers, config: MetadataConfig, user: str) -> Iterator[tuple[str, str]]:
    names = {
        ledger.name: ledgers.name(ledger) for ledger in (PROPOSALS, DECISIONS, CHANGES, RESPONSES)
    }
    select = _generation_log(names, config.values, user)
    by_table = _by_table(names[PROPOSALS.name], "'comment'")
    applied = f"SELECT DISTINCT `table`, 'comment' AS mode FROM {names[CHANGES.name]} {_APPLIED}"
    if ledgers.spark.catalog.tableExists(ledgers.name(LABEL_PROPOSALS)):
        ensure_label_ledgers(ledgers)
        kind = label_kind(config)
        select += (
            f" UNION ALL {label_log(ledgers, config, LOG_COLUMNS, _both(config.values, user))}"
        )
        by_table += f" UNION ALL {_by_table(ledgers.name(LABEL_PROPOSALS), kind)}"
        applied += (
            f" UNION SELECT DISTINCT `table`, {kind} AS mode FROM {ledgers.name(LABEL_CHANGES)} "
            f"{_APPLIED}"
        )
    yield GENERATION_LOG, select
    yield PROCESSING_LOG, _processing_log(by_table, applied, user)
    control = str(config.control_table).replace("{}", _ODD.sub("_", user))
    yield control, _control(by_table)
    if config.enable_benchmarking:
        yield str(config.benchmark_table_name), _token_usage(names)


def _generation_log(names: Mapping[str, str], config: Mapping[str, Any], user: str) -> str:
    decisions = (
        "SELECT proposal_id, max_by(verdict, decided_at) AS verdict, max_by(`text`, decided_at) AS "
        f"`text` FROM {names['decisions']} GROUP BY proposal_id"
    )
    given = {
        "metadata_type": "'comment'",
        "column_content": _TEXT,
        "reasoning": "p.reason",
        "ddl": "c.`statement`",
        "status": _STATE,
    }
    applied = (
        f"SELECT proposal_id, max(`statement`) AS `statement` FROM {names['changes']} "
        "WHERE status = 'applied' GROUP BY proposal_id"
    )
    return (
        f"SELECT {_listed(given, config, user)} FROM {names['proposals']} p "
        f"LEFT JOIN ({decisions}) d ON d.proposal_id = p.proposal_id LEFT JOIN ({applied}) c "
        "ON c.proposal_id = p.proposal_id WHERE p.status <> 'failed'"
    )


def _listed(given: Mapping[str, str], config: Mapping[str, Any], user: str) -> str:
    return columns_listed(LOG_COLUMNS, _both(config, user) | dict(given))


def _both(config: Mapping[str, Any], user: str) -> dict[str, str]:
    """The columns of the log that rows of comments and of labels fill alike."""
    return {
        "table": "p.`table`",
        "tokenized_table": "p.`table`",
        "ddl_type": "CASE WHEN p.`column` = '' THEN 'table' ELSE 'column' END",
        "column_name": "CASE WHEN p.`column` = '' THEN 'None' ELSE p.`column` END",
        "_created_at": "p.proposed_at",
        "catalog": f"CASE WHEN size({_NAMES}) > 2 THEN {_NAMES}[0] ELSE 'spark_catalog' END",
        "schema": f"element_at({_NAMES}, -2)",
        "table_name": f"element_at({_NAMES}, -1)",
        "current_user": literal(user),
        "model": "CASE WHEN p.model = '' THEN p.source ELSE p.model END",
        "sample_size": f"{int(config['sample_size'])}",
        "max_tokens": f"{int(config['max_tokens'])}",
        "temperature": f"cast({float(config['temperature'])} AS double)",
        "columns_per_call": f"{int(config['columns_per_call'])}",
        "confidence": "cast(NULL AS double)",
    }


_APPLIED = "WHERE status = 'applied'"
_ENDED = "CASE WHEN failed = assets THEN 'failed' ELSE 'completed' END"


def _by_table(proposals: str, mode: str) -> str:
    return (
        f"SELECT `table`, {mode} AS mode, run_id, max(proposed_at) AS at, count(*) AS assets, "
        "count_if(status = 'failed') AS failed, max_by(reason, status = 'failed') AS reason "
        f"FROM {proposals} GROUP BY `table`, {mode}, run_id"
    )


def _processing_log(by_table: str, applied: str, user: str) -> str:
    return (
        f"SELECT b.`table` AS full_table_name, {_ENDED} AS status, {literal(user)} AS `user`, "
        "b.mode, a.`table` IS NOT NULL AS apply_ddl, at AS _updated_at "
        f"FROM ({by_table}) b LEFT JOIN ({applied}) a ON a.`table` = b.`table` AND a.mode = b.mode"
    )


def _control(by_table: str) -> str:
    nothing, moment = "cast(NULL AS string)", "cast(NULL AS timestamp)"
    return (
        f"SELECT `table` AS table_name, mode AS _mode, at AS _updated_at, {moment} AS "
        f"_deleted_at, {nothing} AS _job_id, run_id AS _run_id, {nothing} AS _claimed_by, {moment} "
        f"AS _claimed_at, {_ENDED} AS _status, "
        f"CASE WHEN failed = assets THEN reason ELSE {nothing} END AS _error_message "
        f"FROM ({by_table})"
    )


def _token_usage(names: Mapping[str, str]) -> str:
    return (
        "SELECT answered_at AS `timestamp`, response_id AS trace_id, program AS span_name, "
        "input_tokens AS prompt_tokens, output_tokens AS completion_tokens, input_tokens + "
        "output_tokens AS total_tokens, cast(NULL AS string) AS job_id, run_id "
        f"FROM {names['responses']}"
    )
