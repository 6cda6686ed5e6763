"""Units of two sides are paired once each, in an order that is fixed before."""

from datetime import UTC, datetime, timedelta

import pytest

from lakegloss.core.release.arms import ArmScore, answers_of, mark_of_unit, pairs_of_arms, ratio_of
from lakegloss.core.release.assignment import Variant, variant_of_unit

START = datetime(2026, 1, 1, tzinfo=UTC)
OLD, NEW = Variant.CHAMPION, Variant.CHALLENGER


def score(unit: str, variant: Variant, value: float, *, failed: bool = False) -> ArmScore:
    return ArmScore(
        answer_id=f"{unit} {variant} {value}", unit=unit, variant=variant, score=value,
        failed=failed, at=START,
    )  # fmt: skip


def test_each_unit_is_paired_once_by_its_mean() -> None:
    scores = [score("a", OLD, 1.0), score("a", OLD, 0.5), score("x", NEW, 0.25)]
    [pair] = pairs_of_arms(scores, used=(), salt="s")
    assert (pair.champion, pair.challenger) == (0.75, 0.25)
    assert pair.item_id == f"{mark_of_unit('a')}|{mark_of_unit('x')}"
    more = [*scores, score("b", OLD, 0.1), score("a", OLD, 0.0)]
    assert pairs_of_arms(more, used=[pair.item_id], salt="s") == []
    [later] = pairs_of_arms([*more, score("y", NEW, 0.2)], used=[pair.item_id], salt="s")
    assert later.item_id == f"{mark_of_unit('b')}|{mark_of_unit('y')}"


def test_a_unit_that_changed_sides_is_its_own_partner() -> None:
    scores = [score("a", OLD, 0.9), score("a", NEW, 0.4), score("b", OLD, 0.8)]
    [pair] = pairs_of_arms(iter(scores), used=(), salt="s")
    assert (pair.champion, pair.challenger) == (0.9, 0.4)


def test_only_the_challengers_new_answers_are_searched_for_failures() -> None:
    scores = [score("a", OLD, 0.0, failed=True), score("b", NEW, 0.0, failed=True)]
    assert [answer.failed for answer in answers_of(scores, since=START)] == [True]
    assert answers_of(scores, since=START + timedelta(seconds=1)) == []


@pytest.mark.parametrize("arrive_alike", [True, False])
def test_units_with_the_wrong_version_are_a_broken_split(arrive_alike: bool) -> None:  # noqa: FBT001
    units = [f"u{number}" for number in range(100)]
    right = [score(u, variant_of_unit("s", u, 0.5), 1.0) for u in units]
    assert not ratio_of(right, salt="s", share=0.5, arrive_alike=arrive_alike).is_mismatch
    wrong = [score(u, variant_of_unit("other", u, 0.5), 1.0) for u in units]
    assert ratio_of(wrong, salt="s", share=0.5, arrive_alike=arrive_alike).is_mismatch


def test_a_job_that_passes_over_what_is_done_has_no_share() -> None:
    new = [f"u{n}" for n in range(200) if variant_of_unit("s", f"u{n}", 0.5) is NEW]
    only_new = [score(u, NEW, 1.0) for u in new]
    assert ratio_of(only_new, salt="s", share=0.5, arrive_alike=True).is_mismatch
    assert not ratio_of(only_new, salt="s", share=0.5, arrive_alike=False).is_mismatch
