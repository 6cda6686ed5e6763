"""Checks inputs against a signature, before anything is sent."""

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from weakref import WeakValueDictionary

from pydantic import TypeAdapter, ValidationError

from lakegloss.errors import InputError
from lakegloss.programs.families import NAMED_SIGNATURES
from lakegloss.programs.signatures import FieldSpec, inputs_of, signature_named

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
        return f"{_closed(self.message)} {self.remedy}".strip() if self.remedy else self.message


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
                remedy=f"Give {', '.join(missing)}.",
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
    return " ".join(dict.fromkeys(problem.remedy for problem in problems if problem.remedy))


def sentences(problems: Sequence[InputProblem]) -> str:
    """The messages of all problems in one line; a single message stays as it is."""
    texts = [problem.message for problem in problems]
    return " ".join(map(_closed, texts)) if len(texts) > 1 else "".join(texts)


def _closed(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


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


InputCheck = Callable[[Mapping[str, Any]], CheckedInputs]
"""Checks the inputs of one program."""


class KnowsPrograms(Protocol):
    """Knows programs by names that were given to them in this process."""

    def check_of(self, name: str) -> InputCheck | None:
        """The check of the program of that name; None if there is none."""

    def program_of(self, name: str) -> Any:
        """The program of that name; None if there is none."""


_books: "WeakValueDictionary[int, KnowsPrograms]" = WeakValueDictionary()
_books_lock = threading.Lock()
_numbers = itertools.count()


def make_known(book: KnowsPrograms) -> None:
    """Let validators find the programs of a book as long as it lives; the newest goes first."""
    with _books_lock:
        _books[next(_numbers)] = book


def known_program(name: str) -> Any:
    """The program that an executor of this process knows by a name; None if there is none."""
    with _books_lock:
        books = [book for _, book in sorted(_books.items(), reverse=True)]
    found = (book.program_of(name) for book in books)
    return next((program for program in found if program is not None), None)


class SignatureValidator:
    """Checks inputs of programs, by name or signature, and remembers their problems.

    Args:
        find: finds the signature of a name; by default among lakegloss' own and among the programs
            that executors of this process registered or loaded.
    """

    def __init__(self, find: Callable[[str], Any] | None = None) -> None:
        self._find = find
        self._problems: tuple[InputProblem, ...] = ()

    def validate_inputs(self, signature: Any, inputs: Mapping[str, Any]) -> bool:
        """Check inputs. Returns whether a call with them could be made; `get_errors` says why not.

        Raises:
            SignatureError: there is no program of that name.
            InputError: the inputs are no mapping.
        """
        check = self._check_of(signature)
        if not isinstance(inputs, Mapping):
            raise InputError(
                f"Inputs are a mapping of names to values, not {type(inputs).__name__}.",
                remedy="Give a dict.",
            )
        self._problems = check(inputs).problems
        return not self._problems

    def get_errors(self) -> list[str]:
        """The problems of the inputs that were checked last, each with its remedy."""
        return [str(problem) for problem in self._problems]

    def _check_of(self, signature: Any) -> InputCheck:
        if isinstance(signature, str):
            if self._find is None:
                return _check_named(signature)
            signature = self._find(signature)
        return partial(check_inputs, signature)


def _check_named(name: str) -> InputCheck:
    # A name that was registered goes before lakegloss' own, as it does in an executor.
    with _books_lock:
        books = [book for _, book in sorted(_books.items(), reverse=True)]
    found = next((check for book in books if (check := book.check_of(name)) is not None), None)
    return found or partial(check_inputs, signature_named(name, NAMED_SIGNATURES))
