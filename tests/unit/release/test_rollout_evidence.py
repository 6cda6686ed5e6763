"""What a run drafted for a table counts as one answer."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lakegloss.core.release.assignment import Variant
from lakegloss.release.rollouts.rollout_evidence import score_of_table, without_draft

AT = datetime(2026, 1, 1, tzinfo=UTC)


def proposal(source: str = "model", text: str = "Words.", checks: tuple[str, ...] = ()) -> Any:
    return {
        "proposal_id": "p", "table": "t", "source": source, "text": text, "checks": list(checks),
        "run_id": "r", "proposed_at": AT,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("proposals", "score", "failed"),
    [
        pytest.param([proposal(), proposal("inherited")], 1.0, False, id="good"),
        pytest.param([proposal(), proposal("rules")], 0.5, True, id="rules stand in for half"),
        pytest.param([proposal()] * 3 + [proposal("rules")], 0.75, False, id="one is lost"),
        pytest.param([proposal(), proposal("model", "")] * 2, 0.5, True, id="half is empty"),
        pytest.param([proposal()] * 3 + [proposal(checks=("unsafe",))], 0.75, True, id="one leaks"),
        pytest.param([proposal(checks=("echo",))], 0.4, False, id="an echo"),
        pytest.param([proposal(checks=("of a later version",))], 0.0, False, id="unknown check"),
    ],
)
def test_a_table_is_one_answer(proposals: list[Any], score: float, *, failed: bool) -> None:
    found = score_of_table(proposals, Variant.CHALLENGER)
    assert found.score == pytest.approx(score)
    assert found.failed is failed
    assert (found.unit, found.at) == ("t", AT)


def test_what_keeps_its_old_comment_as_no_text_passed_counts_as_lost() -> None:
    drafted = [{**proposal(), "column": name} for name in ("a", "b")]
    asked = [
        {"run_id": "r", "table": "t", "column": name, "proposed_at": AT}
        for name in ("a", "b", "c", "c", "d")  # one that is asked twice counts once
    ]
    missing = without_draft(asked, drafted)
    assert [one["column"] for one in missing] == ["c", "d"]
    found = score_of_table([*drafted, *missing], Variant.CHALLENGER)
    assert (found.score, found.failed) == (0.5, True)
    alone = score_of_table(without_draft(asked[2:], []), Variant.CHALLENGER)
    assert (alone.score, alone.failed, alone.unit) == (0.0, True, "t")
