"""Checks inputs against a signature, before anything is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lakegloss.errors import InputError
from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.signatures import FieldSpec, inputs_of

MOST_CHARACTERS = 1_000_000
"""The most characters or items of an input whose field sets no bound."""
_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class InputProblem:
    """What is wrong with one input, and what to do."""

    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedInputs:
    """Inputs as a program takes them: by the fields' names, in their types, with defaults.

    Attributes:
        missing: required fields without a value, in order; one of the problems names them.
    """

    values: Mapping[str, Any]
    problems: tuple[InputProblem, ...] = ()
    missing: tuple[str, ...] = ()


def check_inputs(
    signature: Any, inputs: Mapping[str, Any], *, unknown: str = "refuse"
) -> CheckedInputs:
    """Check inputs against a signature. Problems are returned, never raised.

    Args:
        unknown: `refuse` or `drop` inputs that the signature does not have.
    """
    specs = inputs_of(signature)
    named_inputs, problems = _by_own_name(specs, inputs)
    values: dict[str, Any] = {}
    missing: list[str] = []
    for name, spec in specs.items():
        if name not in named_inputs:
            if spec.required:
                missing.append(name)
            else:
                values[name] = spec.default
            continue
        value, field_problems = _checked(spec, named_inputs[name])
        values[name] = value
        problems += field_problems
    if missing:
        problems.append(
            InputProblem(
                field=missing[0],
                message=f"Missing required input fields: {missing}",
                remedy="",
            )
        )
    if unknown == "refuse":
        problems += _unknown(specs, named_inputs)
    return CheckedInputs(values=values, problems=tuple(problems), missing=tuple(missing))


def _by_own_name(
    specs: Mapping[str, FieldSpec], inputs: Mapping[str, Any]
) -> tuple[dict[str, Any], list[InputProblem]]:
    """Replace aliases by the fields' names, where the name itself is not given."""
    named_inputs = dict(inputs)
    problems = []
    for name, spec in specs.items():
        used = [
            alias for alias in spec.facts.aliases if alias in named_inputs and alias not in specs
        ]
        if name in named_inputs or not used:
            continue
        named_inputs[name] = named_inputs.pop(used[0])
        if len(used) > 1:
            problems.append(
                InputProblem(
                    field=name,
                    message=f"The input {name!r} is given twice, as {used[0]!r} and {used[1]!r}.",
                    remedy=f"Give it once, as {name!r}.",
                )
            )
    return named_inputs, problems


def _unknown(specs: Mapping[str, FieldSpec], given: Mapping[str, Any]) -> list[InputProblem]:
    import difflib

    problems = []
    for name in given:
        if name in specs:
            continue
        near = difflib.get_close_matches(str(name), specs, n=1)
        remedy = f"Did you mean {near[0]!r}?" if near else f"Known are: {', '.join(specs)}."
        problems.append(
            InputProblem(
                field=str(name)[:_SHOWN],
                message=f"There is no input {str(name)[:_SHOWN]!r}.",
                remedy=remedy,
            )
        )
    return problems


def remedies(problems: Sequence[InputProblem]) -> str:
    """Say what to do about all problems."""
    texts = dict.fromkeys(problem.remedy for problem in problems if problem.remedy)
    return " ".join(texts) or f"Give {', '.join(dict.fromkeys(p.field for p in problems))}."


def sentences(problems: Sequence[InputProblem]) -> str:
    """The messages of all problems in one line; a single message stays as it is."""
    texts = [problem.message for problem in problems]
    closed = [text if text.endswith((".", "?")) else f"{text}." for text in texts]
    return " ".join(closed) if len(texts) > 1 else "".join(texts)


def check_value(spec: FieldSpec, value: Any) -> list[InputProblem]:
    """The problems of a value for a field."""
    return _checked(spec, value)[1]


def _checked(spec: FieldSpec, value: Any) -> tuple[Any, list[InputProblem]]:
    """The value in the field's type, and its problems."""
    if value is None and spec.required:
        return None, [_problem(spec, "is None", f"Give a value of type {spec.type_name}.")]
    try:
        converted = _adapter(spec.kind).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        detail = f"{where}: {first['msg']}" if where else first["msg"]
        fault = f"is of type {type(value).__name__} ({detail})"
        return value, [_problem(spec, fault, f"Give a value of type {spec.type_name}.")]
    return converted, list(_out_of_bounds(spec, converted))


def _out_of_bounds(spec: FieldSpec, value: Any) -> list[InputProblem]:
    facts, problems = spec.facts, []
    if isinstance(value, int | float) and not isinstance(value, bool):
        if facts.minimum is not None and not value >= facts.minimum:
            problems.append(_problem(spec, "is too small", f"Give at least {facts.minimum:g}."))
        if facts.maximum is not None and not value <= facts.maximum:
            problems.append(_problem(spec, "is too large", f"Give at most {facts.maximum:g}."))
    if isinstance(value, str | list | tuple | dict):
        limit = MOST_CHARACTERS if facts.max_length is None else facts.max_length
        unit = "characters" if isinstance(value, str) else "items"
        if len(value) > limit:
            fault = f"has {len(value):,} {unit}"
            problems.append(_problem(spec, fault, f"Give at most {limit:,} {unit}."))
    return problems


def _problem(spec: FieldSpec, fault: str, remedy: str) -> InputProblem:
    return InputProblem(field=spec.name, message=f"The input {spec.name!r} {fault}.", remedy=remedy)


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """The adapter of a type, made once: to make one costs more than a check."""
    try:
        return _adapters[kind]
    except KeyError:
        adapter = _adapters[kind] = TypeAdapter(kind)
        return adapter
    except TypeError:  # a type that cannot be a key
        return TypeAdapter(kind)


class SignatureValidator:
    """Checks inputs of signatures, by name or class, and remembers their problems.

    Args:
        find: finds the signature of a name; by default in the library.
    """

    def __init__(self, find: Callable[[str], Any] | None = None) -> None:
        self._find = find or _in_library
        self._problems: tuple[InputProblem, ...] = ()

    def validate_inputs(self, signature: Any, inputs: Mapping[str, Any]) -> bool:
        """Check inputs. Returns whether a call with them could be made; `get_errors` says why not.

        Raises:
            SignatureError: there is no signature of that name.
            InputError: the inputs are no mapping.
        """
        if isinstance(signature, str):
            signature = self._find(signature)
        if not isinstance(inputs, Mapping):
            raise InputError(
                f"Inputs are a mapping of names to values, not {type(inputs).__name__}.",
                remedy="Give a dict.",
            )
        self._problems = check_inputs(signature, inputs).problems
        return not self._problems

    def get_errors(self) -> list[str]:
        """The problems of the inputs that were checked last, each with its remedy."""
        return [str(problem) for problem in self._problems]


def _in_library(name: str) -> Any:
    from lakegloss.programs.signatures import signature_named

    return signature_named(name, SIGNATURES)
