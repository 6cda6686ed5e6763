"""Keeps results that were paid for, bounded in number and age, of programs that are known."""

import hashlib
import json
import logging
import threading
import uuid
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import dspy
from cachetools import TTLCache

from lakegloss.core.going_on import going_on
from lakegloss.programs.chain import ChainProgram
from lakegloss.programs.how_might_we import HMWGenerator, SolutionGenerator
from lakegloss.programs.split import SplitProgram, module_version

MOST_RESULTS = 10_000
_log = logging.getLogger("lakegloss.executor")
CACHE_RESULTS = "cache_results"
"""The attribute by which a module of a user's says that equal inputs give equal results."""
_OWN = (HMWGenerator, SolutionGenerator, ChainProgram)
_PARTS = (*_OWN, dspy.Predict, dspy.ChainOfThought)
_marks: "WeakKeyDictionary[Any, str]" = WeakKeyDictionary()
_marks_lock = threading.Lock()


class ResultCache:
    """Keeps results by program version, model and inputs, for `ttl` seconds."""

    def __init__(self, ttl: float) -> None:
        self._results: TTLCache[str, Any] = TTLCache(maxsize=MOST_RESULTS, ttl=ttl)
        self._lock = threading.Lock()

    def get(self, key: str | None) -> Any:
        """The result of a key; None if there is none."""
        if key is None:
            return None
        with self._lock:
            return self._results.get(key)

    def put(self, key: str | None, result: Any) -> None:
        """Keep a result."""
        if key is not None:
            with self._lock:
                self._results[key] = result

    def clear(self) -> int:
        """Forget all results; returns how many there were."""
        with self._lock:
            count = len(self._results)
            self._results.clear()
        return count


def key_of(program: str, model: str, values: Mapping[str, Any]) -> str | None:
    """The key of a result; None for inputs that are not JSON values, as they cannot be compared."""
    try:
        text = json.dumps([program, model, values], sort_keys=True, ensure_ascii=True)
    except (TypeError, ValueError):
        return None
    return hashlib.sha256(text.encode()).hexdigest()


def identity_of(program: Any) -> str:
    """What decides a program's results beside model and inputs; '' for one that is not cached.

    A program of one predictor is known by its version, a module of lakegloss' own by what its
    predictors send and how they are wired. The code of any other module is not known: it is cached
    only where it says so (`CACHE_RESULTS`), as this one object with what its predictors send now.
    """
    if isinstance(program, SplitProgram):
        return program.version
    kind = type(program).__name__
    with going_on(_log, "a %s is not cached", kind, level=logging.DEBUG):  # parts without version
        return _of_module(program)
    return ""


def _of_module(module: Any) -> str:
    sent = module_version(module)
    if type(module) in _OWN:
        wiring = module.wiring if isinstance(module, ChainProgram) else ""
        own = f"{type(module).__name__} {sent} {wiring}"
        return own if sent and _is_plain(module) else ""
    says_so = getattr(module, CACHE_RESULTS, False) is True
    return f"{_mark(module)} {sent}" if says_so else ""


def _is_plain(module: Any) -> bool:
    """Whether all parts of a module are as lakegloss made them, but for what was learned."""
    parts = [part for _, part in module.named_sub_modules()]
    return all(type(part) in _PARTS for part in parts) and not any(
        predictor.lm is not None or predictor.config for predictor in module.predictors()
    )


def _mark(program: Any) -> str:
    """A name of its own for an object, which no later object gets."""
    with _marks_lock:
        return _marks.setdefault(program, uuid.uuid4().hex)
