"""New evidence is stored once, with its keys and references, and also where the run fails."""

from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.profile.declared import NOTHING_DECLARED, Declared
from lakegloss.lakehouse.survey import gathering
from lakegloss.lakehouse.survey.stored import Stored
from lakegloss.settings import load_settings

ORDERS = Evidence(table="s.orders", column="customer", data_type="int", rows=3)
CUSTOMERS = Evidence(table="s.customers", column="id", data_type="int", rows=3)
DECLARED = Declared(
    keys={"s.customers": ("id",)},
    references={AssetKey("s.orders", "customer"): AssetKey("s.customers", "id")},
)
TABLES: Any = {
    e.table: Table(
        name=e.table, columns=(Column(path=e.column, data_type="int"),), data_version="1"
    )
    for e in (ORDERS, CUSTOMERS)
}


class Reader:
    """Keeps evidence as `EvidenceReader` does; the ledger keeps each append."""

    def __init__(self, *, keeps_all: bool) -> None:
        self.keeps_all = keeps_all
        self.seen: dict[AssetKey, Stored] = {}
        self.appends: list[list[dict[str, Any]]] = []
        self.ledgers: Any = SimpleNamespace(append=lambda _, rows: self.appends.append(rows))
        self.ledgers.spark = None

    def read(self, tables: Sequence[str]) -> dict[AssetKey, Stored]:
        return {key: item for key, item in self.seen.items() if key.table in tables}

    read_for_keys = read

    def take(self, items: Iterable[Stored]) -> None:
        self.seen |= {AssetKey(i.evidence.table, i.evidence.column): i for i in items}


@pytest.fixture
def gather(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    def profile_all(recorder: Any, *_: Any) -> dict[str, str]:
        for evidence in (ORDERS, CUSTOMERS):
            recorder.add(evidence.table, [evidence])
        return {}

    monkeypatch.setattr(gathering, "_profile_all", profile_all)
    monkeypatch.setattr(gathering, "read_declared", lambda *_: DECLARED)

    def run(reader: Any, **more: Any) -> Any:
        profile = load_settings(environ={}).profile
        return gathering.gather_evidence(
            reader.ledgers, profile, TABLES, sorted(TABLES), run_id="r", reader=reader,
            listed=sorted(TABLES), **more,
        )  # fmt: skip

    return run


def test_a_small_lake_is_stored_by_one_append_with_its_keys(gather: Callable[..., Any]) -> None:
    reader = Reader(keeps_all=True)
    found = gather(reader).of(list(TABLES.values()))
    [rows] = reader.appends
    assert {row["column"]: row["key_role"] for row in rows}["id"] == "primary"
    assert {row["column"]: row["reference"] for row in rows}["customer"] == "s.customers.id"
    assert found[AssetKey("s.orders", "customer")].reference == "s.customers.id"


def test_what_no_reader_keeps_is_stored_before_keys_are_looked_for(
    gather: Callable[..., Any],
) -> None:
    reader = Reader(keeps_all=False)
    gather(reader)
    [rows] = reader.appends
    assert {row["reference"] for row in rows} == {""}


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_what_was_profiled_is_stored_where_keys_cannot_be_read(
    gather: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def fail(*_: Any) -> Declared:
        raise error

    monkeypatch.setattr(gathering, "read_declared", fail)
    reader = Reader(keeps_all=True)
    with pytest.raises(error):
        gather(reader)
    [rows] = reader.appends
    assert {row["column"] for row in rows} == {"customer", "id"}


def test_what_is_known_may_be_read_early_only_where_nothing_is_profiled(
    gather: Callable[..., Any],
) -> None:
    """While tables are profiled people decide: what was read before would be read again."""
    reader, told = Reader(keeps_all=True), list[str]()

    def look() -> None:
        gather(
            reader,
            on_work=lambda: told.append("profiles"),
            on_fresh=lambda: told.append("is fresh"),
        )

    look()
    assert told == ["profiles"]
    look()
    assert told == ["profiles", "is fresh"]


def test_nothing_new_makes_no_append(
    gather: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(keeps_all=True)
    gather(reader)
    monkeypatch.setattr(gathering, "_profile_all", lambda *_: {})
    monkeypatch.setattr(gathering, "read_declared", lambda *_: NOTHING_DECLARED)
    gather(reader)
    assert len(reader.appends) == 1
