"""Chains: signatures one after the other, wired by the names of their fields.

chain = SignatureChain()
chain.add("ExtractInfo", {"document": "report", "info_types": "Key facts and figures"})
chain.add("SummarizeText", {"document": "ExtractInfo.extracted_info"})
program = chain.program(inputs=["report"])
"""

import difflib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import dspy
from pydantic_core import to_jsonable_python

from lakegloss.errors import InputError, SignatureError
from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.signatures import FieldSpec, inputs_of, outputs_of, signature_named
from lakegloss.programs.validation import check_value

Find = Callable[[str], Any]
"""From a name to its signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromInput:
    """A field that takes an input of the chain."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FromStep:
    """A field that takes the output of an earlier step."""

    step: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A field that always has the same value."""

    value: Any


Wire = FromInput | FromStep | Fixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A signature in a chain, each of its fields wired."""

    name: str
    signature: Any
    wires: Mapping[str, Wire]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Added:
    name: str
    signature: Any
    wiring: Mapping[str, Any]


class SignatureChain:
    """Steps that are added in order; what an earlier one puts out, later ones may take in.

    A wiring maps a field of the step to one of three: `"Step.field"`, the output of an earlier
    step; the name of an input of the chain; or any other value, which is then fixed. A fixed text
    that reads as `"Step.field"` is written `Fixed(value="Step.field")`.
    """

    def __init__(self) -> None:
        self._added: list[_Added] = []

    @property
    def name(self) -> str:
        """The steps' names with an arrow between them."""
        return " -> ".join(step.name for step in self._added) or "empty chain"

    def add(
        self, signature: Any, wiring: Mapping[str, Any] | None = None, *, name: str = ""
    ) -> Self:
        """Add a step.

        Args:
            signature: a name or a class.
            wiring: what the step's fields take; a field that is left out takes the chain's input,
                else the newest output, of its own name.
            name: of the step; by default the signature's.

        Raises:
            SignatureError: there is a step of that name already.
        """
        step = name or (signature if isinstance(signature, str) else signature.__name__)
        if any(step == other.name for other in self._added):
            raise SignatureError(
                f"The chain has a step {step!r} already.", remedy="Give this one a name=."
            )
        self._added.append(_Added(name=step, signature=signature, wiring=dict(wiring or {})))
        return self

    def steps(self, *, inputs: Collection[str], find: Find | None = None) -> tuple[Step, ...]:
        """The steps with all wires resolved; nothing is called.

        Raises:
            SignatureError: the chain is empty, a wire names a field or step that is not there, or a
                later step or the step itself, a required field is left open, or no step takes one
                of the inputs.
            SignatureNotFoundError: there is no signature of a step's name.
        """
        if not self._added:
            raise SignatureError("The chain has no steps.", remedy="add() at least one.")
        find = find or (lambda name: signature_named(name, SIGNATURES))
        done: list[Step] = []
        names = [added.name for added in self._added]
        for added in self._added:
            signature = added.signature
            found = find(signature) if isinstance(signature, str) else signature
            wires = _wires(added, inputs_of(found), inputs, done, names)
            done.append(Step(name=added.name, signature=found, wires=wires))
        _require_use(done, inputs)
        return tuple(done)

    def program(self, *, inputs: Collection[str], find: Find | None = None) -> "ChainProgram":
        """The chain as a DSPy module.

        Raises:
            SignatureError, SignatureNotFoundError: see `steps`.
        """
        return ChainProgram(self.steps(inputs=inputs, find=find), inputs)


def _wires(
    added: _Added,
    fields: Mapping[str, FieldSpec],
    inputs: Collection[str],
    done: list[Step],
    names: list[str],
) -> dict[str, Wire]:
    for name in added.wiring:
        if name not in fields:
            raise SignatureError(
                f"Step {added.name!r} has no input {name!r}.",
                remedy=f"Its inputs are: {', '.join(fields)}.",
            )
    wires: dict[str, Wire] = {}
    for name, spec in fields.items():
        if name in added.wiring:
            wires[name] = _wire(added.name, added.wiring[name], inputs, done, names)
            continue
        found = _by_name(name, spec, inputs, done)
        if found is not None:
            wires[name] = found
        elif spec.required:
            raise SignatureError(
                f"Step {added.name!r} lacks its input {name!r}.",
                remedy=f"Wire it: add({added.name!r}, {{{name!r}: ...}}).",
            )
    return wires


def _wire(
    step: str, value: Any, inputs: Collection[str], done: list[Step], names: list[str]
) -> Wire:
    if isinstance(value, Fixed):
        return value
    if not isinstance(value, str):
        return Fixed(value=value)
    if value in inputs:
        return FromInput(name=value)
    head, dot, tail = value.partition(".")
    if not dot or not head.isidentifier() or not tail.isidentifier():
        return Fixed(value=value)
    if head not in names:
        near = difflib.get_close_matches(head, names, n=1)
        hint = f"Did you mean {near[0]}.{tail}? " if near else ""
        raise SignatureError(
            f"Step {step!r} takes {value!r}, but there is no step {head!r}.",
            remedy=f"{hint}For the text itself write Fixed(value={value!r}).",
        )
    source = next((other for other in done if other.name == head), None)
    if source is None:
        what = "itself" if head == step else f"the later step {head!r}"
        raise SignatureError(
            f"Step {step!r} would take {value!r} from {what}: that is a cycle.",
            remedy="A step takes outputs of earlier steps only; change the order.",
        )
    outputs = outputs_of(source.signature)
    if tail not in outputs:
        raise SignatureError(
            f"Step {step!r} takes {value!r}, but {head!r} has no output {tail!r}.",
            remedy=f"Its outputs are: {', '.join(outputs)}.",
        )
    return FromStep(step=head, field=tail)


def _require_use(steps: Sequence[Step], inputs: Collection[str]) -> None:
    used = {w.name for step in steps for w in step.wires.values() if isinstance(w, FromInput)}
    unused = [name for name in inputs if name not in used]
    if not unused:
        return
    fixed = [w.value for step in steps for w in step.wires.values() if isinstance(w, Fixed)]
    texts = [value for value in fixed if isinstance(value, str)]
    near = difflib.get_close_matches(unused[0], texts, n=1)
    hint = f"Did you mean {near[0]!r}, which is a fixed text now? " if near else ""
    raise SignatureError(
        f"No step takes the input {unused[0]!r}.",
        remedy=f"{hint}Wire it to a field, or leave it out.",
    )


def _by_name(name: str, spec: FieldSpec, inputs: Collection[str], done: list[Step]) -> Wire | None:
    """What a field takes that nobody wired: an input, else the newest output, of its name."""
    for known in (name, *spec.facts.aliases):
        if known in inputs:
            return FromInput(name=known)
    for step in reversed(done):
        if name in outputs_of(step.signature):
            return FromStep(step=step.name, field=name)
    return None


class ChainProgram(dspy.Module):  # type: ignore[misc]  # dspy is untyped
    """A chain as a program: a predictor a step.

    The prediction has the last step's outputs and, as `steps`, those of every step by its name.
    """

    def __init__(self, steps: tuple[Step, ...], inputs: Collection[str]) -> None:
        super().__init__()
        self.inputs = tuple(inputs)
        self.plan = steps
        self.predictors_by_step = {step.name: dspy.Predict(step.signature) for step in steps}

    def forward(self, **inputs: Any) -> dspy.Prediction:
        """Run the steps, one call of the language model of `dspy.context` each.

        Raises:
            InputError: an input does not fit the field that takes it; nothing was called.
        """
        _check_given(self.plan, inputs)
        done: dict[str, dict[str, Any]] = {}
        for step in self.plan:
            predictor = self.predictors_by_step[step.name]
            done[step.name] = _outputs(step, predictor(**_values(step, inputs, done)))
        return _together(done)

    async def aforward(self, **inputs: Any) -> dspy.Prediction:
        """As `forward`, awaited."""
        _check_given(self.plan, inputs)
        done: dict[str, dict[str, Any]] = {}
        for step in self.plan:
            predictor = self.predictors_by_step[step.name]
            found = await predictor.acall(**_values(step, inputs, done))
            done[step.name] = _outputs(step, found)
        return _together(done)


def _check_given(steps: Sequence[Step], inputs: Mapping[str, Any]) -> None:
    """Refuse what does not fit, before the first call is paid."""
    problems: dict[str, None] = {}
    for step in steps:
        specs = inputs_of(step.signature)
        for name, wire in step.wires.items():
            if isinstance(wire, FromInput) and wire.name in inputs:
                found = check_value(specs[name], inputs[wire.name])
                problems |= {f"Input {wire.name!r}, step {step.name!r}: {p}": None for p in found}
    if problems:
        raise InputError(" ".join(problems))


def _values(
    step: Step, inputs: Mapping[str, Any], done: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    specs = inputs_of(step.signature)
    values = {name: spec.default for name, spec in specs.items()}
    for name, wire in step.wires.items():
        match wire:
            case FromInput():
                values[name] = inputs[wire.name]
            case FromStep():
                values[name] = _as_text(specs[name], done[wire.step][wire.field])
            case Fixed():
                values[name] = wire.value
    return values


def _as_text(spec: FieldSpec, value: Any) -> Any:
    """A field of text takes whatever an earlier step put out, as JSON where it is no text."""
    if spec.kind is not str or isinstance(value, str):
        return value
    return json.dumps(to_jsonable_python(value, fallback=str), ensure_ascii=False)


def _outputs(step: Step, found: Any) -> dict[str, Any]:
    return {name: getattr(found, name) for name in outputs_of(step.signature)}


def _together(done: dict[str, dict[str, Any]]) -> dspy.Prediction:
    last = done[next(reversed(done))]
    return dspy.Prediction(**last, steps={name: dict(found) for name, found in done.items()})
