"""Moves journalled answers into the ledger `responses`, each exactly once."""

from pathlib import Path

from lakegloss.engine.journal import discard, read_journal
from lakegloss.faults import fault_point
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import live_runs
from lakegloss.lakehouse.ledgers.tables import RESPONSES

_begun: set[str] = set()
"""The answers that this process began to append, while their files are there."""


def sweep(ledgers: Ledgers, journal_folder: Path, run_id: str) -> int:
    """Move the answers in the journal into `responses`; returns how many were appended.

    If the process is killed between the append and the removal of a file, the next sweep knows the
    file's answers by their ids and does not append them again. Answers of this run that were never
    tried before are not looked for. Files of other runs that are still going on stay, because
    Spark's tasks look for answers there when they are tried again.
    """
    files = read_journal(journal_folder)
    if not files:
        return 0
    found = {response.response_id: response for _, part in files for response in part}
    doubtful = [id_ for id_, r in found.items() if r.run_id != run_id or id_ in _begun]
    known = _known(ledgers, doubtful)
    _begun.update(found)
    appended = ledgers.append(RESPONSES, [r for id_, r in found.items() if id_ not in known])
    fault_point("sweep.appended")
    live = live_runs(ledgers, {response.run_id for response in found.values()} - {run_id})
    over = [(path, part) for path, part in files if not any(r.run_id in live for r in part)]
    discard(path for path, _ in over)
    _begun.difference_update(response.response_id for _, part in over for response in part)
    return appended


def _known(ledgers: Ledgers, ids: list[str]) -> set[str]:
    if not ids:
        return set()
    wanted = ledgers.spark.createDataFrame([(id_,) for id_ in ids], "response_id string")
    rows = (
        ledgers.read(RESPONSES).select("response_id").join(wanted.hint("broadcast"), "response_id")
    )
    return {row.response_id for row in rows.distinct().collect()}
