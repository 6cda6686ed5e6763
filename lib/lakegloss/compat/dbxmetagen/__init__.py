"""Offers dbxmetagen's names: its settings, its job, its generators and its DSPy classes.

The names of `__all__` are public (docs/public.md) and imported when they are first asked for.
docs/from-dbxmetagen.md says how to change over.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig
    from lakegloss.compat.dbxmetagen.job import MainResult, main

__all__ = ["MainResult", "MetadataConfig", "main"]

_PLACES = {
    "MainResult": "lakegloss.compat.dbxmetagen.job",
    "MetadataConfig": "lakegloss.compat.dbxmetagen.configuration.metadata_config",
    "main": "lakegloss.compat.dbxmetagen.job",
}

if not TYPE_CHECKING:  # a type checker reads the imports above, and finds misspelt names

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first asked for."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
