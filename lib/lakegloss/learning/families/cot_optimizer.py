"""Optimises templates of reasoning, and hands those that are better to a curator."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import uuid4

from lakegloss.core.optimisation.search_plan import OptimisationBudget
from lakegloss.core.optimisation.shared_budget import SharedBudget
from lakegloss.core.production.family_history import FamilyResult
from lakegloss.core.release.saved_text import read_saved
from lakegloss.engine.model_file import configured_models, models_named
from lakegloss.errors import InputError
from lakegloss.learning.families.cot_templates import (
    cot_examples,
    cot_program,
    depth_named,
    instructions_of,
    task_named,
    template_text,
)
from lakegloss.learning.families.family_examples import FamilyExamples
from lakegloss.learning.families.family_optimizer import result_of
from lakegloss.learning.families.searching_family import FamilySearch
from lakegloss.learning.optimisation.optimisers import optimizer_named
from lakegloss.learning.production.production_store import ProductionStore, store_in
from lakegloss.programs.config import predictors_of
from lakegloss.programs.families import REASONING
from lakegloss.programs.saved import load_saved, save
from lakegloss.settings_views import ModelSettings

_MODULES = "cot module"
_METRICS = {"graph_verification": "relationship_f1", "general_reflection": "field_match"}


class ACECurator(Protocol):
    """What a curator of an agentic context takes: a template for a task at a depth."""

    def set_cot_template(self, task: str, depth: str, template: str) -> None:
        """Use this template from now on."""


class CoTOptimizer:
    """Optimises templates of reasoning on real examples; the gate decides.

    Args:
        models: by name; by default those that are configured. The first one is asked.
        examples: more examples by task, beside those that people made in production.
        store: of executions and modules; by default the one in the home folder.
        budget: of one module.
    """

    def __init__(
        self,
        models: Mapping[str, ModelSettings] | None = None,
        examples: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        store: ProductionStore | None = None,
        *,
        budget: OptimisationBudget | None = None,
        seed: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._models: Mapping[str, ModelSettings] = (
            configured_models() if models is None else models
        )
        self._given = dict(examples or {})
        self._store = store or store_in()
        self._budget = budget or OptimisationBudget()
        self._seed = seed
        self._clock = clock

    def create_dspy_cot_module(
        self,
        template: str,
        task: str,
        depth: str = "standard",
        optimizer: str = "BootstrapFewShot",
        *,
        model: str = "",
    ) -> str:
        """Make a module of a template and optimise it; returns the module's name.

        With too few examples the module is the template as it is; `performance` says so.

        Args:
            template: the instructions; '' takes lakegloss' own.
            task: graph_verification or general_reflection.
            depth: minimal, standard or detailed.
            optimizer: DSPy's name of one, or lakegloss'.

        Raises:
            InputError: there is no such task, depth or optimiser.
            SettingsError: no model is set.
        """
        task, depth = task_named(task), depth_named(depth).value
        chosen = optimizer_named(optimizer)
        [(name, settings)] = models_named(
            [model or next(iter(self._models), "")], self._models
        ).items()
        instructions = instructions_of(template, task, depth)
        key = _name_of(task, depth, [instructions, chosen, name])
        program = cot_program(key, task, instructions)
        found = FamilySearch(
            family=key, model=name, program=program, settings=settings, optimizer=chosen,
            examples=self._examples().of((REASONING[task].__name__, task), program, _METRICS[task]),
            run_id=f"cot-{uuid4().hex[:8]}", seed=self._seed,
        ).run(SharedBudget(self._budget, 1), self._clock)  # fmt: skip
        state = found.state if found.is_better else save(program, key).text
        body = {
            "task": task, "depth": depth, "state": state,
            "result": asdict(found) | {"at": found.at.isoformat()},
        }  # fmt: skip
        self._store.put(_MODULES, key, body, self._clock())
        return key

    def get_optimized_cot_template(self, module_name: str) -> str:
        """The template of a module as a text: its instructions, and examples that it is shown.

        Raises:
            InputError: there is no such module.
        """
        body = self._body(module_name)
        parts = [
            template_text(p.signature.instructions, p.demos, body["task"])
            for p in predictors_of(self.program(module_name)).values()
        ]
        return "\n\n".join(parts)

    def program(self, module_name: str) -> Any:
        """A module, to register with an executor. Raises: see `get_optimized_cot_template`."""
        return load_saved(read_saved(self._body(module_name)["state"]))

    def performance(self, module_name: str) -> FamilyResult:
        """What the optimisation of a module showed. Raises: see `get_optimized_cot_template`."""
        return result_of(self._body(module_name)["result"])

    def modules(self) -> dict[str, tuple[str, str]]:
        """The task and the depth of each module, the oldest first."""
        found = self._store.documents(_MODULES).items()
        return {name: (body["task"], body["depth"]) for name, body in found}

    def make_examples(self, task: str) -> list[dict[str, Any]]:
        """Examples of a task, made of what people corrected or liked in production."""
        return cot_examples(task, self._store.examples(datetime.fromtimestamp(0, UTC)))

    def _examples(self) -> FamilyExamples:
        given = {
            task: [*self._given.get(task, ()), *self.make_examples(task)] for task in REASONING
        }
        return FamilyExamples(given=given)

    def _body(self, module_name: str) -> dict[str, Any]:
        found = self._store.documents(_MODULES)
        if module_name not in found:
            raise InputError(
                f"There is no module {str(module_name)[:80]!r}.",
                remedy="create_dspy_cot_module makes one, and gives its name.",
            )
        return found[module_name]


class ACECoTIntegration:
    """Hands templates of reasoning to the curator of an agentic context.

    Args:
        optimizer: whose modules are handed over; by default one of the configured models.
    """

    def __init__(self, optimizer: CoTOptimizer | None = None) -> None:
        self._optimizer = optimizer or CoTOptimizer()

    def integrate_with_ace_curator(
        self, ace_curator: ACECurator, *, also_unproven: bool = False
    ) -> dict[tuple[str, str], str]:
        """Give the curator the newest template of each task and depth that the gate calls better.

        Args:
            also_unproven: whether templates that were not shown to be better are given, too.

        Returns:
            The names of the modules whose templates it got, by task and depth.
        """
        handed = {
            place: name
            for name, place in self._optimizer.modules().items()
            if also_unproven or self._optimizer.performance(name).is_better
        }
        for (task, depth), name in handed.items():
            ace_curator.set_cot_template(
                task, depth, self._optimizer.get_optimized_cot_template(name)
            )
        return handed


def _name_of(task: str, depth: str, parts: Sequence[str]) -> str:
    mark = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:8]
    return f"{task}-{depth}-{mark}"
