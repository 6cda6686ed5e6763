"""How programs are served: the executor, and what loads programs for it."""

from importlib import import_module
from typing import Any

_PLACES = {
    "lakegloss.serving.executor": ("DSPyPipelineExecutor",),
    "lakegloss.serving.active_run": ("autolog",),
    "lakegloss.serving.result": ("ExecutionMode", "ExecutionResult"),
    "lakegloss.serving.parallel": ("ParallelExecutor",),
    "lakegloss.serving.model_loader": ("DSPyModelLoader", "EntryPointSource"),
    "lakegloss.programs.chain": ("SignatureChain",),
    "lakegloss.programs.conditional": ("ConditionalPipeline",),
}
_MODULES = {name: module for module, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are asked for."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted(_MODULES)
