"""Reads the evidence by which comments are judged, and names comments that are wrong by now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.ddl import is_in
from lakegloss.core.plan.choices import NOTHING_KNOWN
from lakegloss.core.plan.tasks import is_own
from lakegloss.core.records import LedgerRow
from lakegloss.core.report.wrong_texts import FACTS, why_wrong
from lakegloss.core.stages import comments_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import known_assets
from lakegloss.lakehouse.ledgers.tables import EVIDENCE
from lakegloss.lakehouse.survey.inventory import TABLES_A_READ

_JUDGED = tuple(name for name in FACTS if name != "codes_vary")
"""No claim is judged by the column left out, which lakes of an older version lack."""


def judged_rows(ledgers: Ledgers, tables: Sequence[str]) -> dict[str, dict[str, LedgerRow]]:
    """The newest evidence of some tables' columns, by table and column.

    Args:
        tables: at most `TABLES_A_READ`, as their rows are in memory at once.
    """
    found = ledgers.newest_arrow(EVIDENCE, is_in("table", tables), _JUDGED, tables=len(tables))
    rows: defaultdict[str, dict[str, LedgerRow]] = defaultdict(dict)
    for row in found.to_pylist():
        rows[row["table"]][row["column"]] = row
    return rows


def wrong_by_now(ledgers: Ledgers, tables: Sequence[Table]) -> dict[AssetKey, str]:
    """What the newest evidence contradicts in comments that lakegloss wrote, by asset."""
    wrong: dict[AssetKey, str] = {}
    for start in range(0, len(tables), TABLES_A_READ):
        shown = {
            AssetKey(table.name, path): text
            for table in tables[start : start + TABLES_A_READ]
            for path, text in comments_of(table).items()
            if text.strip()
        }
        wrong |= _wrong(ledgers, shown) if shown else {}
    return wrong


def _wrong(ledgers: Ledgers, shown: Mapping[AssetKey, str]) -> dict[AssetKey, str]:
    names = sorted({key.table for key in shown})
    known = known_assets(ledgers, names)
    own = {key: text for key, text in shown.items() if is_own(text, known.get(key, NOTHING_KNOWN))}
    rows = judged_rows(ledgers, names) if own else {}
    found = {key: why_wrong(key.column, text, rows.get(key.table, {})) for key, text in own.items()}
    return {key: why for key, why in found.items() if why}
