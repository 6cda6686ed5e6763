"""Holds what all parts of one optimisation share: the model, the purse and the metric."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import dspy

from lakegloss.core.optimisation.choosing import ItemScore
from lakegloss.core.optimisation.search_plan import OptimisationBudget
from lakegloss.core.records import Response
from lakegloss.engine.clock import SYSTEM_CLOCK, Clock
from lakegloss.engine.execution import ASKING
from lakegloss.learning.optimisation.candidates import Candidate, Recorder, program_with
from lakegloss.learning.optimisation.metered import Meter
from lakegloss.learning.optimisation.purse import Purse
from lakegloss.learning.optimisation.quiet import quiet
from lakegloss.learning.optimisation.scoring import (
    ExampleScorer,
    GroupOf,
    Metric,
    score_program,
)

Told = Callable[[str, int, int], None]
"""Takes the progress of a step: its name, how much is done, and of how much."""


class OptimisationSession:
    """Runs states of one program within one budget.

    Args:
        program: a DSPy module; it is copied, never changed.
        lm: the language model of DSPy that is asked.
        paid: answers of earlier runs, which are read again instead of asked.
        name: of the program, for the responses.
        threads: the most runs of the program at the same time.
    """

    def __init__(
        self,
        program: Any,
        lm: Any,
        metric: Metric,
        *,
        budget: OptimisationBudget,
        group: GroupOf,
        paid: Iterable[Response] = (),
        name: str = "",
        threads: int = 16,
        tell: Told = lambda *_: None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.program = program
        self.name = name
        self.scorer = ExampleScorer(metric=metric)
        self.group = group
        self.threads = threads
        self.tell = tell
        self.budget = budget
        self.purse = Purse(budget, clock=clock)
        self._meter = Meter(lm, self.purse, paid=paid, program=name)

    @contextmanager
    def asking(self, *, recorder: Recorder | None = None) -> Iterator[Any]:
        """The settings of DSPy in which the program runs; gives the language model.

        When the block ends, also by an interrupt, nothing that it left behind asks any more.
        """
        self._meter = meter = self._meter.successor()
        lm = meter.model()
        settings: dict[str, Any] = {
            "lm": lm, "adapter": ASKING, "disable_history": True, "trace": None,
            "track_usage": False, "max_errors": 10**9, "num_threads": self.threads,
            "callbacks": [] if recorder is None else [recorder],
        }  # fmt: skip
        try:
            with quiet(), dspy.context(**settings):
                yield lm
        finally:
            meter.end("it was stopped")

    def score(
        self, candidate: Candidate, examples: Sequence[Any], step: str, done: int, total: int
    ) -> list[ItemScore]:
        """Run the program in the state of a candidate on examples.

        Args:
            step, done, total: for the progress: how many runs the step has had, and will have.

        Raises:
            SearchEnded: the budget or the endpoint ended it.
        """
        with self.asking():
            return score_program(
                program_with(self.program, candidate),
                examples,
                self.scorer,
                group=self.group,
                threads=self.threads,
                on_done=lambda number: self.tell(step, done + number, total),
            )
