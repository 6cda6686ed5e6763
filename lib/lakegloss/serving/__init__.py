"""Offers the public names of serving: the executor, and what loads and serves programs for it.

The names of `__all__` are public (docs/public.md) and imported when they are first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lakegloss.drafting.card_answers import CardAnswer
    from lakegloss.drafting.commenter import Commenter
    from lakegloss.programs.chain import SignatureChain
    from lakegloss.programs.conditional import ConditionalPipeline
    from lakegloss.serving.executor.active_run import autolog
    from lakegloss.serving.executor.executor import DSPyPipelineExecutor
    from lakegloss.serving.executor.loader import DSPyModelLoader, EntryPointSource
    from lakegloss.serving.executor.parallel import ParallelExecutor
    from lakegloss.serving.executor.result import ExecutionMode, ExecutionResult
    from lakegloss.serving.model.local_endpoint import local_endpoint
    from lakegloss.serving.model.types import COMMENT_RESULT
    from lakegloss.serving.watch.observing import observer_of

__all__ = [
    "COMMENT_RESULT",
    "CardAnswer",
    "Commenter",
    "ConditionalPipeline",
    "DSPyModelLoader",
    "DSPyPipelineExecutor",
    "EntryPointSource",
    "ExecutionMode",
    "ExecutionResult",
    "ParallelExecutor",
    "SignatureChain",
    "autolog",
    "local_endpoint",
    "observer_of",
]

_PLACES = {
    "lakegloss.programs.chain": ("SignatureChain",),
    "lakegloss.programs.conditional": ("ConditionalPipeline",),
    "lakegloss.serving.executor.active_run": ("autolog",),
    "lakegloss.drafting.card_answers": ("CardAnswer",),
    "lakegloss.drafting.commenter": ("Commenter",),
    "lakegloss.serving.executor.executor": ("DSPyPipelineExecutor",),
    "lakegloss.serving.model.local_endpoint": ("local_endpoint",),
    "lakegloss.serving.executor.loader": ("DSPyModelLoader", "EntryPointSource"),
    "lakegloss.serving.model.types": ("COMMENT_RESULT",),
    "lakegloss.serving.executor.parallel": ("ParallelExecutor",),
    "lakegloss.serving.executor.result": ("ExecutionMode", "ExecutionResult"),
    "lakegloss.serving.watch.observing": ("observer_of",),
}
_MODULES = {name: module for module, names in _PLACES.items() for name in names}

if not TYPE_CHECKING:  # a type checker reads the imports above, and finds misspelt names

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first asked for."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
