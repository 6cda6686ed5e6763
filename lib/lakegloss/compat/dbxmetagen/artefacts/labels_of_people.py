"""Makes proposals of the labels that people write into a reviewed file where none was proposed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lakegloss.core.assets import AssetKey
from lakegloss.core.labels.by_rules import top_columns
from lakegloss.core.labels.label_actions import NOTHING_KNOWN_OF_LABEL, KnownLabel
from lakegloss.core.labels.label_review import LabelRuling
from lakegloss.core.labels.label_rows import LabelProposal
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.records import ProposalStatus, Source
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.labels.applying import read_tables
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import LABEL_PROPOSALS
from lakegloss.settings_views import TaggingSettings

Assets = Mapping[tuple[str, str], AssetKey]
"""Tables, and columns that can carry tags, by their names without case and backticks."""
NO_ASSETS: Assets = {}


def assets_there(spark: Any, settings: TaggingSettings, tables: Iterable[str]) -> Assets:
    """The tables of these names that can be read, and their columns."""
    found = read_tables(Catalog(spark, settings.excluded), settings.parallel_tables, tables)
    keys = [
        AssetKey(table.name, column)
        for table in found.values()
        if not table.error
        for column in ("", *top_columns(table))
    ]
    return {folded(key.table, key.column): key for key in keys}


def folded(table: str, column: str) -> tuple[str, str]:
    """A name as files may spell it: without case, and a column without backticks."""
    return table.lower(), column.replace("`", "").lower()


def with_own_proposals(
    ledgers: Ledgers,
    rulings: Sequence[LabelRuling],
    known: Mapping[LabelKey, KnownLabel],
    run_id: str,
    origin: str,
) -> list[LabelRuling]:
    """The rulings, each on a proposal: what has none gets one in the ledger, of the person."""
    made: list[LabelProposal] = []
    decided: list[LabelRuling] = []
    for ruling in rulings:
        if ruling.proposal_id:
            decided.append(ruling)
            continue
        one = known.get(ruling.key, NOTHING_KNOWN_OF_LABEL)
        made.append(_proposal(ruling, one, run_id, origin.partition("#")[0]))
        decided.append(replace(ruling, proposal_id=made[-1].proposal_id, value=""))
    ledgers.append(LABEL_PROPOSALS, made)
    return decided


def _proposal(ruling: LabelRuling, one: KnownLabel, run_id: str, file: str) -> LabelProposal:
    return LabelProposal(
        proposal_id=uuid4().hex,
        table=ruling.key.table,
        column=ruling.key.column,
        tag=ruling.key.tag,
        value=ruling.value,
        source=Source.HUMAN.value,
        status=ProposalStatus.READY.value,
        reason=f"a person wrote it into {file}",
        replaces=next(iter(one.written), ""),
        fingerprint=one.fingerprint,  # so that a model is not asked about it again
        request_hash="",
        program="",
        program_version="",
        model="",
        run_id=run_id,
        proposed_at=datetime.now(UTC),
    )
