"""Turns examples of comments into requests of the comment program, as a run would make them.

All examples of a table are asked for together, so that what is learned and measured is what a run
does. A request's score is the mean of its comments' scores.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import dspy

from lakegloss.core.assets import AssetKey
from lakegloss.core.learning.examples import Example
from lakegloss.core.learning.splits import Split, family_of
from lakegloss.core.metrics import comment_metric
from lakegloss.core.metrics.comment_metric import CommentMetric
from lakegloss.core.plan.choices import Action, Choice
from lakegloss.core.requests import ModelRequest
from lakegloss.drafting.card_tasks import tasks_for
from lakegloss.drafting.loop import DraftingLoop
from lakegloss.drafting.table_cards import TableCard, evidence_of, table_of
from lakegloss.learning.optimisation.comment_scoring import (
    AskedComments,
    RequestScoring,
    mark_of,
)
from lakegloss.learning.optimisation.example_data import SplitExamples, hash_of
from lakegloss.programs.comment import PROGRAM, CommentProgram
from lakegloss.settings_views import DraftingSettings


def split_comments(
    examples: Sequence[Example], settings: DraftingSettings, *, refused: int = 0
) -> SplitExamples:
    """The examples of comments by their side, one for each request that a run would make.

    Args:
        settings: with the model, as requests are packed for one.
    """
    by_table: defaultdict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in examples:
        by_table[example.split, example.table].append(example)
    references = {AssetKey(e.table, e.column): e.expected for e in examples}
    asked: dict[str, AskedComments] = {}
    sides: defaultdict[str, list[Any]] = defaultdict(list)
    families: dict[int, str] = {}
    most = 0
    for (side, table), rows in by_table.items():
        for request, about in _requests(table, rows, settings):
            made = _example(request, about, references)
            most = max(most, request.max_tokens)
            asked[mark_of(made)] = about
            families[id(made)] = family_of(table)
            sides[side].append(made)
    scoring = RequestScoring(asked, CommentMetric(references), settings)
    return SplitExamples(
        name=PROGRAM,
        train=sides[Split.TRAIN],
        select=sides[Split.SELECT],
        gate=sides[Split.GATE],
        group=lambda example: families.get(id(example), id(example)),
        metric=scoring.score,
        metric_name=comment_metric.NAME,
        metric_version=comment_metric.VERSION,
        refused=refused,
        max_tokens=most or 3_000,
        data_hash=hash_of(examples),
    )


def _requests(
    table: str, rows: Sequence[Example], settings: DraftingSettings
) -> list[tuple[ModelRequest, AskedComments]]:
    card = _card(table, rows)
    made = table_of(card)
    drafting = replace(settings, policy="all", inherit=False)
    program = CommentProgram()
    tasks = tasks_for(made, evidence_of(card), drafting, program)
    wanted = {row.column for row in rows}
    chosen = tuple(
        replace(task, choice=Choice(action=Action.DESCRIBE))
        for task in tasks.tasks
        if task.key.column in wanted
    )
    loop = DraftingLoop([replace(tasks, tasks=chosen)], program, drafting)
    return [
        (
            request,
            AskedComments(
                table=made,
                evidence=tasks.evidence,
                columns={asset.id: asset.column for asset in request.assets},
            ),
        )
        for request in loop.next_round()
    ]


def _card(table: str, rows: Sequence[Example]) -> TableCard:
    """One card with all columns that the examples of a table tell of; the fullest facts count."""
    columns: dict[str, dict[str, Any]] = {}
    most = -1
    for row in rows:
        card = json.loads(row.inputs).get("card") or {}
        most = max(most, card.get("rows", -1))
        for column in card.get("columns") or ():
            known = columns.get(column["name"], {})
            columns[column["name"]] = max(known, column, key=len)
    for row in rows:
        if row.column:
            columns.setdefault(row.column, {"name": row.column})
    facts: dict[str, Any] = {"table": table, "columns": list(columns.values()), "policy": "all"}
    return TableCard.model_validate(facts if most < 0 else facts | {"rows": most})


def _example(
    request: ModelRequest, about: AskedComments, references: Mapping[AssetKey, str]
) -> Any:
    inputs: dict[str, Any] = json.loads(request.messages[-1].content)
    comments = [
        {"id": id_, "text": references[AssetKey(about.table.name, column)]}
        for id_, column in about.columns.items()
    ]
    return dspy.Example(**inputs, comments=comments).with_inputs(*inputs)
