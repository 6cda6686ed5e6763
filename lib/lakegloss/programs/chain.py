"""Runs signatures one after the other: a chain, wired by the names of fields.

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
from lakegloss.programs.families import NAMED_SIGNATURES
from lakegloss.programs.signatures import FieldSpec, inputs_of, outputs_of, signature_named
from lakegloss.programs.validation import check_value

Find = Callable[[str], Any]
"""Finds the signature of a name."""


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
    """A list of steps in order; later steps may take the outputs of earlier ones.

    A wiring maps a field of the step to one of three values: `"Step.field"`, the output of an
    earlier step; the name of an input of the chain; or any other value, which is then fixed. To
    fix a text that looks like `"Step.field"`, write `Fixed(value="Step.field")`.
    """

    def __init__(self) -> None:
        self._added: list[_Added] = []

    @property
    def name(self) -> str:
        """The names of the steps, with arrows between them."""
        return " -> ".join(step.name for step in self._added) or "empty chain"

    def add(
        self, signature: Any, wiring: Mapping[str, Any] | None = None, *, name: str = ""
    ) -> Self:
        """Add a step.

        Args:
            signature: its name or its class.
            wiring: what the step's fields take. A field that is left out takes the chain's input
                of the same name, else the latest output of that name.
            name: of the step; by default the signature's name.

        Raises:
            SignatureError: the chain has a step of that name already.
        """
        step_name = name or (signature if isinstance(signature, str) else signature.__name__)
        if any(step_name == other.name for other in self._added):
            raise SignatureError(
                f"The chain has a step {step_name!r} already.", remedy="Give this one a name=."
            )
        self._added.append(_Added(name=step_name, signature=signature, wiring=dict(wiring or {})))
        return self

    def steps(self, *, inputs: Collection[str], find: Find | None = None) -> tuple[Step, ...]:
        """Resolve the wires of all steps; no model is called.

        Args:
            inputs: the names of the chain's inputs.
            find: finds the signature of a name; by default in the library.

        Raises:
            SignatureError: the chain is empty; a wire names a missing field or step, a later step
                or the step itself; a required field has no wire; or no step takes one of the
                inputs.
            SignatureNotFoundError: no signature has the name of a step.
        """
        if not self._added:
            raise SignatureError("The chain has no steps.", remedy="add() at least one.")
        find = find or (lambda name: signature_named(name, NAMED_SIGNATURES))
        done: list[Step] = []
        names = [added.name for added in self._added]
        for added in self._added:
            signature = added.signature
            if isinstance(signature, str):
                signature = find(signature)
            wires = _wires(added, inputs_of(signature), inputs, done, names)
            done.append(Step(name=added.name, signature=signature, wires=wires))
        _require_use(done, inputs)
        return tuple(done)

    def program(self, *, inputs: Collection[str], find: Find | None = None) -> "ChainProgram":
        """Make a DSPy module of the chain.

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
        wire = _wire_by_name(name, spec, inputs, done)
        if wire is not None:
            wires[name] = wire
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
        source_name = "itself" if head == step else f"the later step {head!r}"
        raise SignatureError(
            f"Step {step!r} would take {value!r} from {source_name}: that is a cycle.",
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


def _wire_by_name(
    name: str, spec: FieldSpec, inputs: Collection[str], done: list[Step]
) -> Wire | None:
    """Wire a field that was left out to the input, else the latest output, of its name."""
    for field_name in (name, *spec.facts.aliases):
        if field_name in inputs:
            return FromInput(name=field_name)
    for step in reversed(done):
        if name in outputs_of(step.signature):
            return FromStep(step=step.name, field=name)
    return None


class ChainProgram(dspy.Module):  # type: ignore[misc]  # dspy is untyped
    """A chain as a program, with one predictor for each step.

    The prediction has the outputs of the last step and, as `steps`, the outputs of every step by
    its name.
    """

    def __init__(self, steps: tuple[Step, ...], inputs: Collection[str]) -> None:
        super().__init__()
        self.inputs = tuple(inputs)
        self.plan = steps
        self.description = f"Runs {', then '.join(step.name for step in steps)}."
        self.predictors_by_step = {step.name: dspy.Predict(step.signature) for step in steps}

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the last step's outputs."""
        return tuple(outputs_of(self.plan[-1].signature))

    @property
    def wiring(self) -> str:
        """All that decides its requests beside its predictors and inputs, as JSON text.

        Raises:
            ValueError: a fixed value or a default is no JSON value.
        """
        parts = [
            [
                step.name,
                {name: _wired(wire) for name, wire in step.wires.items()},
                {s.name: s.default for s in inputs_of(step.signature).values() if not s.required},
            ]
            for step in self.plan
        ]
        return json.dumps(to_jsonable_python([self.inputs, parts]), sort_keys=True)

    def forward(self, **inputs: Any) -> dspy.Prediction:
        """Run the steps; each calls the language model of `dspy.context` once.

        Raises:
            InputError: an input does not fit the field that takes it; no model was called.
        """
        _check_inputs(self.plan, inputs)
        outputs: dict[str, dict[str, Any]] = {}
        for step in self.plan:
            predictor = self.predictors_by_step[step.name]
            outputs[step.name] = _outputs(step, predictor(**_values(step, inputs, outputs)))
        return _joined_prediction(outputs)

    async def aforward(self, **inputs: Any) -> dspy.Prediction:
        """Like `forward`, awaited."""
        _check_inputs(self.plan, inputs)
        outputs: dict[str, dict[str, Any]] = {}
        for step in self.plan:
            predictor = self.predictors_by_step[step.name]
            prediction = await predictor.acall(**_values(step, inputs, outputs))
            outputs[step.name] = _outputs(step, prediction)
        return _joined_prediction(outputs)


def _wired(wire: Wire) -> list[Any]:
    match wire:
        case FromInput():
            return ["input", wire.name]
        case FromStep():
            return ["step", wire.step, wire.field]
        case Fixed():
            return ["fixed", wire.value]


def _check_inputs(steps: Sequence[Step], inputs: Mapping[str, Any]) -> None:
    """Refuse inputs that do not fit, before the first call is paid."""
    problems: dict[str, None] = {}
    for step in steps:
        specs = inputs_of(step.signature)
        for name, wire in step.wires.items():
            if isinstance(wire, FromInput) and wire.name in inputs:
                where = f"Input {wire.name!r}, step {step.name!r}"
                found = check_value(specs[name], inputs[wire.name])
                problems |= {f"{where}: {problem}": None for problem in found}
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
    """Turn an earlier output into text for a field of text: as JSON, where it is no text."""
    if spec.kind is not str or isinstance(value, str):
        return value
    return json.dumps(to_jsonable_python(value, fallback=str), ensure_ascii=False)


def _outputs(step: Step, prediction: Any) -> dict[str, Any]:
    return {name: getattr(prediction, name) for name in outputs_of(step.signature)}


def _joined_prediction(done: dict[str, dict[str, Any]]) -> dspy.Prediction:
    last = done[next(reversed(done))]
    steps = {name: dict(outputs) for name, outputs in done.items()}
    return dspy.Prediction(**last, steps=steps)
