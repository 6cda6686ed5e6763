"""Defines what is evaluated on examples: a program of any kind, under the names that it goes by."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_origin

from lakegloss.errors import SignatureError
from lakegloss.programs.config import predictors_of
from lakegloss.programs.signatures import outputs_of
from lakegloss.programs.split import SplitProgram, module_version, program_name, split
from lakegloss.programs.validation import remedies, sentences

_REASONING = "reasoning"
_BESIDE = frozenset({"steps", _REASONING})
"""What modules give beside their outputs."""
_NUMBERS: tuple[type, ...] = (int, float)


@dataclass(frozen=True, kw_only=True)
class EvaluatedProgram:
    """A program of any kind.

    Attributes:
        label: as it is shown, and as it was asked for.
        program: split where it has one predictor, else a module.
        also_named: other names under which examples of it may be kept.
    """

    label: str
    name: str
    program: Any
    version: str
    also_named: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """All names under which examples of it may be kept."""
        return frozenset({self.name, self.label, *self.also_named})

    @cached_property
    def signatures(self) -> tuple[Any, ...]:
        """The signatures of its predictors, in order."""
        if isinstance(self.program, SplitProgram):
            return (self.program.signature,)
        return tuple(p.signature for p in predictors_of(self.program).values())

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """The names of the outputs that an example may expect; () where nobody knows them."""
        told = getattr(self.program, "outputs", None)
        if isinstance(told, tuple | list) and told and all(isinstance(n, str) for n in told):
            return tuple(told)
        if not isinstance(self.program, SplitProgram):
            return ()
        return tuple(n for n in outputs_of(self.program.signature) if n != _REASONING)

    @cached_property
    def kinds(self) -> Mapping[str, type | tuple[type, ...]]:
        """The plain types of its outputs, for a program of one predictor; else {}."""
        if not isinstance(self.program, SplitProgram):
            return {}
        fields = outputs_of(self.program.signature)
        return {name: _plain_kind(fields[name].kind) for name in self.outputs}

    def shown(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Its outputs out of what it gave, without its thoughts and its steps."""
        known = self.outputs
        return {n: v for n, v in given.items() if n in known or not (known or n in _BESIDE)}

    @property
    def instructions(self) -> str:
        """What its predictors are told, for a judge."""
        return "\n".join(str(s.instructions).strip() for s in self.signatures)

    def checked(self, inputs: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
        """The inputs as the program takes them and '', or what is wrong with them."""
        if isinstance(self.program, SplitProgram):
            found = self.program.check(inputs)
            problems = found.problems
            words = f"{sentences(problems)} {remedies(problems)}".strip() if problems else ""
            return found.values, words
        wanted = getattr(self.program, "inputs", None)
        missing = [n for n in wanted if n not in inputs] if isinstance(wanted, tuple) else []
        return inputs, f"Missing required input fields: {missing}" if missing else ""


def _plain_kind(kind: Any) -> type | tuple[type, ...]:
    """The type of a JSON value of this annotation; `object` takes any."""
    plain = get_origin(kind) or kind
    if plain is float:
        return _NUMBERS
    return plain if plain in {str, int, bool, list, dict} else object


def program_to_evaluate(
    program: Any, *, label: str = "", name: str = "", also_named: tuple[str, ...] = ()
) -> EvaluatedProgram:
    """Prepare a signature or a module for an evaluation.

    Args:
        name: by default the program's own.

    Raises:
        SignatureError: it is neither.
    """
    whole = program if isinstance(program, SplitProgram) else split(program, name=name)
    if whole is None and not hasattr(program, "named_predictors"):
        raise SignatureError(
            f"A {type(program).__name__} is no program.",
            remedy="Give a signature class, a dspy module, or a name.",
        )
    known = name or (whole.name if whole is not None else program_name(program))
    return EvaluatedProgram(
        label=label or known,
        name=known,
        program=program if whole is None else whole,
        version=module_version(program) if whole is None else whole.version,
        also_named=also_named,
    )
