"""A ledger is read without Spark where plain files hold it; all else is left to Spark."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakegloss.core.release.decisions import Release
from lakegloss.lakehouse.ledgers.tables import RELEASES
from lakegloss.lakehouse.ledgers.without_spark import folder_rows, ledger_rows
from lakegloss.release.local_decisions import LEDGER
from lakegloss.settings import load_settings

AT = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
PROTOCOL = {"minReaderVersion": 1, "minWriterVersion": 2}
COLUMNS = ("name", "version", "at")
COLUMNS_OF_RELEASES = [field.name for field in RELEASES.schema]


class DeltaFolder:
    """A Delta table written by hand."""

    def __init__(self, path: Path) -> None:
        self.path, self.log = path, path / "_delta_log"
        self.log.mkdir(parents=True)
        self.version = -1

    def add(self, *names: str, **columns: Any) -> str:
        """A file with a row for each name; gives its path in the log."""
        data = {"name": list(names), "at": [AT] * len(names)} | columns
        path = f"part {len(list(self.path.glob('*.parquet')))}.parquet"
        pq.write_table(pa.table(data), self.path / path)
        return path.replace(" ", "%20")

    def commit(self, *actions: dict[str, Any]) -> None:
        self.version += 1
        lines = "\n".join(json.dumps(action) for action in actions)
        (self.log / f"{self.version:020d}.json").write_text(lines, encoding="utf-8")

    def begin(self, **other: Any) -> None:
        protocol = {"protocol": PROTOCOL | other.pop("protocol", {})}
        self.commit(protocol, {"metaData": {"partitionColumns": [], "configuration": {}} | other})

    def names(self) -> list[str] | None:
        rows = folder_rows(self.path, COLUMNS)
        return None if rows is None else [row["name"] for row in rows]


@pytest.fixture
def table(tmp_path: Path) -> DeltaFolder:
    return DeltaFolder(tmp_path / "releases")


def test_what_was_added_and_not_removed_is_there(table: DeltaFolder) -> None:
    table.begin()
    old, new = table.add("a", "b"), table.add("c", version=[7])
    table.commit({"commitInfo": {}}, {"add": {"path": old}})
    table.commit({"txn": {"appId": "x", "version": 1}}, {"add": {"path": new}})
    rows = folder_rows(table.path, COLUMNS)
    assert rows is not None
    assert rows[0] == {"name": "a", "version": None, "at": AT}
    assert (rows[2]["version"], type(rows[2]["at"])) == (7, datetime)
    table.commit({"remove": {"path": old}})
    assert table.names() == ["c"]


def test_a_checkpoint_stands_for_the_commits_before_it(table: DeltaFolder) -> None:
    table.begin()
    path = table.add("a")
    table.commit({"add": {"path": path}})
    actions = [
        {"protocol": PROTOCOL, "metaData": None, "add": None},
        {"protocol": None, "metaData": {"partitionColumns": [], "configuration": []}, "add": None},
        {"protocol": None, "metaData": None, "add": {"path": path}},
    ]
    schema = pa.schema(
        {
            "protocol": pa.struct({"minReaderVersion": pa.int32(), "minWriterVersion": pa.int32()}),
            "metaData": pa.struct(
                {
                    "partitionColumns": pa.list_(pa.string()),
                    "configuration": pa.map_(pa.string(), pa.string()),
                }
            ),
            "add": pa.struct({"path": pa.string()}),
        }
    )
    file = table.log / f"{table.version:020d}.checkpoint.parquet"
    pq.write_table(pa.Table.from_pylist(actions, schema), file)
    for number in range(table.version + 1):
        (table.log / f"{number:020d}.json").unlink()
    assert table.names() == ["a"]
    table.commit({"add": {"path": table.add("b")}})
    assert table.names() == ["a", "b"]
    file.rename(table.log / f"{table.version:020d}.checkpoint.0000000001.0000000002.parquet")
    assert table.names() is None, "a checkpoint in parts"


ODD: dict[str, Callable[[DeltaFolder], None]] = {
    "deletion vectors": lambda t: t.commit(
        {"add": {"path": t.add("x"), "deletionVector": {"storageType": "u"}}}
    ),
    "features of readers": lambda t: t.commit(
        {"protocol": {"minReaderVersion": 3, "readerFeatures": ["columnMapping"]}}
    ),
    "mapped columns": lambda t: t.commit(
        {
            "metaData": {
                "partitionColumns": [],
                "configuration": {"delta.columnMapping.mode": "name"},
            }
        }
    ),
    "partitions": lambda t: t.commit({"metaData": {"partitionColumns": ["name"]}}),
    "a file of another place": lambda t: t.commit({"add": {"path": "s3://other/a.parquet"}}),
    "a file above": lambda t: t.commit({"add": {"path": "../../a.parquet"}}),
    "a file that is gone": lambda t: t.commit({"add": {"path": "gone.parquet"}}),
    "a commit that is no JSON": lambda t: (
        (t.log / f"{t.version + 1:020d}.json").write_text("{", encoding="utf-8"),
        None,
    )[1],
    "a gap": lambda t: (t.log / f"{t.version + 2:020d}.json").touch(),
    "no log": lambda t: [file.unlink() for file in t.log.iterdir()] and None,
}


@pytest.mark.parametrize("odd", ODD)
def test_what_needs_more_is_left_to_spark(table: DeltaFolder, odd: str) -> None:
    table.begin()
    table.commit({"add": {"path": table.add("a")}})
    assert table.names() == ["a"]
    ODD[odd](table)
    assert table.names() is None


def test_only_a_lake_of_the_home_folder_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    monkeypatch.delenv("DATABRICKS_RUNTIME_VERSION", raising=False)
    settings = load_settings(environ={}, home=tmp_path, schema_name="Gloss")

    def read() -> list[dict[str, Any]] | None:
        return ledger_rows(settings, tmp_path, RELEASES.name, COLUMNS_OF_RELEASES)

    assert read() == [], "there is no lake yet"
    (tmp_path / "metastore").mkdir()
    assert read() is None, "its schema may lie elsewhere"
    folder = tmp_path / "warehouse" / "gloss.db"
    folder.mkdir(parents=True)
    assert read() == [], "nothing was decided yet"
    table = DeltaFolder(folder / "releases")
    table.begin()
    table.commit({"add": {"path": table.add("n", decided_at=[AT + timedelta(hours=1)])}})
    rows = read()
    assert rows is not None
    assert [row["decided_at"] for row in rows] == [AT + timedelta(hours=1)]
    monkeypatch.setenv("SPARK_REMOTE", "sc://other")
    assert read() is None


def test_a_decision_has_the_columns_of_its_ledger() -> None:
    assert [field.name for field in fields(Release)] == COLUMNS_OF_RELEASES
    assert RELEASES.name == LEDGER
