"""Optimises the prompts of a module of dbxmetagen by the optimisers of lakegloss."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import dspy

from lakegloss.compat.dbxmetagen.generators.chat_messages import content_of
from lakegloss.compat.dbxmetagen.generators.comment_signatures import (
    INPUTS,
    OUTPUT,
    DSPyCommentModule,
)
from lakegloss.compat.dbxmetagen.generators.content_cards import (
    names_in_content,
    reduced_data,
    reduced_metadata,
)
from lakegloss.compat.dbxmetagen.generators.generator_answers import as_text, texts_in_answer
from lakegloss.compat.dbxmetagen.generators.module_asking import PROGRAM, module_model
from lakegloss.core.metrics.output_values import ProgramCase
from lakegloss.core.metrics.program_metrics import METRICS
from lakegloss.core.metrics.scores import MetricScore
from lakegloss.core.optimisation.search_plan import LEAST_EXAMPLES, OptimisationBudget
from lakegloss.errors import AnswerError, InputError
from lakegloss.learning.optimisation.searching import optimise
from lakegloss.learning.optimisation.states import screened
from lakegloss.settings_views import ModelSettings

_log = logging.getLogger("lakegloss.dbxmetagen")
_SELECTED = 3
"""One of so many examples chooses where no others are given."""


def optimise_module(
    module: DSPyCommentModule,
    train: Sequence[Any],
    select: Sequence[Any],
    *,
    settings: Any,
    threads: int,
    optimizer: str,
) -> tuple[DSPyCommentModule, Any]:
    """Search for better prompts; returns the module, and the account of the search.

    Raises:
        InputError: an example cannot be read. EndpointError: no model can be asked.
    """
    examples = screened([example_of(one, settings.values) for one in train])
    chosen = screened([example_of(one, settings.values) for one in select])
    if not chosen:
        chosen = examples[1::_SELECTED]
        examples = [one for one in examples if one not in chosen]
    fitting = next(
        (name for name in (optimizer, "labeled") if len(examples) >= LEAST_EXAMPLES.get(name, 1)),
        "",
    )
    if not fitting or not chosen:
        _log.warning(
            "the prompts stay as they are: of %d examples %d may be used, and two at least are "
            "needed", len(train) + len(select), len(examples) + len(chosen),
        )  # fmt: skip
        return module, None
    with module_model(settings) as lm:
        found = optimise(
            module, train=examples, select=chosen, metric=_score, optimizer=fitting,
            budget=_budget(settings), lm=lm, name=PROGRAM, threads=max(1, threads),
        )  # fmt: skip
    if not found.changed:
        _log.warning("the prompts stay as they are: no candidate scored better")
    return found.program, found


def _budget(settings: ModelSettings) -> OptimisationBudget:
    calls = settings.calls
    return OptimisationBudget(
        max_tokens=calls.max_tokens_total, max_cost=calls.max_cost,
        price_input=calls.price_input, price_output=calls.price_output,
    )  # fmt: skip


def example_of(given: Any, values: str) -> Any:
    """An example of dbxmetagen as one of DSPy; values in it are reduced as the policy says.

    Raises:
        InputError: it names no table, or has no answer.
    """
    parts = dict(given) if isinstance(given, Mapping) else dict(given.toDict())
    wanted = parts.get("expected_response", parts.get(OUTPUT))
    if not wanted:
        raise InputError("An example has no expected_response.", remedy="Give the wanted answer.")
    content = content_of(parts)
    texts_wanted(wanted, names_in_content(content))
    return dspy.Example(
        table_name=content.table,
        table_data=as_text(reduced_data(content, values)),
        column_metadata=as_text(reduced_metadata(content, values)),
        abbreviations=as_text(dict(content.abbreviations)),
        metadata_response=as_text(wanted),
    ).with_inputs(*INPUTS)


def texts_wanted(wanted: Any, names: Sequence[str]) -> dict[str, str]:
    """The texts of an example, by column.

    Raises:
        InputError: they cannot be read.
    """
    try:
        return texts_in_answer(wanted, names)
    except AnswerError as error:
        raise InputError(
            f"An example's expected_response cannot be read: {error.message}",
            remedy='Write {"table": ..., "columns": [...], "column_contents": [...]}.',
        ) from None


def _score(example: Any, prediction: Any) -> MetricScore:
    """How near the texts are to those that were wanted; 0 where no answer can be read."""
    listed = content_of({name: example[name] for name in INPUTS})
    names = names_in_content(listed)
    wanted = texts_wanted(example[OUTPUT], names)
    try:
        texts = texts_in_answer(prediction[OUTPUT], names)
    except (AnswerError, KeyError):
        return MetricScore(score=0.0, why="The answer is none of the wanted form.")
    return near_score(texts, wanted)


def near_score(texts: Mapping[str, str], wanted: Mapping[str, str]) -> MetricScore:
    """How near texts are to wanted ones, by the metric field_match; 0 to 1."""
    expected = {f"column {name}" if name else "table": text for name, text in wanted.items()}
    outputs = {f"column {name}" if name else "table": text for name, text in texts.items()}
    found = METRICS["field_match"].score(ProgramCase(inputs={}, outputs=outputs, expected=expected))
    return found or MetricScore(score=0.0)
