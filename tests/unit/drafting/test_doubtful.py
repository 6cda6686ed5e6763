"""Doubtful texts of a model wait for a person, nobody inherits them, and weak models are named."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from lakegloss.core.checks.weak_models import weak_models
from lakegloss.core.plan.choices import text_hash
from lakegloss.core.records import AskedAsset, ProposalStatus, Source
from lakegloss.core.report.coverage import judged_texts as judged_in_report
from lakegloss.drafting.drafted import Draft, accepted_draft
from lakegloss.drafting.proposals import judged_texts, proposals_of
from lakegloss.drafting.rounds import AskLimits, Rounds
from lakegloss.lakehouse.apply.apply import _ready
from tests.unit.drafting.test_rounds import GOOD, TASKS, answer, tasks

ABSURD = "A large box with food and the dogs of the neighbours."


def drafts(texts: dict[str, str], language: str = "English") -> dict[str, Draft]:
    limits = AskLimits(table=1000, column=500, asks=3, style="standard", language=language)
    state = Rounds([TASKS], limits)
    state.take(answer(texts))
    tasks = {task.key: task for task in TASKS.tasks}
    return {k.column: accepted_draft(tasks[k], text) for k, text in state.accepted.items()}


def test_a_doubtful_text_becomes_a_proposal_that_waits() -> None:
    made = drafts(GOOD | {"placed": ABSURD})
    rows = {row.column: row for row in proposals_of(made.values(), "run")}
    assert rows["placed"].status == ProposalStatus.NEEDS_REVIEW
    assert rows["placed"].checks == ("unrelated",)
    assert rows["placed"].text == ABSURD
    assert rows["placed"].reason
    assert (rows["amount"].status, rows["amount"].checks) == (ProposalStatus.READY, ())
    assert judged_texts(rows.values(), "m") == [("m", False), ("m", False), ("m", True)]


@pytest.mark.parametrize(
    ("wrong", "refused", "why"),
    [
        pytest.param("", False, "person's text", id="a person wrote what stands there"),
        pytest.param("it lists the codes", False, "accepted", id="a person accepted it"),
        pytest.param("", True, "rejected before", id="a person rejected it"),
    ],
)
def test_a_good_text_that_waits_says_why(wrong: str, why: str, *, refused: bool) -> None:
    task = next(task for task in TASKS.tasks if task.key.column == "placed")
    status = ProposalStatus.READY if refused else ProposalStatus.NEEDS_REVIEW
    draft = drafts(GOOD)["placed"]
    waits = replace(
        task,
        wrong=wrong,
        choice=replace(task.choice, status=status),
        refused=frozenset({text_hash(draft.text)} if refused else ()),
    )
    [row] = proposals_of([replace(draft, task=waits)], "r")
    assert (row.status, why in row.reason) == (ProposalStatus.NEEDS_REVIEW, True)


def test_a_text_in_the_language_that_was_asked_for_is_ready() -> None:
    german = {"placed": "Der Zeitpunkt, an dem der Kunde bestellt hat.", "amount": GOOD["amount"]}
    made = drafts(german, language="German")
    assert {row.status for row in proposals_of(made.values(), "r")} == {ProposalStatus.READY}


def _row(**changes: Any) -> dict[str, Any]:
    row = {
        "table": "d.orders", "column": "placed", "proposal_id": "p", "status": "needs_review",
        "text": ABSURD, "replaces": "", "source": "model", "checks": ["unrelated"],
    }  # fmt: skip
    return row | changes


@pytest.mark.parametrize(
    ("row", "verdict", "overwrite", "ready"),
    [
        pytest.param({}, "", False, 0, id="waits"),
        pytest.param({}, "", True, 0, id="waits whatever people's texts are worth"),
        pytest.param({}, "accept", False, 1, id="a person accepted it"),
        pytest.param({"checks": []}, "", True, 1, id="would replace a person's text"),
        pytest.param({"source": "rules"}, "", True, 1, id="the rules wrote in its place"),
    ],
)
def test_apply_writes_no_doubtful_text_by_itself(
    row: dict[str, Any], verdict: str, ready: int, *, overwrite: bool
) -> None:
    decisions = [{"proposal_id": "p", "verdict": verdict, "text": "", "origin": "review",
                  "decided_at": datetime.now(UTC)}]  # fmt: skip
    found, waiting = _ready(
        [_row(**row)], decisions if verdict else [], {}, overwrite_human=overwrite
    )
    assert (len(found), len(waiting)) == (ready, 1 - ready)


@pytest.mark.parametrize(
    ("unrelated", "texts", "named"),
    [(4, 20, False), (5, 20, True), (19, 19, False), (21, 100, True), (20, 100, False)],
)
def test_a_weak_model_is_named_from_a_fifth_of_twenty_texts_on(
    unrelated: int, texts: int, *, named: bool
) -> None:
    found = weak_models([("m", n < unrelated) for n in range(texts)] + [("other", False)] * 30)
    assert [weak.model for weak in found] == ["m"] * named
    for weak in found:
        assert f"{unrelated} of {texts}" in str(weak)


def test_the_rules_in_place_of_a_whole_unrelated_answer_count_for_the_model() -> None:
    (row, *_) = proposals_of(drafts(GOOD).values(), "run")
    stand_in = replace(row, source=Source.RULES.value, checks=("unrelated",), model="")
    own = replace(row, source=Source.RULES.value, checks=("too_long",), model="")
    assert judged_texts([stand_in, own], "m") == [("m", True)]
    assert judged_texts([stand_in, own], "") == []


def test_whole_answers_without_relation_are_recorded_as_that_check() -> None:
    columns = ("customer", "delivered", "currency", "weight", "discount")
    tables = tasks(*columns)
    state = Rounds([tables], AskLimits(table=1000, column=500, asks=1, style="standard"))
    marks = {task.key.column: task.fingerprint for task in tables.tasks}
    assets = tuple(
        AskedAsset(id=f"c{n}", table="d.orders", column=name, fingerprint=marks[name])
        for n, name in enumerate(columns, start=1)
    )
    entries = [{"id": asset.id, "text": "It is a value of the table."} for asset in assets]
    state.take(answer({}, assets=assets, text=json.dumps({"comments": entries})))
    assert {key.column: failed for key, failed in state.failures.items()} == dict.fromkeys(
        columns, ("unrelated",)
    )


def test_the_report_counts_the_newest_text_of_each_asset_by_the_model_of_its_run() -> None:
    def row(at: int, run: str, column: str, **more: Any) -> dict[str, Any]:
        base = _row(column=column, run_id=run, proposed_at=at)
        return base | more

    rows = [
        row(1, "old", "a"), row(2, "new", "a", checks=[]), row(1, "old", "b"),
        row(3, "rules", "c", source="rules", checks=[]),
    ]  # fmt: skip
    found = judged_in_report(rows, {"old": "weak", "new": "strong", "rules": ""})
    assert sorted(found) == [("strong", False), ("weak", True)]
