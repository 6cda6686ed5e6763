"""Defines the result and the modes of an execution."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ExecutionMode(StrEnum):
    """How an execution is done.

    NORMAL and PRODUCTION: as it is. DRY_RUN: inputs are checked, nothing is called. DEBUG: the
    result's metadata hold a `debug_trace`. DEVELOPMENT: as DEBUG, and nothing is taken from the
    cache. TESTING: neither cached nor tracked.
    """

    NORMAL = "normal"
    DRY_RUN = "dry_run"
    DEBUG = "debug"
    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TESTING = "testing"

    @property
    def traces(self) -> bool:
        return self in {ExecutionMode.DEBUG, ExecutionMode.DEVELOPMENT}

    @property
    def caches(self) -> bool:
        return self in {ExecutionMode.NORMAL, ExecutionMode.PRODUCTION}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionResult(Mapping[str, Any]):
    """The result of one execution, by attributes and by keys.

    As a mapping it has the outputs by their names, and beside them `execution_id`, `success`,
    `error`, `execution_time`, `program_name` and `metadata` where no output has that name.

    Attributes:
        outputs: by name; {} where the execution failed.
        error: '' where it did not.
        execution_time: seconds.
        metadata: model, usage (input_tokens, output_tokens, estimated), attempts, cached, mode;
            `problems` of what was generated, a sentence each, where there are any.
        exception: the typed error behind `error`.
    """

    success: bool
    outputs: Mapping[str, Any]
    error: str
    execution_time: float
    program_name: str
    execution_id: str
    metadata: Mapping[str, Any]
    exception: Exception | None = field(default=None, repr=False, compare=False)

    def __getitem__(self, name: str) -> Any:
        if name in self.outputs:
            return self.outputs[name]
        if name in _FACTS:
            return getattr(self, name)
        known = ", ".join(self.outputs) or f"none, as it failed: {self.error}"
        raise KeyError(f"{name!r} is no output of {self.program_name}; its outputs: {known}")

    def __iter__(self) -> Iterator[str]:
        yield from self.outputs
        yield from (name for name in _FACTS if name not in self.outputs)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in self.outputs or name in _FACTS


_FACTS = ("execution_id", "success", "error", "execution_time", "program_name", "metadata")
