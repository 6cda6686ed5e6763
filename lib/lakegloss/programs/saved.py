"""Saves a program as one JSON text, which a registered version holds: data, never a pickle.

A program is built again from allowed names (programs and signatures of lakegloss) and from the
instructions, fields and examples in the text. It must have the signature that was saved.
"""

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import dspy
from pydantic_core import PydanticSerializationError, to_jsonable_python

from lakegloss.core.learning.examples import Example
from lakegloss.core.learning.withdrawing import shown_in
from lakegloss.core.release.saved_text import COMMENT, CONFIG, SavedProgram
from lakegloss.core.text.causes import first_line
from lakegloss.core.text.terminal import visible
from lakegloss.errors import LakeglossError, SignatureError, VersionRefusedError
from lakegloss.programs.chain import ChainProgram, Fixed, FromInput, FromStep, Wire
from lakegloss.programs.comment import PROGRAM, CommentProgram, WriteComments, signature_hash
from lakegloss.programs.config import (
    FIXED,
    OWN,
    TYPES,
    ProgramConfig,
    predictors_of,
    program_of,
    read_config,
)
from lakegloss.programs.families import NAMED_SIGNATURES
from lakegloss.programs.signatures import FieldFacts, FieldSpec, inputs_of, outputs_of
from lakegloss.programs.split import program_name, split

_TYPE_NAMES = {repr(kind): name for name, kind in TYPES.items()}
_REASONING = "reasoning"
# Raised by DSPy and pydantic for names that they reserve, and for facts that make no field.
_AT_KEPT_NAMES = (ValueError, TypeError, NameError, AttributeError, LookupError, RuntimeError)


def save(program: Any, name: str = "") -> SavedProgram:
    """Turn a program into data: its signatures, instructions and demonstrations.

    A chain is saved by its steps, any other module of several predictors by the name of its class:
    whoever loads it must be able to import the class, and trust it (`load_saved`).

    Args:
        name: by default the program's own.

    Raises:
        SignatureError: it cannot be saved as data: a signature outside of lakegloss has a field of
            a type that is not in `config.TYPES`, or a module's class cannot be imported and made
            without arguments.
    """
    if isinstance(program, CommentProgram):
        return SavedProgram(
            name=name or PROGRAM,
            kind=COMMENT,
            version=program.version,
            signature=signature_hash(WriteComments),
            body=json.loads(program.dump()),
        )
    split_program = split(program, name=name)
    if split_program is None:
        name = name or program_name(program)
        body, trusted = _module_body(program)
        return save_config(read_config({"name": name, **body}, name), trusted=trusted)
    reasons = type(program) is dspy.ChainOfThought
    body = {"name": split_program.name}
    body |= {"module": "ChainOfThought"} if reasons else {}
    body |= _signature_body(split_program.signature, reasons=reasons)
    if split_program.demos:
        body["demos"] = _demos_body(split_program.signature, split_program.demos)
    return save_config(read_config(body, split_program.name))


def save_config(config: ProgramConfig, *, trusted: Sequence[str] = OWN) -> SavedProgram:
    """Turn a program's file into a saved program.

    Args:
        trusted: packages whose classes the file may name.

    Raises:
        SettingsError, SignatureError: see `config.program_of`.
    """
    program = program_of(config, config.name, trusted=trusted)
    body = config.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return SavedProgram(
        name=config.name,
        kind=CONFIG,
        version=_version(program, body),
        signature=_signature_of(program),
        body=body,
    )


def load_saved(saved: SavedProgram, *, trusted: Sequence[str] = ()) -> Any:
    """Build the program: a `CommentProgram`, or a module or signature that an executor takes.

    Args:
        trusted: packages whose classes it may name, besides lakegloss' own.

    Raises:
        VersionRefusedError: it names something that is not allowed, or its signature differs from
            the saved one.
    """
    name = visible(saved.name)[:80]
    try:
        if saved.kind == COMMENT:
            program: Any = CommentProgram.restore(json.dumps(saved.body))
            signature = signature_hash(WriteComments)
        else:
            config = read_config(dict(saved.body), name)
            program = program_of(config, name, trusted=(*OWN, *trusted))
            signature = _signature_of(program)
    except LakeglossError as error:
        raise VersionRefusedError(
            f"The program {name!r} cannot be built: {error.message}", remedy=error.remedy
        ) from error
    except _AT_KEPT_NAMES as error:
        raise VersionRefusedError(
            f"The program {name!r} cannot be built: {first_line(error, 200)}",
            remedy="Register the program again.",
        ) from error
    if signature != saved.signature:
        raise VersionRefusedError(
            f"The program {name!r} has the signature {signature}, and was saved with "
            f"{visible(saved.signature)[:40]!r}: its fields are others by now.",
            remedy="Register it again with this version of lakegloss.",
        )
    return program


def _version(program: Any, body: Mapping[str, Any]) -> str:
    split_program = split(program)
    return split_program.version if split_program is not None else _hash(body)


def _signature_of(program: Any) -> str:
    """A hash of the fields of a program's signatures, without their instructions."""
    if isinstance(program, dspy.Module):
        signatures = [predictor.signature for _, predictor in program.named_predictors()]
    else:
        signatures = [program]
    return _hash([[_facts_of(s) for s in _fields_of(signature)] for signature in signatures])


def _fields_of(signature: Any) -> list[FieldSpec]:
    """The inputs and outputs of a signature, in order."""
    return [*inputs_of(signature).values(), *outputs_of(signature).values()]


def _facts_of(spec: FieldSpec) -> list[Any]:
    """What makes a field the same one in another version of the program."""
    return [spec.name, repr(spec.kind), spec.description, spec.required]


def _hash(content: object) -> str:
    text = json.dumps(content, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _signature_body(signature: Any, *, reasons: bool) -> dict[str, Any]:
    """Describe a signature: by a name of the library and its instructions, else by its fields."""
    kept = [spec for spec in _fields_of(signature) if not (reasons and spec.name == _REASONING)]
    namesake = NAMED_SIGNATURES.get(signature.__name__)
    named = next((n for n, s in NAMED_SIGNATURES.items() if _same_fields(s, kept)), "")
    if namesake is not None and _same_fields(namesake, kept):
        named = signature.__name__
    if named:
        body = {"signature": named}
        same = signature.instructions == NAMED_SIGNATURES[named].instructions
        return body if same else body | {"instructions": signature.instructions}
    return {
        "signature": {
            "instructions": signature.instructions,
            "inputs": {s.name: _field(s) for s in inputs_of(signature).values()},
            "outputs": {
                s.name: _field(s)
                for s in outputs_of(signature).values()
                if not (reasons and s.name == _REASONING)
            },
        }
    }


def _same_fields(signature: Any, specs: list[FieldSpec]) -> bool:
    return [_facts_of(spec) for spec in _fields_of(signature)] == [
        _facts_of(spec) for spec in specs
    ]


def _field(spec: FieldSpec) -> dict[str, Any]:
    type_name = _TYPE_NAMES.get(repr(spec.kind), "")
    if not type_name or spec.facts != FieldFacts():
        raise SignatureError(
            f"The field {spec.name!r} cannot be saved as data: it has "
            + ("bounds or aliases." if type_name else f"the type {spec.type_name}."),
            remedy=f"Types that can be saved: {', '.join(TYPES)}.",
        )
    facts: dict[str, Any] = {"description": spec.description, "type": type_name}
    return facts if spec.required or spec.default is None else facts | {"default": spec.default}


def _module_body(program: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A module as data, and the packages that must be trusted to build it."""
    body: dict[str, Any]
    trusted: tuple[str, ...] = OWN
    if type(program) is ChainProgram:
        body = {"chain": _chain_body(program)}
    else:
        kind = _importable(program)
        body = {"class": f"{kind.__module__}:{kind.__name__}"}
        trusted = (*OWN, kind.__module__)
    made = program_of(read_config({"name": "made", **body}, "made"), "made", trusted=trusted)
    learned = _learned(program, made)
    return body | ({"predictors": learned} if learned else {}), trusted


def _importable(program: Any) -> type:
    """The class of a module, if another process can import and make it."""
    kind = type(program)
    name = kind.__name__
    if not isinstance(program, dspy.Module) or not program.named_predictors():
        raise SignatureError(
            f"A {name} cannot be saved as data: it has no predictors.",
            remedy="Save a signature, or a dspy module with predictors.",
        )
    known = kind.__module__ != "__main__" and kind is getattr(
        sys.modules.get(kind.__module__), name, None
    )
    if not known:
        raise SignatureError(
            f"The class {name} cannot be imported by others: it stands in a function or a script.",
            remedy="Move it into a module of a package.",
        )
    try:
        kind()
    except TypeError as error:
        raise SignatureError(
            f"A {name} cannot be made without arguments: {first_line(error, 200)}",
            remedy="Give them defaults: what was learned is saved, arguments are not.",
        ) from error
    return kind


def _learned(program: Any, made: Any) -> dict[str, Any]:
    """What a module's predictors have beside those of a new one of the same kind.

    Raises:
        SignatureError: they differ in more than instructions and demonstrations.
    """
    predictors, others = predictors_of(program), predictors_of(made)
    if list(predictors) != list(others):
        raise SignatureError(
            f"A new {type(program).__name__} has other predictors: {', '.join(others) or 'none'}.",
            remedy="Save a module whose class makes the same predictors each time.",
        )
    found: dict[str, Any] = {}
    for name, predictor in predictors.items():
        signature, new = predictor.signature, others[name]
        if (
            predictor.lm is not None
            or predictor.config
            or not _same_fields(new.signature, _fields_of(signature))
        ):
            raise SignatureError(
                f"The predictor {name!r} has a model, parameters or fields of its own, which are "
                "not saved.",
                remedy="Choose the model where it is executed, and keep the fields of its class.",
            )
        learned: dict[str, Any] = {}
        if signature.instructions != new.signature.instructions:
            learned["instructions"] = signature.instructions
        demos = _demos_body(signature, predictor.demos)
        if demos != _demos_body(signature, new.demos) or (learned and demos):
            learned["demos"] = demos
        if learned:
            found[name] = learned
    return found


def _chain_body(program: ChainProgram) -> dict[str, Any]:
    steps = []
    for step in program.plan:
        wiring = {name: _wire_body(wire) for name, wire in step.wires.items()}
        body = _signature_body(step.signature, reasons=False)
        # Other instructions than the library's are the predictor's, see `_learned`.
        steps.append({"name": step.name, "signature": body["signature"], "wiring": wiring})
    return {"inputs": list(program.inputs), "steps": steps}


def _wire_body(wire: Wire) -> Any:
    match wire:
        case FromInput():
            return wire.name
        case FromStep():
            return f"{wire.step}.{wire.field}"
        case Fixed():
            plain = _plain(wire.value)
            # A text may look like an input or an output, and a mapping like this form.
            return {FIXED: plain} if isinstance(plain, str | dict) else plain


def _demos_body(signature: Any, demos: Sequence[Any]) -> list[Any]:
    """Demonstrations by the signature's fields: optimisers add facts of their own."""
    return [
        _plain({name: demo[name] for name in signature.fields if name in demo})
        for demo in map(dict, demos)
    ]


def _plain(values: Any) -> Any:
    try:
        return to_jsonable_python(values)
    except PydanticSerializationError:
        raise SignatureError(
            "A demonstration or a fixed value is no JSON value.", remedy="Leave it out."
        ) from None


def withdrawn_in(saved: SavedProgram, withdrawn: Sequence[Example]) -> list[Example]:
    """The withdrawn examples that a program still shows; it has to be compiled without them."""
    return shown_in(saved.body, withdrawn)
