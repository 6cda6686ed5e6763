"""Quality of existing comments: what is wrong is named, and costs."""

import pytest

from lakegloss.core.assets import Column, Table
from lakegloss.core.checks.quality import quality_of
from lakegloss.core.evidence import Evidence

EVIDENCE = Evidence(
    table="sales.orders", column="status", data_type="string", rows=10, rows_read=10, distinct=2
)


def judged(text: str, **options: int) -> tuple[float, tuple[str, ...]]:
    column = Column(path="status", data_type="string", comment=text, position=0)
    table = Table(name="sales.orders", comment="Orders of customers.", columns=(column,))
    bounds = {"limit": 500, "thin_words": 4} | options
    found = quality_of(table, column, EVIDENCE, **bounds)
    assert found.column == "status"
    return found.score, found.problems


def test_a_good_comment_costs_nothing() -> None:
    score, problems = judged("State of the order in its processing.")
    assert score > 0.9
    assert problems == ()


@pytest.mark.parametrize(
    ("text", "problem", "most"),
    [
        ("", "missing", 0.0),
        ("   ", "missing", 0.0),
        ("Order state.", "thin", 0.7),
        ("<script>alert(1)</script> state of the order", "unsafe", 0.0),
        ("Mail ann.lee@example.com about the state of the order", "personal_value", 0.0),
        ("status", "echo", 0.4),
        ('{"id": "c1", "text": "State of the order in its processing"}', "debris", 0.2),
    ],
)
def test_what_is_wrong_is_named_and_costs(text: str, problem: str, most: float) -> None:
    score, problems = judged(text)
    assert problem in problems
    assert score <= most


def test_too_long_is_told_by_the_targets_limit() -> None:
    score, problems = judged("State of the order in its processing. " * 5, limit=40)
    assert "too_long" in problems
    assert 0 < score < 1


def test_the_tables_own_comment() -> None:
    table = Table(name="sales.orders", comment="", columns=())
    found = quality_of(table, None, None, limit=500, thin_words=4)
    assert (found.column, found.score, found.problems) == ("", 0.0, ("missing",))
