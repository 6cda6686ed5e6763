"""Records the results of the benches in build/bench.json, and prints them as a table."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).resolve().parents[1] / "build" / "bench.json"


def record(bench: str, measure: str, value: float, unit: str, goal: str, met: bool) -> None:  # noqa: FBT001
    """Write one row of build/bench.json in the place of an earlier row of the same measure."""
    rows = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else []
    kept = [row for row in rows if (row["bench"], row["measure"]) != (bench, measure)]
    kept.append(
        {"bench": bench, "measure": measure, "value": value, "unit": unit, "goal": goal, "met": met}
    )
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def table(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows, their keys as the headings."""
    shown = Table(title=title, title_justify="left")
    for name in rows[0] if rows else ():
        numeric = all(isinstance(row[name], int | float) for row in rows)
        shown.add_column(name, justify="right" if numeric else "left")
    for row in rows:
        shown.add_row(*(_text(value) for value in row.values()))
    Console(width=120).print(shown)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
