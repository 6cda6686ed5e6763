"""The page of an evaluation, with hostile text in every place."""

import re

import pytest

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evaluation.figures import (
    ScoredItem,
    Spent,
    compare_versions,
    figures_of_version,
)
from lakegloss.core.evaluation.references import hold_out
from lakegloss.learning.evaluation import EvaluationReport
from lakegloss.learning.evaluation_page import chance_text, render_evaluation, worst_items

EVIL = "<script>alert(1)</script>\x1b[31m\u202e"


def report(*, tables: int = 4, evil: str = EVIL, versions: int = 2) -> EvaluationReport:
    held = [
        hold_out(
            Table(name=f"s{evil}.t{n}", columns=(Column(path=f"c{evil}", data_type="int"),)),
            {},
            {f"c{evil}": f"What people wrote {evil}"},
        )
        for n in range(tables)
    ]
    figures = [
        figures_of_version(
            [
                ScoredItem(
                    key=AssetKey(one.table.name, f"c{evil}"), text=f"Written {evil}",
                    source="model", score=0.1 * n + 0.2 * version, why=f"Because {evil}",
                    parts={"identification": 0.5, "facts": 0.2},
                )
                for n, one in enumerate(held)
            ],
            label=f"v{version}{evil}", program="comment", program_version="x", model=f"m{evil}",
            own_source="model",
            spent=Spent(input_tokens=1200, output_tokens=300, cost=None if version else 0.25),
        )
        for version in range(versions)
    ]  # fmt: skip
    return EvaluationReport(
        run_id="r", status="done", data_name=f"d{evil}", data_hash="h", split=evil, tables=held,
        versions=figures, comparison=compare_versions(*figures) if versions == 2 else None,
    )  # fmt: skip


def test_hostile_text_is_inert() -> None:
    page = render_evaluation(report())
    assert "<script" not in page
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", page)
    assert "default-src 'none'" in page
    assert page.count("&lt;script&gt;") >= 20


def test_the_page_says_what_was_found() -> None:
    page = render_evaluation(report(tables=6, evil=""))
    assert "v0 against v1: worse" in page.replace("<bdi>", "").replace("</bdi>", "")
    assert "too few to tell" in page  # McNemar, with fewer than six discordant items
    assert "1,500 · $0.25" in page
    assert "-0.200 (-0.200 to -0.200)" in page
    assert page == render_evaluation(report(tables=6, evil=""))


def test_no_chance_is_told_as_zero() -> None:
    told = [chance_text(p) for p in (None, 0.0, 0.0004, 0.0005, 0.25, 1.0)]
    expected = ["too few to tell", "p < 0.001", "p < 0.001", "p = 0.001", "p = 0.250", "p = 1.000"]
    assert told == expected


@pytest.mark.parametrize("versions", [0, 1])
def test_a_page_without_a_comparison(versions: int) -> None:
    assert "Differences by table" not in render_evaluation(report(versions=versions))


def test_the_worst_are_twenty_worst_first() -> None:
    found = worst_items(report(tables=30, evil=""))
    assert len(found) == 20
    assert [w.item.score for w in found] == sorted(w.item.score for w in found)
    assert found[0].other
    assert "int" in found[0].evidence
