"""What rows of ledgers say of the program that was asked: a text of another is no success of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lakegloss.core.monitoring.rows import event_of_proposal, event_of_response

AT = datetime(2026, 1, 1, tzinfo=UTC)
SUBJECT = {"program": "comment", "program_version": "v", "variant": "champion", "model": "m"}


def response(**other: Any) -> dict[str, Any]:
    return {
        **SUBJECT, "response_id": "r", "answered_at": AT, "usable": True, "error": "",
        "latency": 0.5, "input_tokens": 10, "output_tokens": 5, "gave_nothing": False,
    } | other  # fmt: skip


@pytest.mark.parametrize(
    ("row", "success", "error"),
    [
        (response(), True, ""),
        (response(gave_nothing=True), False, "no text passed the checks"),
        (response(usable=False, gave_nothing=True), False, "unusable answer"),
        (response(usable=False, error="timeout: 30 s"), False, "timeout"),
    ],
)
def test_an_answer_of_which_no_text_passed_is_no_success(
    row: dict[str, Any], error: str, *, success: bool
) -> None:
    found = event_of_response(row, lambda *_: None)
    assert (found.success, found.error) == (success, error)


@pytest.mark.parametrize(
    ("other", "quality", "success"),
    [
        ({}, 1.0, True),
        ({"checks": ["echo"]}, 0.4, True),
        ({"stands_in": True}, 0.0, False),
        ({"status": "failed"}, 0.0, False),
    ],
)
def test_the_rules_text_is_no_quality_of_the_program_in_whose_place_it_stands(
    other: dict[str, Any], quality: float, *, success: bool
) -> None:
    row = {**SUBJECT, "proposal_id": "p", "proposed_at": AT, "status": "ready", "checks": []}
    found = event_of_proposal(row | {"stands_in": False} | other)
    assert found.quality == pytest.approx(quality)
    assert found.success is success
