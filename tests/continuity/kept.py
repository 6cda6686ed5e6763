"""A lakehouse and registered models of an older lakegloss, kept as text: read, told, made again.

`make.py` writes the folder with the code of the version to be kept; the tests read it with the code
of now. What both must do alike stands here, in public names of lakegloss and in Spark's own.
"""

import base64
import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from datetime import datetime
from os import utime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pyspark.sql.types import BinaryType, StructType, TimestampType

FOLDER = Path(__file__).with_name("68db3b5")
"""Named by the commit that made it."""
OTHER = frozenset({
    "run_id", "proposal_id", "decision_id", "change_id", "response_id", "latency", "endpoint",
    "settings", "origin", "started_at", "updated_at", "ended_at", "seen_at", "answered_at",
    "proposed_at", "decided_at", "changed_at",
    "policy",  # names the version of the rules for personal data
})  # fmt: skip
"""What two runs that do the same have of their own."""


def read(name: str) -> Any:
    """A JSON file of the folder."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def rows_of(ledger: str) -> list[dict[str, Any]]:
    """The rows of a ledger, as JSON values by column."""
    names = [field["name"] for field in read("ledgers.json")["tables"][ledger]["fields"]]
    lines = (FOLDER / "ledgers" / f"{ledger}.jsonl").read_text(encoding="utf-8").splitlines()
    return [dict(zip(names, json.loads(line), strict=True)) for line in lines]


def sums() -> dict[str, str]:
    """The beginning of each file's SHA-256."""
    paths = (path for path in FOLDER.rglob("*") if path.is_file() and path.name != "sums.json")
    return {
        path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:10]
        for path in sorted(paths)
        if path.suffix != ".pyc"
    }


# The lake.


def make_lake(spark: Any, lake: Mapping[str, Any]) -> None:
    """Make the tables, their data committed at the times that were kept.

    Delta tells when a commit was made by its file's time: a lake that is copied with its times has
    the data versions that it had, and so has this one. They are in local time, as lakegloss' are.
    """
    spark.sql(f"DROP SCHEMA IF EXISTS {lake['schema']} CASCADE")
    spark.sql(f"CREATE SCHEMA {lake['schema']}")
    for statement in lake["statements"]:
        spark.sql(statement)
    for table, moments in lake["commits"].items():
        place = spark.sql(f"DESCRIBE DETAIL {table}").first().location
        log = Path(unquote(place.removeprefix("file:"))) / "_delta_log"
        for number, text in enumerate(moments):
            moment = datetime.fromisoformat(text).timestamp()
            utime(log / f"{number:020}.json", (moment, moment))


def comments(spark: Any, tables: Iterable[str]) -> dict[str, dict[str, str]]:
    """The comments of tables by column path ('' is the table's own), as Spark shows them."""
    found = {}
    for table in tables:
        own = spark.catalog.getTable(table).description or ""
        found[table] = {"": own, **dict(_commented(spark.table(table).schema.jsonValue(), ""))}
    return found


def _commented(kind: Any, above: str) -> Iterator[tuple[str, str]]:
    if not isinstance(kind, dict):
        return
    for field in kind.get("fields", ()):
        yield f"{above}{field['name']}", field["metadata"].get("comment", "")
        yield from _commented(field["type"], f"{above}{field['name']}.")
    for part in ("elementType", "keyType", "valueType"):
        yield from _commented(kind.get(part), f"{above}{part}.")


# Ledgers.


def ledgers_of(spark: Any, schema: str) -> dict[str, Any]:
    """The types of lakegloss' own tables, and the text of their views."""
    tables: dict[str, Any] = {}
    views: dict[str, str] = {}
    for row in spark.sql(f"SHOW TABLES IN {schema}").collect():
        name = f"{schema}.{row.tableName}"
        facts = spark.sql(f"DESCRIBE TABLE EXTENDED {name}").collect()
        text = next((fact.data_type for fact in facts if fact.col_name == "View Text"), "")
        if text:
            views[row.tableName] = text
        else:
            tables[row.tableName] = spark.table(name).schema.jsonValue()
    return {"schema": schema, "tables": tables, "views": views}


def rows_in(spark: Any, table: str) -> list[dict[str, Any]]:
    """All rows of a ledger as JSON values, oldest first: times in UTC, bytes in base64."""
    text = json.dumps(spark.table(table).toArrow().to_pylist(), default=_plain)
    rows: list[dict[str, Any]] = json.loads(text)
    return sorted(rows, key=lambda row: (_times(row), json.dumps(row)))


def _times(row: Mapping[str, Any]) -> list[str]:
    return sorted(str(value) for name, value in row.items() if name.endswith("_at"))


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        assert value.tzinfo is not None
        return value.isoformat(timespec="microseconds")
    assert isinstance(value, bytes)
    return base64.b64encode(value).decode("ascii")


def restore(spark: Any, schema: str) -> None:
    """Make the ledgers in another schema, with the types and views that they had."""
    kept = read("ledgers.json")
    spark.sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    spark.sql(f"CREATE SCHEMA {schema}")

    def make(name: str) -> None:
        kind = StructType.fromJson(kept["tables"][name])
        rows = [_typed(row, kind) for row in rows_of(name)]
        frame = spark.createDataFrame(rows, kind).coalesce(1)
        writer = frame.writeTo(f"{schema}.{name}").using("delta")
        writer.tableProperty("delta.dataSkippingNumIndexedCols", "4").create()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, kept["tables"]))
    for name, text in kept["views"].items():
        moved = text.replace(f"`{kept['schema']}`", schema)
        spark.sql(f"CREATE VIEW {schema}.{name} AS {moved}")


def _typed(row: Mapping[str, Any], kind: StructType) -> tuple[Any, ...]:
    return tuple(_value(row[field.name], field.dataType) for field in kind)


def _value(value: Any, kind: Any) -> Any:
    if value is not None and isinstance(kind, TimestampType):
        return datetime.fromisoformat(value)
    if value is not None and isinstance(kind, BinaryType):
        return base64.b64decode(value)
    return value


# A life, and what is told of it.


def options(model: str, endpoint: str, guidance: Path) -> dict[str, Any]:
    """The settings of the life; without a model, the rules'."""
    if not model:
        return {"guidance": guidance}
    prices = {"price_input": 1.0, "price_output": 2.0}
    return {"model": model, "endpoint": endpoint, "policy": "all", "guidance": guidance, **prices}


def live(
    face: Any, spark: Any, rules: Any, model: Any, folder: Path
) -> tuple[list[str], list[str]]:
    """What people did: rules, undone again, then a model, a review, and what that left written.

    Args:
        face: a module with lakegloss' public names.
        folder: for the file of the review.

    Returns:
        The runs that applied or undid, and all of their statements.
    """
    described = read("lake.json")["described"]
    customers, _, products, _ = described
    face.describe(spark, rules, [products])
    first = face.apply(spark, rules, [products])
    undone = face.undo(spark, rules, first.run_id)
    face.describe(spark, model, described)
    decide(face.review, spark, model, folder / "review.csv", customers)
    face.review.accept(spark, model, [products], decided_by="ann")
    written = face.apply(spark, model, described)
    done = (first, undone, written)
    return [each.run_id for each in done], [s.statement for each in done for s in each.stages]


def decide(review: Any, spark: Any, settings: Any, path: Path, table: str) -> None:
    """A review by file: two proposals accepted, one edited, one rejected, the others left."""
    review.export_review(spark, settings, path, [table])
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    wishes = {
        "full_name": {"decision": "accept"},
        "email": {"text": "Where the customer is written to, as given at the counter."},
        "country": {"decision": "reject"},
        "remark": {"decision": "accept"},
    }
    for row in rows:
        row.update(wishes.get(row["column"], {}))
    with path.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.DictWriter(stream, list(rows[0]))
        lines.writeheader()
        lines.writerows(rows)
    review.import_review(spark, settings, path, decided_by="ann")


def told(value: Any) -> dict[str, Any]:
    """A plan or a summary as JSON values, its statements as text, without the run's id."""
    found: dict[str, Any] = json.loads(json.dumps(value, default=_facts))
    if "stages" in found:
        found["stages"] = sorted(stage["statement"] for stage in found["stages"])
    found.pop("run_id", None)
    return found


def _facts(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return dict(value)


def reported(data: Any) -> dict[str, Any]:
    """What a report says, but for its time and version."""
    total, names = data.total, ("checks", "semantic", "personal", "statements", "calls", "cost")
    columns = [
        [c.state.table, c.state.column, c.state.standing, c.semantic, c.personal, c.key, *c.facts]
        for table in data.tables
        for c in table.columns
    ]
    found = {name: getattr(data, name) for name in (*names, "input_tokens", "output_tokens")}
    counts = {n: getattr(total, n) for n in ("assets", "before", "commented", "in_review", "thin")}
    found |= {
        "columns": columns,
        "counts": counts,
        "gaps": [[g.reason, g.assets] for g in data.gaps],
    }
    runs = [[run.run_id, run.command, run.status, run.tokens] for run in data.runs]
    again: dict[str, Any] = json.loads(json.dumps(found | {"runs": runs}))
    return again


def waiting(found: Sequence[Any]) -> list[list[Any]]:
    """What waits for a decision, in the order of the list."""
    return [
        [str(p.key), p.text, p.source, p.status, p.replaces, list(p.checks), p.reason]
        for p in found
    ]


def run_lines(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The runs as they are listed, newest first."""
    names = ("run_id", "command", "status", "counts", "input_tokens", "output_tokens")
    return [{name: row[name] for name in (*names, "cost", "error")} for row in rows]


def differs(found: Any, kept: Any, where: str = "") -> str:
    """Where something is not as it was kept, or ''; keys that were added are no difference."""
    if isinstance(kept, dict) and isinstance(found, dict):
        parts = [(found.get(k, "(it lacks)"), v, f"{where}.{k}") for k, v in kept.items()]
    elif isinstance(kept, list) and isinstance(found, list) and len(kept) == len(found):
        parts = [(f, k, f"{where}[{n}]") for n, (f, k) in enumerate(zip(found, kept, strict=True))]
    else:
        return "" if found == kept else f"{where}: {found!r} instead of {kept!r}"
    return next((said for part in parts if (said := differs(*part))), "")


def sorted_rows(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """These columns of rows, in an order that depends on nothing else."""
    found = [{name: row[name] for name in names} for row in rows]
    return sorted(found, key=lambda row: json.dumps(row, sort_keys=True))
