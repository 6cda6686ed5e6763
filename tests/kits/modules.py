"""Modules as they are in a new process, without one."""

from importlib.util import find_spec, module_from_spec
from types import ModuleType


def fresh(module: ModuleType) -> ModuleType:
    """The module executed once more, beside the one that is loaded: it has computed nothing yet."""
    spec = find_spec(module.__name__)
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made
