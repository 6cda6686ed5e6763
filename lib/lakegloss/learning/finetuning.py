"""Compiles signatures from examples or from feedback, within a process and without a lake."""

import hashlib
import json
import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.learning.examples import Example, FoundExample, Origin
from lakegloss.core.learning.judgements import liked_or_disliked
from lakegloss.core.learning.settling import settle
from lakegloss.core.learning.splits import Split
from lakegloss.core.optimisation.search_plan import LEAST_EXAMPLES, OptimisationBudget
from lakegloss.engine.lm import language_model
from lakegloss.engine.models import MAX_TOKENS, route_of, settings_of
from lakegloss.errors import InputError, SettingsError
from lakegloss.learning.feedback import JudgedFeedback
from lakegloss.learning.optimisation.example_data import split_examples
from lakegloss.learning.optimisation.searching import Optimised, optimise
from lakegloss.programs.config import instance_of
from lakegloss.programs.families import NAMED_SIGNATURES
from lakegloss.programs.signatures import signature_named
from lakegloss.programs.split import SplitProgram, predictor_of, program_name
from lakegloss.programs.validation import known_program
from lakegloss.settings_views import ModelSettings

_log = logging.getLogger("lakegloss.learning")
_SALT = "lakegloss fine-tuner"
_SELECTED = 3
"""One of so many examples chooses between candidates; the others may be shown."""


class TelepromptFineTuner:
    """Compiles signatures: searches for instructions and demonstrations that score better.

    A part of the examples is shown to the optimiser, another one chooses; what passes no check for
    personal data and orders is left out. A result that is not better than the signature as it is,
    or that nothing is left to choose by, is the signature as it is, with a warning that says so.

    Args:
        settings: name the model and bound what a compilation may use (`max_tokens_total`,
            `max_cost`); by default LAKEGLOSS_*, else OPENAI_*.
        lm: a language model of DSPy in its place.
        optimizer: labeled, bootstrap, mipro, gepa or simba.
        budget: bounds in place of the settings'.
        seed: the same one, with the same answers, compiles the same.

    Attributes:
        last: the last compilation with its account and state (`Optimised`); None where too few
            examples were left to search with.
    """

    def __init__(
        self,
        settings: ModelSettings | None = None,
        *,
        lm: Any = None,
        optimizer: str = "bootstrap",
        budget: OptimisationBudget | None = None,
        seed: int = 0,
    ) -> None:
        self._settings = settings
        self._lm = lm
        self._optimizer = optimizer
        self._budget = budget
        self._seed = seed
        self.last: Optimised | None = None

    def compile(
        self, signature: Any, examples: Sequence[Any], metric: str | Callable[..., Any] = "accuracy"
    ) -> Any:
        """Compile a signature from examples; returns a program to register, save and execute.

        Args:
            signature: a signature class, a dspy module, or a name.
            examples: mappings with `inputs` and `outputs`, or examples of DSPy.
            metric: the name of a metric (docs/learning.md), or a function of an example and a
                prediction that gives 0 to 1.

        Raises:
            InputError: an example has another form, or there is no such metric.
            SettingsError: no model is set. BudgetExceededError: too little for any search.
            EndpointError: the endpoint failed.
        """
        program, name = _program(signature)
        found = [_found(example, name, place) for place, example in enumerate(examples, start=1)]
        return self._compile(program, name, found, metric)

    def compile_from_feedback(
        self,
        signature_name: Any,
        feedback: Iterable[JudgedFeedback],
        metric: str | Callable[..., Any] = "accuracy",
    ) -> Any:
        """Compile a signature from what people said of its executions.

        Corrected outputs are what is expected; else outputs that were rated 4 or 5.

        Args:
            signature_name: a name, or a signature class.
            feedback: of `FeedbackCollector.get_feedback()`; that on other programs is left out.

        Raises:
            InputError: nobody said of any execution of it what is to be written.
            SettingsError, BudgetExceededError, EndpointError: as in `compile`.
        """
        program, name = _program(signature_name)
        own = [one for one in feedback if one.feedback.program == name]
        found = [example for one in own for example in _said(one) if example.expected]
        if not found:
            raise InputError(
                f"None of {len(own)} rows of feedback says what {name} is to write.",
                remedy="Give corrections or ratings from 4 on, of executions with "
                "collect_feedback=True.",
            )
        return self._compile(program, name, found, metric)

    def _compile(
        self,
        program: Any,
        name: str,
        found: Sequence[FoundExample],
        metric: str | Callable[..., Any],
    ) -> Any:
        settled = settle(found, [], salt=_SALT, run_id="", now=datetime.now(UTC))
        known = "" if callable(metric) else metric
        rows = _parted(settled.rows)
        parts = split_examples(rows, program, name, metric=known, refused=len(settled.refused))
        optimizer = self._fitting(len(parts.train))
        if not optimizer or not parts.select:
            self.last = None
            _log.warning(
                "%s stays as it is: of %d examples %d may be used, and two at least are needed",
                name, len(found), len(rows),
            )  # fmt: skip
            return program
        with self._model(name) as (lm, budget):
            self.last = optimise(
                program, train=parts.train, select=parts.select, group=parts.group,
                metric=metric if callable(metric) else parts.metric, optimizer=optimizer,
                budget=budget, lm=lm, seed=self._seed, name=name,
            )  # fmt: skip
        if not self.last.changed:
            _log.warning("%s stays as it is: no candidate scored better", name)
        return self.last.program

    def _fitting(self, train: int) -> str:
        """The optimiser, or the simplest one where it needs more examples, or none: ''."""
        for optimizer in (self._optimizer, "labeled"):
            if train >= LEAST_EXAMPLES.get(optimizer, 1):  # an unknown one is refused by `optimise`
                return optimizer
        return ""

    @contextmanager
    def _model(self, name: str) -> Iterator[tuple[Any, OptimisationBudget]]:
        if self._lm is not None:
            yield self._lm, self._budget or OptimisationBudget()
            return
        settings = self._settings or settings_of()
        if settings is None or not settings.model:
            raise SettingsError(
                "No model is set.",
                remedy="Set LAKEGLOSS_MODEL and LAKEGLOSS_ENDPOINT, or give settings= or lm=.",
            )
        calls = settings.calls
        bounds = OptimisationBudget(
            max_tokens=calls.max_tokens_total, max_cost=calls.max_cost,
            price_input=calls.price_input, price_output=calls.price_output,
        )  # fmt: skip
        run_id = f"compile-{uuid.uuid4().hex[:8]}"
        route = route_of(name, settings.asking, max_tokens=MAX_TOKENS, run_id=run_id)
        try:
            yield (
                language_model(route.engine, route.model, program=lambda: name),
                self._budget or bounds,
            )
        finally:
            route.engine.close()


def _program(signature: Any) -> tuple[Any, str]:
    """A module, and the name under which it is executed."""
    if isinstance(signature, str):
        found = known_program(signature)
        if found is None:
            found = signature_named(signature, NAMED_SIGNATURES)
        name = signature
    else:
        found, name = signature, program_name(signature)
    if isinstance(found, SplitProgram):
        found = predictor_of(found)
    return instance_of(found, name), name


def _found(example: Any, program: str, place: int) -> FoundExample:
    inputs, outputs = _parts(example)
    if not inputs or not outputs:
        raise InputError(
            f"The example {place} has no {'outputs' if inputs else 'inputs'}.",
            remedy='Write {"inputs": {...}, "outputs": {...}}.',
        )
    said = json.dumps(inputs, ensure_ascii=False, sort_keys=True, default=str)
    return FoundExample(
        program=program,
        subject=f"example {hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:12]}",
        inputs=inputs,
        expected=json.dumps(outputs, ensure_ascii=False, sort_keys=True, default=str),
        origin=Origin.FILE,
        line=place,
    )


def _parts(example: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if isinstance(example, Mapping):
        inputs, outputs = example.get("inputs"), example.get("outputs")
    else:
        inputs, outputs = (
            dict(part()) if callable(part) else None
            for part in (getattr(example, "inputs", None), getattr(example, "labels", None))
        )
    return (
        inputs if isinstance(inputs, Mapping) else {},
        outputs if isinstance(outputs, Mapping) else {},
    )


def _said(one: JudgedFeedback) -> list[FoundExample]:
    """What one row of feedback teaches, where the inputs of its execution are known."""
    if not one.inputs:
        return []
    return one.examples or liked_or_disliked(one.feedback, one.execution)


def _parted(rows: Sequence[Example]) -> list[Example]:
    """The examples on sides that depend on nothing but themselves: no gate, as nothing is decided.

    One of three selects; of two, one.
    """
    ordered = sorted(rows, key=lambda row: row.example_id)
    return [_on(row, place) for place, row in enumerate(ordered)]


def _on(row: Example, place: int) -> Example:
    side = Split.SELECT if place % _SELECTED == 1 else Split.TRAIN
    return replace(row, split=side.value, weight=1.0)
