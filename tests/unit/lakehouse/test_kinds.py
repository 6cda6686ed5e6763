"""What is written, and read, of tables whose columns are commented elsewhere."""

from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.sql.types import StringType, StructField, StructType

from lakegloss.core.assets import Column, Table, TableKind
from lakegloss.core.stages import KEPT_ELSEWHERE, Edit, can_write, stages_for
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.survey import gathering as survey
from lakegloss.settings import load_settings

ELSEWHERE = (TableKind.FOREIGN, TableKind.METRIC_VIEW)


@pytest.mark.parametrize("kind", ELSEWHERE)
@pytest.mark.parametrize("known", [True, False])
def test_only_the_table_itself_is_commented(kind: TableKind, known: bool) -> None:  # noqa: FBT001
    edits = [Edit(column=column, before="", after="new") for column in ("", "a", "s.x")]
    stages, refused = stages_for(Table(name="c.d.t", kind=kind), edits, comment_on_column=known)
    assert [[edit.column for edit in stage.edits] for stage in stages] == [[""]]
    assert {item.reason for item in refused} == {KEPT_ELSEWHERE[kind]}
    assert can_write(kind, "", comment_on_column=known)
    assert not can_write(kind, "a", comment_on_column=known)


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("METRIC_VIEW", TableKind.METRIC_VIEW), ("FOREIGN", TableKind.FOREIGN),
        ("VIEW", TableKind.VIEW), ("MANAGED", TableKind.TABLE), (None, TableKind.TABLE),
    ],
)  # fmt: skip
def test_the_kind_is_as_the_catalog_names_it(type_: str | None, kind: TableKind) -> None:
    entry = SimpleNamespace(tableType=type_, description="Kept.")
    described = [("a", "string", ""), ("# Detailed Table Information", "", ""), ("Type", type_, "")]
    session: Any = SimpleNamespace(
        table=lambda _: SimpleNamespace(schema=StructType([StructField("a", StringType())])),
        catalog=SimpleNamespace(getTable=lambda _: entry),
        sql=lambda _: SimpleNamespace(collect=lambda: described if type_ else []),
    )
    assert Catalog(session).read_comments("c.d.t").kind is kind


def test_metric_views_are_not_profiled(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"c.d.t": TableKind.TABLE, "c.d.m": TableKind.METRIC_VIEW}
    tables: Any = {
        name: Table(name=name, kind=kind, columns=(Column(path="a", data_type="string"),))
        for name, kind in names.items()
    }
    profiled: list[str] = []
    scope = SimpleNamespace(add_keys=lambda *_: None, neighbours=())
    monkeypatch.setattr(survey, "_Scope", lambda *_: scope)

    def profile_all(
        _recorder: Any, _tables: Any, stale: list[str], _progress: Any
    ) -> dict[str, str]:
        profiled.extend(stale)
        return {}

    monkeypatch.setattr(survey, "_profile_all", profile_all)
    monkeypatch.setattr(survey, "read_declared", lambda *_: ())
    reader: Any = SimpleNamespace(read_for_keys=lambda _: {})
    ledgers: Any = SimpleNamespace(spark=None)
    found = survey.gather_evidence(
        ledgers, load_settings(environ={}), tables, sorted(names), run_id="r", reader=reader
    )
    assert profiled == ["c.d.t"]
    assert found.profiled == 1
