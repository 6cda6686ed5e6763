"""Optimises the eight families of prompts, side by side, within one budget."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lakegloss.core.optimisation.search_plan import OptimisationBudget
from lakegloss.core.optimisation.shared_budget import SharedBudget
from lakegloss.core.production.family_history import (
    FamilyOutcome,
    FamilyResult,
    FamilyTrend,
    trends_of,
)
from lakegloss.core.release.saved_text import read_saved
from lakegloss.engine.model_file import configured_models, models_named
from lakegloss.learning.families.family_examples import FamilyExamples
from lakegloss.learning.families.family_plans import FAMILY_PLANS, family_named, names_of
from lakegloss.learning.families.searching_family import FamilySearch
from lakegloss.learning.optimisation.optimisers import optimizer_named
from lakegloss.learning.production.production_store import ProductionStore, store_in
from lakegloss.programs.config import instance_of
from lakegloss.programs.families import FAMILIES, PromptFamily
from lakegloss.programs.saved import load_saved
from lakegloss.settings_views import ModelSettings

HISTORY = "family run"
"""The kind of the documents that say what came of optimisations."""


class PromptFamilyOptimizer:
    """Searches for better instructions and demonstrations of families, decided by the gate.

    A family begins in the state that the gate last called better for the model, else as it is.
    Examples are real: given ones, and what people corrected or liked in production. Answers that
    were paid for are never asked for again, also after a kill.

    Args:
        models: by the names that callers use, such as 3b; by default those that are configured.
        examples: more examples than those of the store.
        store: of executions and of the history; by default the one in the home folder.
        budget: of all searches of one call together; by default none but that of the settings.
        optimizer: for all families, in place of each family's own.
        seed: the same one, with the same answers, comes to the same.
    """

    def __init__(
        self,
        models: Mapping[str, ModelSettings] | None = None,
        examples: FamilyExamples | Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        store: ProductionStore | None = None,
        *,
        budget: OptimisationBudget | None = None,
        optimizer: str = "",
        max_concurrent: int = 3,
        seed: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._models: Mapping[str, ModelSettings] = (
            configured_models() if models is None else models
        )
        self._examples = (
            examples
            if isinstance(examples, FamilyExamples)
            else FamilyExamples(given=examples or {})
        )
        self.store = store or store_in()
        self._budget = budget or OptimisationBudget()
        self._optimizer = optimizer_named(optimizer) if optimizer else ""
        self._together = max(1, max_concurrent)
        self._seed = seed
        self._clock = clock

    async def optimize_family(
        self,
        family: PromptFamily | str,
        models: Sequence[str] | None = None,
        *,
        hours: float | None = None,
    ) -> dict[str, FamilyResult]:
        """Optimise a family for each model; the results are by the models' names.

        Args:
            hours: the longest that it searches; by default as the budget says.

        Raises:
            InputError: there is no such family, or an example does not fit it.
            SettingsError: a model is not configured.
        """
        found = await self._optimized([family_named(family)], models, parallel=True, hours=hours)
        return found[family_named(family)]

    async def optimize_all_families(
        self, models: Sequence[str] | None = None, *, parallel: bool = True
    ) -> dict[PromptFamily, dict[str, FamilyResult]]:
        """Optimise all eight families for each model, within the one budget.

        What lacks examples is told as such, and costs nothing.

        Args:
            parallel: search for several at once; else one after the other.

        Raises:
            InputError, SettingsError: as in `optimize_family`.
        """
        return await self._optimized(list(PromptFamily), models, parallel=parallel)

    def knows(self, model: str) -> bool:
        """Whether a model of that name is configured."""
        return model in self._models

    def history(self, family: PromptFamily | str = "", model: str = "") -> list[FamilyResult]:
        """What optimisations came to, oldest first."""
        wanted = family_named(family).value if family else ""
        return [
            result
            for body in self.store.documents(HISTORY).values()
            if (result := result_of(body)).family == (wanted or result.family)
            and result.model == (model or result.model)
        ]

    def trends(self) -> list[FamilyTrend]:
        """How each family fared with each model over its optimisations."""
        return trends_of(self.history())

    def best_state(self, family: PromptFamily | str, model: str) -> str:
        """The state that the gate last called better, as JSON text of `save`; '' without one."""
        better = [one for one in self.history(family, model) if one.is_better]
        return better[-1].state if better else ""

    async def _optimized(
        self,
        families: Sequence[PromptFamily],
        models: Sequence[str] | None,
        *,
        parallel: bool,
        hours: float | None = None,
    ) -> dict[PromptFamily, dict[str, FamilyResult]]:
        chosen = models_named(models, self._models)
        examples = await asyncio.to_thread(self._all_examples)
        searches = [
            (family, name, self._search(family, name, settings, examples))
            for family in families
            for name, settings in chosen.items()
        ]
        whole = self._budget if hours is None else replace(self._budget, hours=hours)
        shared = SharedBudget(whole, len(searches))
        places = asyncio.Semaphore(self._together if parallel else 1)

        async def one(search: FamilySearch) -> FamilyResult:
            async with places:
                result = await asyncio.to_thread(search.run, shared, self._clock)
                await asyncio.to_thread(self._keep, result)
                return result

        results = await asyncio.gather(*(one(search) for _, _, search in searches))
        found: dict[PromptFamily, dict[str, FamilyResult]] = {family: {} for family in families}
        for (family, name, _), result in zip(searches, results, strict=True):
            found[family][name] = result
        return found

    def _all_examples(self) -> FamilyExamples:
        recorded = self.store.examples(datetime.fromtimestamp(0, UTC))
        said = [one for one in recorded if one.feedback]
        return FamilyExamples(
            given=self._examples.given, files=self._examples.files,
            recorded=[*self._examples.recorded, *said],
        )  # fmt: skip

    def _search(
        self,
        family: PromptFamily,
        model: str,
        settings: ModelSettings,
        examples: FamilyExamples,
    ) -> FamilySearch:
        plan, state = FAMILY_PLANS[family], self.best_state(family, model)
        program = load_saved(read_saved(state)) if state else FAMILIES[family]
        module = instance_of(program, family.value)
        return FamilySearch(
            family=family.value, model=model, program=module, settings=settings, seed=self._seed,
            examples=examples.of(names_of(family), module, plan.metric),
            optimizer=self._optimizer or plan.optimizer, run_id=f"family-{uuid4().hex[:8]}",
        )  # fmt: skip

    def _keep(self, result: FamilyResult) -> None:
        body = asdict(result) | {"at": result.at.isoformat()}
        self.store.put(HISTORY, uuid4().hex, body, result.at)


def result_of(body: Mapping[str, Any]) -> FamilyResult:
    outcome, at = FamilyOutcome(body["outcome"]), datetime.fromisoformat(body["at"])
    return FamilyResult(**(dict(body) | {"outcome": outcome, "at": at}))
