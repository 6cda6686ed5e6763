"""Optimises a program on the examples that people's work left, and lets the gate decide.

With a session the examples are those of the lake, answers end in its ledger, and figures stand in
`evaluations`. Without one, examples come from a file and answers stay in the journal's folder.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from lakegloss.core.learning.examples import Example
from lakegloss.core.metrics.program_metrics import metric_named
from lakegloss.core.optimisation.choosing import TOKEN_GROWTH
from lakegloss.core.optimisation.gate_decision import group_mark
from lakegloss.core.optimisation.result_text import (
    figures_of_result,
    gate_lines,
    result_sentence,
)
from lakegloss.core.optimisation.search_plan import (
    OptimisationBudget,
    SearchPlan,
    near_sentence,
    plan_search,
)
from lakegloss.core.records import Response
from lakegloss.engine.engine import Engine, engine_from
from lakegloss.engine.journal import Journal, read_journal
from lakegloss.engine.limits.budget import cost_of
from lakegloss.engine.lm import language_model
from lakegloss.errors import InputError, SettingsError
from lakegloss.lakehouse.examples.keeping import ExampleLedger
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import STOPPED, RunLog, new_run_id, run
from lakegloss.lakehouse.ledgers.state import answers_of_variants
from lakegloss.lakehouse.ledgers.sweep import sweep
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.learning.optimisation.comment_examples import split_comments
from lakegloss.learning.optimisation.example_data import (
    SplitExamples,
    examples_in_file,
    near_others,
    split_examples,
    usable,
)
from lakegloss.learning.optimisation.gate.gate_figures import record_gate
from lakegloss.learning.optimisation.gate.opened_gate import OpenedGate, open_gate
from lakegloss.learning.optimisation.gate.openings import GateOpenings
from lakegloss.learning.optimisation.metered import VARIANT
from lakegloss.learning.optimisation.optimisers import require_optimizer
from lakegloss.learning.optimisation.purse import Used
from lakegloss.learning.optimisation.searching import Optimised, optimise
from lakegloss.learning.optimisation.token_sizes import sizes_of
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.config import instance_of
from lakegloss.settings import Settings

_MOST_THREADS = 64
_OF_COMMENTS = "comment"


@dataclass(frozen=True, kw_only=True)
class ProgramToOptimize:
    """What is optimised.

    Attributes:
        label: as it was asked for.
        name: under which its examples are kept, and it is registered.
        program: a DSPy module or a signature.
    """

    label: str
    name: str
    program: Any

    @cached_property
    def module(self) -> Any:
        return instance_of(self.program, self.label)


@dataclass(frozen=True, kw_only=True)
class OptimizeReport:
    """What an optimisation found.

    Attributes:
        found: the search and what it chose; None where nobody agreed to the plan.
        gate: what the gate said of the chosen candidate.
    """

    run_id: str
    program: ProgramToOptimize
    model: str
    examples: SplitExamples
    plan: SearchPlan
    found: Optimised | None = None
    gate: OpenedGate | None = None

    @property
    def used(self) -> Used:
        """What search and gate used together."""
        return Used() if self.found is None else self.found.session.purse.used

    @property
    def is_better(self) -> bool:
        """Whether the gate says, with the promised error, that the candidate is better."""
        return self.gate is not None and self.gate.is_better

    @property
    def changed(self) -> bool:
        """Whether a candidate was chosen."""
        return self.found is not None and self.found.changed

    @property
    def unfinished(self) -> bool:
        """Whether a budget ended it before anything could be decided."""
        found, gate = self.found, self.gate
        return found is not None and (
            found.search.base is None
            or (found.changed and gate is not None and gate.decision is None)
        )

    @property
    def result(self) -> str:
        """The result in one sentence."""
        if self.found is None:
            return "Nothing was asked."
        if self.found.search.base is None:
            return "Nothing is decided: the budget ended before the program itself was measured."
        decision, reason = (self.gate.decision, self.gate.reason) if self.gate else (None, "")
        return result_sentence(self.found.search, decision, reason)

    @property
    def account(self) -> str:
        """What was tried and what came of it, for a person (Markdown)."""
        if self.found is None:
            return f"{self.result}\n"
        lines = [self.found.account.rstrip(), "", self.result]
        if self.gate is not None:
            lines += gate_lines(self.gate.decision)
        used = self.used
        lines.append(
            f"In all, with the gate: {used.calls} calls, {used.usage.input} tokens and "
            f"{used.usage.output} of answers; {used.paid_calls} of the calls were made now."
        )
        if self.examples.refused:
            lines.append(
                f"{self.examples.refused} examples were left out: they hold personal data, orders "
                "or quoted values."
            )
        if self.examples.near:
            lines.append(near_sentence(self.examples.near))
        return "\n".join(lines) + "\n"

    @property
    def measured(self) -> dict[str, Any]:
        """The figures for a registered version; {} without a decision."""
        if self.found is None or self.gate is None or self.gate.decision is None:
            return {}
        metric = f"{self.examples.metric_name} {self.examples.metric_version}"
        return figures_of_result(
            self.found.search, self.gate.decision, metric=metric, data_hash=self.examples.data_hash
        )


def optimize(
    spark: Any,
    settings: Settings,
    program: ProgramToOptimize,
    *,
    optimizer: str = "bootstrap",
    budget: OptimisationBudget | None = None,
    data: Path | None = None,
    metric: str = "",
    token_growth: float = TOKEN_GROWTH,
    seed: int = 0,
    agree: Callable[[SearchPlan], bool] = lambda _: True,
    progress: Progress = silent,
) -> OptimizeReport:
    """Optimise a program: search on train, choose on select, decide on the gate's examples.

    Answers that were paid for are never asked for again: stopped by a budget, by Ctrl-C or by a
    kill, the same call goes on and comes to the same result.

    Args:
        spark: a classic or a Connect session; None needs `data`, and keeps no ledger.
        program: see `program_to_optimize`.
        optimizer: labeled, bootstrap, mipro, gepa or simba.
        budget: by default none but that of the settings.
        data: a file of examples, instead of those in the lake.
        metric: a name of `core.metrics.program_metrics`; the comment program has its own.
        token_growth: how much longer requests may get without having to earn it.
        agree: asked once, with what the optimisation will cost at most.

    Raises:
        InputError: there are too few examples, or they do not fit the program.
        ExampleFileError: the file cannot be used.
        BudgetExceededError: the budget does not pay the smallest search.
        SettingsError, EndpointError: the model cannot be used; what was answered is kept.
    """
    require_possible(settings, optimizer, metric)
    if spark is None and data is None:
        raise SettingsError("Without a session examples come from a file.", remedy="Give data.")
    budget = _priced(budget or OptimisationBudget(), settings)
    place = _Place(spark, settings)
    with place.run() as log:
        examples = _examples(place, settings, program, data, metric)
        _require_examples(examples, program)
        sizes = replace(
            sizes_of(program.module, examples.train, examples.select, len(examples.gate)),
            near=examples.near,
            gate_groups=len({group_mark(examples.group(each)) for each in examples.gate}),
        )
        report = OptimizeReport(
            run_id=log.run_id, program=program, model=settings.model, examples=examples,
            plan=plan_search(optimizer, sizes, budget),
        )  # fmt: skip
        if not agree(report.plan):
            return report
        engine = engine_from(
            settings.asking, run_id=log.run_id, journal=Journal(place.journal, log.run_id)
        )
        with engine:
            try:
                found = optimise(
                    program.module, train=examples.train, select=examples.select,
                    metric=examples.metric, optimizer=optimizer, budget=budget,
                    lm=_model(engine, settings, program.name, examples.max_tokens),
                    seed=seed, gate=len(examples.gate), group=examples.group,
                    token_growth=token_growth, is_screened=True, paid=place.paid(),
                    name=program.name,
                    threads=min(settings.in_flight, _MOST_THREADS), tell=progress,
                )  # fmt: skip
                gate = open_gate(
                    found, examples.gate, place.openings, program=program.name,
                    data_hash=examples.data_hash, token_growth=token_growth,
                )  # fmt: skip
            finally:
                log.input_tokens, log.output_tokens = engine.spent.input, engine.spent.output
                log.cost = cost_of(settings.calls, engine.spent.input, engine.spent.output)
        report = replace(report, found=found, gate=gate)
        place.finish(report, log)
        return report


def require_possible(settings: Settings, optimizer: str, metric: str) -> None:
    """Refuse what cannot be done whatever the examples are, before anything is opened.

    Raises:
        SettingsError: there is no model, or none over HTTP.
        InputError: there is no such optimiser or metric.
        EnvironmentNotReadyError: the optimiser needs a package that is not installed.
    """
    if not settings.model:
        raise SettingsError("An optimisation needs a model.", remedy="Set model and endpoint.")
    if not settings.endpoint:
        raise SettingsError(
            "An optimisation asks the model over HTTP.", remedy="Set endpoint to its base URL."
        )
    require_optimizer(optimizer)
    if metric not in {"", _OF_COMMENTS}:
        metric_named(metric)


def _model(engine: Engine, settings: Settings, name: str, max_tokens: int) -> Any:
    """The model as runs ask it: at the temperature of the settings."""
    lm = language_model(engine, settings.model, program=lambda: name)
    options = {} if settings.temperature is None else {"temperature": settings.temperature}
    return lm.copy(max_tokens=max_tokens, **options)


def _priced(budget: OptimisationBudget, settings: Settings) -> OptimisationBudget:
    if budget.price_input is not None or settings.price_input is None:
        return budget
    return replace(budget, price_input=settings.price_input, price_output=settings.price_output)


def _examples(
    place: "_Place", settings: Settings, program: ProgramToOptimize, data: Path | None, metric: str
) -> SplitExamples:
    file = None if data is None else examples_in_file(data, program.name)
    given = place.examples() if file is None else file.rows
    rows, refused = usable(given, program.name)
    refused += file.refused if file else 0
    if not isinstance(program.module, CommentProgram):
        found = split_examples(
            rows, program.module, program.name, metric=metric, refused=refused,
            groups=file.groups if file else {},
        )  # fmt: skip
    elif metric in {"", _OF_COMMENTS}:
        found = split_comments(rows, settings.drafting, refused=refused)
    else:
        raise InputError(
            f"The comment program is not measured by {metric!r}.", remedy="Leave --metric out."
        )
    return replace(found, near=near_others(given, program.name))


def _require_examples(examples: SplitExamples, program: ProgramToOptimize) -> None:
    if examples.train or examples.select or examples.gate:
        return
    left_out = f" {examples.refused} were left out by the checks." if examples.refused else ""
    raise InputError(
        f"There are no examples of the program {program.name!r}.{left_out}",
        remedy="Collect or import some (`lakegloss examples`), or give a file with --data.",
    )


class _Place:
    """Where examples, answers and openings are: in the lake, or in files alone."""

    def __init__(self, spark: Any, settings: Settings) -> None:
        self._settings = settings
        self._ledgers = None if spark is None else Ledgers(spark, settings)
        folder = settings.journal_folder
        self.journal = folder / VARIANT
        self.openings = GateOpenings(folder.parent / "gate-openings")

    @contextmanager
    def run(self) -> Iterator[RunLog]:
        if self._ledgers is None:
            yield RunLog(run_id=new_run_id(datetime.now(UTC)))
            return
        self._ledgers.ensure()
        with run(self._ledgers, self._settings, "optimize") as log:
            self._sweep(log)
            try:
                yield log
            finally:
                self._sweep(log)

    def _sweep(self, log: RunLog) -> None:
        if self._ledgers is not None:
            log.count(swept=sweep(self._ledgers, self.journal, log.run_id))

    def examples(self) -> list[Example]:
        return [] if self._ledgers is None else ExampleLedger(self._ledgers).latest()

    def paid(self) -> Iterable[Response]:
        """The answers that optimisations paid for."""
        if self._ledgers is not None:
            return answers_of_variants(self._ledgers, VARIANT, model=self._settings.model)
        return [response for _, part in read_journal(self.journal) for response in part]

    def finish(self, report: OptimizeReport, log: RunLog) -> None:
        if report.found is not None:
            log.count(calls=report.used.paid_calls, tried=len(report.found.search.tried))
        if report.unfinished:
            log.status = STOPPED
        if self._ledgers is not None and report.gate is not None and report.gate.candidate:
            record_gate(self._ledgers, self._settings.calls, report)
