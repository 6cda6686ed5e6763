"""Lets each caller's unit have the variant that its rollout assigns, and records who answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from lakegloss.core.release.assignment import Variant, variant_of_unit
from lakegloss.core.release.saved_text import read_saved
from lakegloss.core.release.unguarded import last_step, served
from lakegloss.learning.production.observing import EndedExecution, ProductionObserver
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.programs.families import canonical_name
from lakegloss.programs.saved import load_saved
from lakegloss.release.replacement.rollout_documents import DocumentRolloutStore
from lakegloss.release.replacement.variant_book import KnownVariant, VariantBook, name_of


class ExecutesPrograms(Protocol):
    """An executor, such as `DSPyPipelineExecutor`."""

    def execute(
        self, program: Any = None, *, inputs: Mapping[str, Any] | None = None, model: str = ""
    ) -> Any:
        """Execute a program; a failure is told in the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedAnswer:
    """A result with the variant that gave it."""

    result: Any
    variant: str


class VariantServing:
    """Executes programs in the variant that is in use, or that a rollout gives to a unit.

    Args:
        executor: makes the calls; give it no observer of its own for the same store.
        values: which values of inputs are kept, see `ProductionObserver`.
    """

    def __init__(
        self,
        store: ProductionStore,
        book: VariantBook,
        executor: ExecutesPrograms,
        *,
        values: str = "masked",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._book = book
        self._rollouts = DocumentRolloutStore(store)
        self._executor = executor
        self._values = values
        self._clock = clock
        self._loaded: dict[str, Any] = {}

    def variant_for(self, program: str, model: str, unit: str) -> KnownVariant:
        """The variant that a unit (a caller, a session, a document) gets now.

        That in use, where nobody has stepped the rollout for as long as no data may come.

        Raises:
            ProgramNotFoundError: no program of that name is known.
        """
        variants = self._book.of(program, model)
        rows = self._rollouts.rows(name_of(program, model))
        if rows and rows[-1].is_active:
            last = served(last_step(rows), self._clock())
            chosen = variant_of_unit(last.salt, unit, last.served_share)
            return variants.numbered(
                last.challenger if chosen is Variant.CHALLENGER else last.champion
            )
        return variants.in_use

    def execute(
        self, program: str, inputs: Mapping[str, Any], *, unit: str = "", model: str = "",
        model_name: str = "",
    ) -> ServedAnswer:  # fmt: skip
        """Execute a program for a unit, and record it.

        Args:
            unit: who asks; the same one gets the same variant as long as shares only grow.
            model: the executor's name of a model; '' is its own.
            model_name: the configured name where the executor's own model is asked.

        Raises:
            ProgramNotFoundError: see `variant_for`.
        """
        chosen = self.variant_for(program, model or model_name, unit)
        if chosen.version not in self._loaded:
            self._loaded[chosen.version] = load_saved(read_saved(chosen.state))
        result: EndedExecution = self._executor.execute(
            self._loaded[chosen.version], inputs=inputs, model=model
        )
        observer = ProductionObserver(
            self._store, variant=chosen.variant, values=self._values,
            program=canonical_name(program), model=model or model_name, clock=self._clock,
        )  # fmt: skip
        observer(result, inputs)
        return ServedAnswer(result=result, variant=chosen.variant)
