"""Chooses one signature by conditions on the inputs.

pipeline = ConditionalPipeline()
pipeline.add_condition("unsure", lambda inputs: inputs["confidence"] < 0.8)
pipeline.when("unsure").execute("ClarifyIntent")
pipeline.otherwise().execute("RespondToUser")
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lakegloss.core.text.causes import first_line
from lakegloss.errors import SignatureError

Condition = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenSignature:
    """The choice of a pipeline: the condition that holds ('' for otherwise), and its signature."""

    condition: str
    signature: Any


class _Branch:
    def __init__(self, pipeline: "ConditionalPipeline", condition: str | None) -> None:
        self._pipeline = pipeline
        self._condition = condition

    def execute(self, signature: Any) -> "ConditionalPipeline":
        """Set the signature, a name or a class, that this branch executes."""
        self._pipeline._set(self._condition, signature)  # noqa: SLF001 - its own part
        return self._pipeline


class ConditionalPipeline:
    """Chooses a signature: tries conditions in the order of `when`, and the first that holds wins.

    Conditions may read inputs that the chosen signature does not have.
    """

    def __init__(self) -> None:
        self._conditions: dict[str, Condition] = {}
        self._branches: dict[str, Any] = {}
        self._otherwise: Any = None

    @property
    def name(self) -> str:
        """The names of the branches' signatures, with bars between them."""
        parts = [*self._branches.values(), *([self._otherwise] if self._otherwise else [])]
        names = (part if isinstance(part, str) else part.__name__ for part in parts)
        return " | ".join(names) or "empty pipeline"

    def add_condition(self, name: str, condition: Condition) -> "ConditionalPipeline":
        """Add a named condition: a function of the inputs that returns whether it holds.

        Raises:
            SignatureError: the name is taken, or the condition cannot be called.
        """
        if name in self._conditions:
            raise SignatureError(
                f"There is a condition {name!r} already.", remedy="Give this one another name."
            )
        if not callable(condition):
            raise SignatureError(
                f"The condition {name!r} cannot be called.",
                remedy="Give a function of the inputs.",
            )
        self._conditions[name] = condition
        return self

    def when(self, condition: str) -> _Branch:
        """Begin the branch for a condition.

        Raises:
            SignatureError: there is no condition of that name, or it has a branch already.
        """
        if condition not in self._conditions:
            known = ", ".join(self._conditions) or "none yet"
            raise SignatureError(
                f"There is no condition {condition!r}.",
                remedy=f"add_condition() it first. Known: {known}.",
            )
        if condition in self._branches:
            raise SignatureError(
                f"The condition {condition!r} has a branch already.",
                remedy="Use each condition once.",
            )
        return _Branch(self, condition)

    def otherwise(self) -> _Branch:
        """Begin the branch for inputs for which no condition holds."""
        return _Branch(self, None)

    def _set(self, condition: str | None, signature: Any) -> None:
        if condition is None:
            self._otherwise = signature
        else:
            self._branches[condition] = signature

    def choose(self, inputs: Mapping[str, Any]) -> ChosenSignature:
        """Choose the signature for these inputs.

        Raises:
            SignatureError: a condition raises an error, or none holds and there is no otherwise.
        """
        for name, signature in self._branches.items():
            if self._holds(name, inputs):
                return ChosenSignature(condition=name, signature=signature)
        if self._otherwise is None:
            raise SignatureError(
                "No condition holds for these inputs, and the pipeline has no otherwise().",
                remedy="Add otherwise().execute(...).",
            )
        return ChosenSignature(condition="", signature=self._otherwise)

    def _holds(self, name: str, inputs: Mapping[str, Any]) -> bool:
        try:
            return bool(self._conditions[name](inputs))
        except KeyError as error:
            raise SignatureError(
                f"The condition {name!r} reads an input that was not given: {error}.",
                remedy="Give that input.",
            ) from error
        except Exception as error:  # a person's function: anything may come out of it
            raise SignatureError(
                f"The condition {name!r} failed: {type(error).__name__}: {first_line(error)}",
                remedy="Correct its function.",
            ) from error
