"""Pure parts of reading a catalog: view sources, data versions, table patterns."""

import pytest

from lakegloss.core.assets import Table, TableKind
from lakegloss.core.selection import canonical, covers_schema, like_any, names_schema, select
from lakegloss.core.sources import by_lower, data_version, data_versions, sources_of
from lakegloss.errors import AssetNotFoundError

KNOWN = by_lower(("d.a", "d.b", "e.C", "d.we ird", "d.`x.y`", "main.d.a", "main.e.c"))


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        pytest.param("SELECT * FROM d.a", ("d.a",), id="one"),
        pytest.param("select 1 from A join e.C on true", ("d.a", "e.C"), id="case and schema"),
        pytest.param("SELECT * FROM d.a, d.b", ("d.a", "d.b"), id="list"),
        pytest.param("SELECT * FROM `d`.`we ird`", ("d.we ird",), id="quoted"),
        pytest.param("SELECT ' FROM d.b ' FROM d.a -- from e.c", ("d.a",), id="strings, comments"),
        pytest.param("WITH x AS (SELECT 1 FROM d.b) SELECT * FROM x", ("d.b",), id="CTE"),
        pytest.param("SELECT * FROM spark_catalog.d.a", ("d.a",), id="session catalog"),
        pytest.param("SELECT * FROM d.`x.y`", ("d.`x.y`",), id="a dot in a name"),
        pytest.param("SELECT * FROM main.d.a", ("main.d.a",), id="other catalog"),
        pytest.param("SELECT * FROM nowhere", (), id="unknown"),
    ],
)
def test_sources_of_views(text: str, sources: tuple[str, ...]) -> None:
    assert sources_of(text, known=KNOWN, default_schema="d") == sources


def test_names_in_a_view_are_looked_up_in_its_catalog() -> None:
    text = "SELECT * FROM a JOIN e.c JOIN main.d.a"
    assert sources_of(text, known=KNOWN, default_schema="main.d") == ("main.d.a", "main.e.c")


def _view(name: str, text: str, *sources: str) -> Table:
    return Table(name=name, kind=TableKind.VIEW, data_version=f"view:{text}", sources=sources)


def test_a_view_on_a_view_changes_with_the_data_below() -> None:
    outer, inner = _view("d.outer", "o", "d.inner"), _view("d.inner", "i", "d.t")
    before = data_versions([outer, inner, Table(name="d.t", data_version="1@x")])
    after = data_versions([outer, inner, Table(name="d.t", data_version="2@x")])
    assert all(before.values())
    assert before["d.outer"] != after["d.outer"]
    assert before["d.inner"] != after["d.inner"]


def test_a_view_on_something_of_an_unknown_version_has_none() -> None:
    views = [_view("d.outer", "o", "d.inner", "d.known"), _view("d.inner", "i", "d.t")]
    known = Table(name="d.known", data_version="1@x")
    assert data_versions([*views, known, Table(name="d.t")])["d.outer"] == ""
    assert data_versions([*views, known])["d.outer"] == "", "what it reads cannot be read"
    assert data_versions([_view("d.v", "text")])["d.v"] == "view:text", "reads nothing"
    assert data_versions([_view("d.v", "text", "d.v")])["d.v"] == "", "reads itself"


@pytest.mark.parametrize(
    ("current", "pattern", "expected"),
    [
        pytest.param("spark_catalog", "sales.*", "sales.*", id="two parts"),
        pytest.param("spark_catalog", "Spark_Catalog.sales.*", "sales.*", id="session catalog"),
        pytest.param("spark_catalog", "sales", "sales.*", id="a schema"),
        pytest.param("spark_catalog", "main.sales.*", "main.sales.*", id="another catalog"),
        pytest.param("main", "sales.orders", "main.sales.orders", id="into the current catalog"),
        pytest.param("main", "sales", "main.sales.*", id="a schema there"),
        pytest.param("main", "MAIN.sales.*", "main.sales.*", id="spelling of the current catalog"),
        pytest.param("main", "spark_catalog.a.b", "spark_catalog.a.b", id="not the current one"),
    ],
)
def test_patterns_have_one_form(current: str, pattern: str, expected: str) -> None:
    assert canonical([pattern, expected], current) == [expected]


def test_which_schemas_patterns_concern() -> None:
    patterns = ["Sales.*", "crm_*.people"]
    assert [covers_schema(s, patterns) for s in ("sales", "crm_eu", "hr", "main.sales")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert [names_schema(s, patterns) for s in ("SALES", "crm_eu")] == [True, False]


def test_patterns_in_sql() -> None:
    assert like_any("table", ["s_a%!*.T?"]) == "lower(`table`) LIKE 's!_a!%!!%.t_' ESCAPE '!'"
    assert like_any("table", []) == "false"


def test_only_data_makes_a_new_version() -> None:
    history = [
        (4, "t4", "SET TBLPROPERTIES"),
        (3, "t3", "CHANGE COLUMNS"),
        (2, "t2", "OPTIMIZE"),
        (1, "t1", "WRITE"),
        (0, "t0", "CREATE TABLE"),
    ]
    assert data_version(history) == "1@t1"
    assert data_version(history[:3]) == ""
    assert data_version([(5, "t5", "MERGE"), *history]) == "5@t5"


def test_patterns_select_without_case() -> None:
    names = ["sales.orders", "sales.items", "crm.people", "main.sales.orders"]
    assert select(names, []) == sorted(names)
    assert select(names, ["Sales"]) == ["sales.items", "sales.orders"]
    assert select(names, ["sales.o*", "crm.people"]) == ["crm.people", "sales.orders"]
    assert select(names, ["main.sales.*"]) == ["main.sales.orders"]


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        pytest.param("sales.order", "Did you mean 'sales.orders'?", id="near"),
        pytest.param("zzz", "Schemas with tables: sales.", id="far"),
    ],
)
def test_a_pattern_that_matches_nothing_says_what_is_there(pattern: str, hint: str) -> None:
    with pytest.raises(AssetNotFoundError) as caught:
        select(["sales.orders"], [pattern])
    assert repr(pattern) in caught.value.message
    assert caught.value.remedy == hint
