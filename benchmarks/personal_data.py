"""Measures how well personal data is found: precision and recall on tables labelled by hand.

    python benchmarks/personal_data.py [--labels DIR]

DIR holds labels.jsonl and a CSV for each table. A column counts as found where its class identifies
somebody or is sensitive; gender and postal codes, which identify nobody alone, are counted only in
the row `any class`. Misses and false alarms are shown by column name, never by value.
"""

import argparse
import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.bench import record, table
from lakegloss.core.personal.privacy import QUASI, personal_class

BENCH = "personal_data"
LABELS = Path(__file__).resolve().parents[1] / "../shared/gold/pii"
RECALL, PRECISION, MILLISECONDS = 0.90, 0.80, 2.0
VALUES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A labelled column and what was found of it."""

    column: str
    category: str
    strict: bool
    broad: bool
    found: str
    seconds: float

    @property
    def is_strict(self) -> bool:
        return bool(self.found) and self.found not in QUASI


def judge(folder: Path) -> Iterator[Judged]:
    """Classify every labelled column from its name, its values and its table."""
    for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        labelled = json.loads(line)
        with (folder / f"{labelled['table']}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        names = [column["name"] for column in labelled["columns"]]
        for column in labelled["columns"]:
            name = column["name"]
            values = list(dict.fromkeys(row[name] for row in rows if row[name]))[:VALUES]
            started = time.process_time()
            found = personal_class(
                name,
                column["type"],
                values,
                table=labelled["table"].partition("__")[2],
                siblings=[other for other in names if other != name],
                rows=sum(bool(row[name]) for row in rows),
            )
            yield Judged(
                column=f"{labelled['table']}.{name}",
                category=column["category"],
                strict=column["pii_strict"],
                broad=column["pii_broad"],
                found=str(found),
                seconds=time.process_time() - started,
            )


def ratio(part: int, whole: int) -> float:
    """A share, 1 where there was nothing to find."""
    return part / whole if whole else 1.0


def scores(judged: list[Judged]) -> tuple[float, float, float, float]:
    """Recall and precision on the strict labels, then of any class on the broad labels."""
    both = sum(j.is_strict and j.strict for j in judged)
    any_both = sum(bool(j.found) and j.broad for j in judged)
    return (
        ratio(both, sum(j.strict for j in judged)),
        ratio(both, sum(j.is_strict for j in judged)),
        ratio(any_both, sum(j.broad for j in judged)),
        ratio(any_both, sum(bool(j.found) for j in judged)),
    )


def by_category(judged: list[Judged]) -> Iterator[dict[str, object]]:
    """A row for each strict category: how many of its columns were found, as which classes."""
    for category in sorted({j.category for j in judged if j.strict}):
        own = [j for j in judged if j.category == category and j.strict]
        found = Counter(j.found for j in own if j.is_strict)
        classes = ", ".join(name for name, _ in found.most_common())
        yield _row(f"found: {category}", f"{found.total()} of {len(own)}", classes)


def _row(measure: str, value: str, goal: str = "") -> dict[str, object]:
    return {"measure": measure, "value": value, "goal, or classes": goal}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how well personal data is found.")
    parser.add_argument("--labels", type=Path, default=LABELS)
    folder: Path = parser.parse_args().labels
    if not (folder / "labels.jsonl").is_file():
        print(f"personal_data: not measured, {str(folder)!r} holds no labels.jsonl (see --labels)")
        return
    judged = list(judge(folder))
    recall, precision, any_recall, any_precision = scores(judged)
    naive = ratio(sum(j.strict for j in judged if j.found), sum(bool(j.found) for j in judged))
    milliseconds = 1000 * sum(j.seconds for j in judged) / len(judged)
    missed = [j for j in judged if j.strict and not j.is_strict]
    alarms = [j for j in judged if j.is_strict and not j.strict]
    table(
        f"Personal data in {len(judged)} columns",
        [
            _row("recall", f"{recall:.3f}", f">= {RECALL}"),
            _row("precision", f"{precision:.3f}", f">= {PRECISION}"),
            _row("precision, any class on strict labels", f"{naive:.3f}"),
            _row("recall, any class on broad labels", f"{any_recall:.3f}"),
            _row("precision, any class on broad labels", f"{any_precision:.3f}"),
            _row("milliseconds a column", f"{milliseconds:.2f}", f"<= {MILLISECONDS}"),
            *by_category(judged),
            *(_row(f"missed: {j.column}", j.category) for j in missed),
            *(_row(f"false alarm: {j.column}", j.found) for j in alarms),
        ],
    )
    record(BENCH, "recall", recall, "share", f">= {RECALL}", recall >= RECALL)
    record(BENCH, "precision", precision, "share", f">= {PRECISION}", precision >= PRECISION)
    record(
        BENCH,
        "milliseconds a column",
        milliseconds,
        "ms",
        f"<= {MILLISECONDS}",
        milliseconds <= MILLISECONDS,
    )


if __name__ == "__main__":
    main()
