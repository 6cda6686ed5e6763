"""Optimises programs: lets DSPy's optimisers search, within a budget, on examples that may be seen.

`optimise` needs no Spark; its names are imported when they are first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lakegloss.core.optimisation.search_plan import OptimisationBudget
    from lakegloss.learning.optimisation.searching import Optimised, optimise

__all__ = ["OptimisationBudget", "Optimised", "optimise"]

_PLACES = {
    "OptimisationBudget": "lakegloss.core.optimisation.search_plan",
    "Optimised": "lakegloss.learning.optimisation.searching",
    "optimise": "lakegloss.learning.optimisation.searching",
}

if not TYPE_CHECKING:  # a type checker reads the imports above, and finds misspelt names

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first asked for."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
