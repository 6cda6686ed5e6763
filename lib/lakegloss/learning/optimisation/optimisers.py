"""Drives DSPy's optimisers, each as a search that tells of the candidates it comes up with."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import dspy

from lakegloss.core.optimisation.search_plan import (
    MOST_DEMOS,
    REFLECTED,
    TRAJECTORIES,
    SearchPlan,
    mipro_trials,
    require_known,
    simba_batch,
)
from lakegloss.engine.execution import ASKING
from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.learning.optimisation.candidates import Tried, candidate_of

_LONGEST_INSTRUCTION = 6_000
_PACKAGES = {"mipro": "optuna"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTask:
    """What an optimiser works with.

    Attributes:
        program: in the state to begin with; it is never changed.
        train: examples that may be shown; validated: those to rank candidates by, also of the
            train split.
        metric: as DSPy calls it; it returns numbers. feedback: the same with words.
        good: the least score of an answer that becomes a demonstration.
        tried: takes every candidate that is worth a look.
        note: takes what a reader of the account should know.
    """

    program: Any
    lm: Any
    train: Sequence[Any]
    validated: Sequence[Any]
    metric: Callable[..., Any]
    feedback: Callable[..., Any]
    plan: SearchPlan
    threads: int
    seed: int
    good: float
    tried: Tried
    note: Callable[[str], None]

    def try_(self, program: Any, origin: str) -> None:
        self.tried(candidate_of(program, origin))


def search(task: SearchTask) -> None:
    """Run the plan's optimiser.

    Raises:
        EnvironmentNotReadyError: it needs a package that is not installed.
        SearchEnded: the budget or the endpoint ended it.
    """
    _SEARCHES[task.plan.optimizer](task)


def _shuffles(task: SearchTask) -> Iterator[list[Any]]:
    """The examples to train on in a new order each time."""
    rng = random.Random(task.seed)  # noqa: S311 - repeatable on purpose
    while True:
        yield rng.sample(list(task.train), len(task.train))


def _labeled(task: SearchTask) -> None:
    """People's own examples as demonstrations: few and more of them, in several selections."""
    sizes = (MOST_DEMOS, 2, 1, 2 * MOST_DEMOS)
    for number, train in zip(range(task.plan.size), _shuffles(task), strict=False):
        size = min(sizes[number % len(sizes)], len(train))
        made = dspy.LabeledFewShot(k=size).compile(task.program, trainset=train, sample=False)
        task.try_(made, f"{size} example{'' if size == 1 else 's'} of people")


def _bootstrap(task: SearchTask) -> None:
    """The program's own good answers as demonstrations, which also fill what lies between."""
    for number, train in zip(range(task.plan.size), _shuffles(task), strict=False):
        size = 1 + (task.seed + number) % MOST_DEMOS if number else MOST_DEMOS
        made = dspy.BootstrapFewShot(
            metric=task.metric,
            metric_threshold=task.good,
            max_bootstrapped_demos=size,
            max_labeled_demos=MOST_DEMOS if number % 2 == 0 else 0,
            max_errors=len(train) + 1,
        ).compile(task.program, trainset=train)
        task.try_(made, f"up to {size} of its own good answers")


def _mipro(task: SearchTask) -> None:
    """Proposed instructions and sets of demonstrations, combined by Bayesian search."""
    optimiser = dspy.MIPROv2(
        metric=task.metric,
        auto=None,
        num_candidates=max(3, task.plan.size),
        max_bootstrapped_demos=min(MOST_DEMOS, len(task.train)),
        max_labeled_demos=MOST_DEMOS,
        num_threads=task.threads,
        max_errors=10**9,
        metric_threshold=task.good,
        seed=task.seed + 1,  # 0 would be taken as none given
    )
    best = optimiser.compile(
        task.program,
        trainset=list(task.train),
        valset=list(task.validated),
        num_trials=mipro_trials(task.plan.size),
        minibatch=False,
    )
    for row in [{"program": best}, *getattr(best, "candidate_programs", [])]:
        task.try_(row["program"], "an instruction and demonstrations of MIPRO")


def _gepa(task: SearchTask) -> None:
    """Instructions that are rewritten from what the metric says was wrong."""
    proposer = _Proposer(
        dspy.teleprompt.gepa.InstructionProposer(max_chars=_LONGEST_INSTRUCTION, adapter=ASKING)
    )
    optimiser = dspy.GEPA(
        metric=task.feedback,
        max_metric_calls=task.plan.search_runs,
        reflection_lm=task.lm,
        instruction_proposer=proposer,
        reflection_minibatch_size=min(REFLECTED, len(task.train)),
        add_format_failure_as_feedback=True,
        num_threads=task.threads,
        track_stats=True,
        warn_on_score_mismatch=False,
        seed=task.seed,
    )
    best = optimiser.compile(task.program, trainset=list(task.train), valset=list(task.validated))
    found = best.detailed_results
    ranked = sorted(
        zip(found.val_aggregate_scores, found.candidates, strict=True), key=lambda row: -row[0]
    )
    for _, program in ranked:
        task.try_(program, "an instruction that GEPA wrote")
    if proposer.failed and not proposer.proposed:
        task.note(
            f"None of {proposer.failed} proposals of new instructions could be read: GEPA had "
            "nothing to try. Another model may do better."
        )


class _Proposer:
    """Counts proposals: GEPA goes on in silence where none can be read."""

    def __init__(self, propose: Any) -> None:
        self._propose = propose
        self.proposed = self.failed = 0

    def __call__(
        self,
        candidate: Mapping[str, str],
        reflective_dataset: Mapping[str, Any],
        components_to_update: list[str],
    ) -> dict[str, str]:
        self.failed += 1  # until it is read
        found: dict[str, str] = self._propose(candidate, reflective_dataset, components_to_update)
        self.failed -= 1
        self.proposed += bool(found)
        return found


def _simba(task: SearchTask) -> None:
    """Rules and demonstrations from what went well and badly in small batches."""
    optimiser = dspy.SIMBA(
        metric=task.feedback,
        bsize=simba_batch(len(task.train)),
        num_candidates=TRAJECTORIES,
        max_steps=task.plan.size,
        max_demos=MOST_DEMOS,
        num_threads=task.threads,
    )
    best = optimiser.compile(task.program, trainset=list(task.train), seed=task.seed)
    for row in [{"program": best}, *getattr(best, "candidate_programs", [])]:
        task.try_(row["program"], "rules and demonstrations of SIMBA")


_SEARCHES: Mapping[str, Callable[[SearchTask], None]] = {
    "labeled": _labeled,
    "bootstrap": _bootstrap,
    "mipro": _mipro,
    "gepa": _gepa,
    "simba": _simba,
}


_CLASSES = {
    "LabeledFewShot": "labeled",
    "BootstrapFewShot": "bootstrap",
    "BootstrapFewShotWithRandomSearch": "bootstrap",
    "BootstrapRS": "bootstrap",
    "MIPROv2": "mipro",
    "GEPA": "gepa",
    "SIMBA": "simba",
}


def optimizer_named(name: str) -> str:
    """The name that an optimiser has here, which may be given by DSPy's name of its class.

    Raises:
        InputError, EnvironmentNotReadyError: see `require_optimizer`.
    """
    known = _CLASSES.get(name, name)
    require_optimizer(known)
    return known


def require_optimizer(optimizer: str) -> None:
    """Refuse an optimiser that is unknown, or lacks a package.

    Raises:
        InputError, EnvironmentNotReadyError: see there.
    """
    require_known(optimizer)
    package = _PACKAGES.get(optimizer)
    if package is not None and find_spec(package) is None:
        raise EnvironmentNotReadyError(
            f"The optimiser {optimizer!r} needs {package}, which is not installed.",
            remedy="pip install 'lakegloss[optimize]', or choose another --optimizer.",
        )
