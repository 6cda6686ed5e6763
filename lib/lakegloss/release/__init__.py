"""Keeps program versions in MLflow's registry, and decides by a ledger which are in use.

The names of `__all__` are public (docs/public.md) and imported when they are first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lakegloss.core.production.replacement import DeploymentConfig
    from lakegloss.core.production.triggers import OptimizationConfig
    from lakegloss.learning.families.cot_optimizer import ACECoTIntegration, CoTOptimizer
    from lakegloss.learning.families.family_examples import FamilyExamples
    from lakegloss.learning.families.family_optimizer import PromptFamilyOptimizer
    from lakegloss.learning.production.ledger_executions import LedgerExecutions
    from lakegloss.learning.production.observing import ProductionObserver
    from lakegloss.learning.production.production_pipeline import ProductionDataPipeline
    from lakegloss.learning.production.production_store import ProductionStore
    from lakegloss.release.production_loop.manager import DSPyPhase2Manager, get_dspy_phase2_manager
    from lakegloss.release.production_loop.realtime_optimizer import RealTimeOptimizer
    from lakegloss.release.replacement.replacement_pipeline import PromptReplacementPipeline
    from lakegloss.release.replacement.served_variants import VariantServing
    from lakegloss.release.replacement.variant_book import VariantBook

__all__ = [
    "ACECoTIntegration",
    "CoTOptimizer",
    "DSPyPhase2Manager",
    "DeploymentConfig",
    "FamilyExamples",
    "LedgerExecutions",
    "OptimizationConfig",
    "ProductionDataPipeline",
    "ProductionObserver",
    "ProductionStore",
    "PromptFamilyOptimizer",
    "PromptReplacementPipeline",
    "RealTimeOptimizer",
    "VariantBook",
    "VariantServing",
    "get_dspy_phase2_manager",
]

_PLACES = {
    "ACECoTIntegration": "lakegloss.learning.families.cot_optimizer",
    "CoTOptimizer": "lakegloss.learning.families.cot_optimizer",
    "DSPyPhase2Manager": "lakegloss.release.production_loop.manager",
    "DeploymentConfig": "lakegloss.core.production.replacement",
    "FamilyExamples": "lakegloss.learning.families.family_examples",
    "LedgerExecutions": "lakegloss.learning.production.ledger_executions",
    "OptimizationConfig": "lakegloss.core.production.triggers",
    "ProductionDataPipeline": "lakegloss.learning.production.production_pipeline",
    "ProductionObserver": "lakegloss.learning.production.observing",
    "ProductionStore": "lakegloss.learning.production.production_store",
    "PromptFamilyOptimizer": "lakegloss.learning.families.family_optimizer",
    "PromptReplacementPipeline": "lakegloss.release.replacement.replacement_pipeline",
    "RealTimeOptimizer": "lakegloss.release.production_loop.realtime_optimizer",
    "VariantBook": "lakegloss.release.replacement.variant_book",
    "VariantServing": "lakegloss.release.replacement.served_variants",
    "get_dspy_phase2_manager": "lakegloss.release.production_loop.manager",
}

if not TYPE_CHECKING:  # a type checker reads the imports above, and finds misspelt names

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first asked for."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
