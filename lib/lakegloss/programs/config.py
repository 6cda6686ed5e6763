"""Reads programs from data, as in a file or a registered version, and builds them.

The data holds names of signatures and classes, and instructions. Nothing in it is ever evaluated.
"""

import importlib
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Literal

import dspy
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from lakegloss.errors import SettingsError, SignatureError
from lakegloss.programs.chain import ChainProgram, Fixed, SignatureChain
from lakegloss.programs.families import NAMED_SIGNATURES
from lakegloss.programs.signatures import BaseSignature, SignatureField, signature_named

OWN = ("lakegloss.programs",)
"""Packages whose classes may always be named."""
TYPES: Mapping[str, Any] = MappingProxyType(
    {
        "str": str,
        "int": int,
        "float": float,
        "bool": bool,
        "list[str]": list[str],
        "list[int]": list[int],
        "list[float]": list[float],
        "dict[str, str]": dict[str, str],
    }
)
_INSIDE = re.compile(r"function-after\[|SignatureConfig$|str$")
_UNSET: Any = object()
FIXED = "fixed"
"""The only key of a wiring's value that stands for `Fixed`."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class FieldConfig(_Strict):
    """A field of a signature."""

    description: str = ""
    type: Literal[
        "str", "int", "float", "bool", "list[str]", "list[int]", "list[float]", "dict[str, str]"
    ] = "str"
    default: Any = _UNSET


def _described(value: Any) -> Any:
    return {"description": value or ""} if isinstance(value, str) or value is None else value


_Field = Annotated[FieldConfig, BeforeValidator(_described)]


def _usable(name: str) -> str:
    """Refuse a field's name that DSPy or pydantic cannot use."""
    if not name.isidentifier() or name.startswith(("_", "model_")) or hasattr(dspy.Signature, name):
        raise ValueError(f"{name[:40]!r} cannot be a field's name; give it another")
    return name


_Name = Annotated[str, AfterValidator(_usable)]


class SignatureConfig(_Strict):
    """A signature that is written out in the file."""

    instructions: str
    inputs: dict[_Name, _Field] = Field(min_length=1)
    outputs: dict[_Name, _Field] = Field(min_length=1)

    @model_validator(mode="after")
    def _apart(self) -> "SignatureConfig":
        both = sorted(self.inputs.keys() & self.outputs.keys())
        if both:
            raise ValueError(f"{both[0]!r} is an input and an output; give one another name")
        return self


class StepConfig(_Strict):
    """A step of a chain. A value `{fixed: ...}` of its wiring stands for `Fixed`."""

    signature: str | SignatureConfig
    wiring: dict[str, Any] = {}
    name: str = ""

    @model_validator(mode="after")
    def _named(self) -> "StepConfig":
        if not self.name and not isinstance(self.signature, str):
            raise ValueError("a step whose signature is written out needs a name")
        return self


class LearnedConfig(_Strict):
    """What one predictor of a program has beside its signature, as an optimiser sets it."""

    instructions: str | None = None
    demos: list[dict[str, Any]] = []


class ChainConfig(_Strict):
    """A chain in place of a signature."""

    inputs: list[_Name]
    steps: list[StepConfig] = Field(min_length=1)


class ProgramConfig(_Strict):
    """The content of a program's file."""

    name: str = Field(min_length=1, max_length=200)
    description: str = ""
    version: str = ""
    module: Literal["Predict", "ChainOfThought"] = "Predict"
    signature: str | SignatureConfig | None = None
    chain: ChainConfig | None = None
    class_: str | None = Field(None, alias="class")
    instructions: str | None = None
    demos: list[dict[str, Any]] = []
    predictors: dict[str, LearnedConfig] = {}

    @model_validator(mode="after")
    def _one_of(self) -> "ProgramConfig":
        given = [self.signature, self.chain, self.class_]
        if sum(part is not None for part in given) != 1:
            raise ValueError("give one of signature, chain and class")
        if self.demos and self.signature is None:
            raise ValueError("demos go with a signature")
        if self.predictors and self.signature is not None:
            raise ValueError("predictors go with a chain or a class")
        if self.instructions is not None and not isinstance(self.signature, str):
            raise ValueError("instructions go with the name of a signature, or stand in it")
        return self


def read_config(content: Any, where: str) -> ProgramConfig:
    """Read data that describes a program.

    Args:
        where: the name of the data in errors.

    Raises:
        SettingsError: the data does not describe a program.
    """
    try:
        return ProgramConfig.model_validate(content)
    except ValidationError as error:
        lines = [
            f"{_place(item['loc']) or 'the file'}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_url=False, include_context=False)
            if item["loc"][-2:] != ("signature", "str") or isinstance(item["input"], str)
        ]
        raise SettingsError(
            f"{where}: {'; '.join(lines[:5])}.", remedy="See docs/programs.md for the form."
        ) from None


def _place(location: tuple[int | str, ...]) -> str:
    """The place of an error, in the file's own names."""
    return ".".join(str(part) for part in location if not _INSIDE.match(str(part)))


def program_of(config: ProgramConfig, where: str, *, trusted: Sequence[str] = OWN) -> Any:
    """Build the program that the data describes.

    Args:
        where: the name of the data in errors.
        trusted: packages whose classes `class` may name.

    Raises:
        SettingsError: a class is not of a trusted package, or cannot be imported.
        SignatureError: a signature is unknown, or steps, fields or examples do not fit together.
    """
    program = _program_of(config, where, trusted)
    if config.description:
        program.description = config.description  # for people; see `Prepared`
    return program


def _program_of(config: ProgramConfig, where: str, trusted: Sequence[str]) -> Any:
    if config.class_ is not None:
        made = _of_class(config.class_, where, trusted)
        return _taught(made.deepcopy(), config, where)  # it may be an object that others use
    if config.chain is not None:
        return _taught(_of_chain(config.chain), config, where)
    if isinstance(config.signature, SignatureConfig):
        signature = signature_of(config.name, config.signature)
    else:
        signature = signature_named(str(config.signature), NAMED_SIGNATURES)
        if config.instructions is not None:
            signature = signature.with_instructions(config.instructions)
    return _with_demos(getattr(dspy, config.module)(signature), config, where)


def _of_chain(config: ChainConfig) -> Any:
    chain = SignatureChain()
    for step in config.steps:
        signature: Any = step.signature
        if isinstance(signature, SignatureConfig):
            signature = signature_of(step.name, signature)
        wiring = {name: _wire_of(value) for name, value in step.wiring.items()}
        chain.add(signature, wiring, name=step.name)
    return chain.program(inputs=config.inputs)


def _wire_of(value: Any) -> Any:
    fixed = isinstance(value, dict) and list(value) == [FIXED]
    return Fixed(value=value[FIXED]) if fixed else value


def _of_class(name: str, where: str, trusted: Sequence[str]) -> Any:
    module, colon, attribute = name.partition(":")
    allowed = any(module == package or module.startswith(f"{package}.") for package in trusted)
    if not colon or not attribute.isidentifier() or not allowed:
        raise SettingsError(
            f"{where}: the class {name!r} is not of a trusted package.",
            remedy="Write package.module:Name, and give the package as "
            f"trusted=. Trusted now: {', '.join(trusted)}.",
        )
    try:
        program = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise SettingsError(
            f"{where}: the class {name!r} cannot be imported: {error}.",
            remedy="Install its package, or correct the name.",
        ) from None
    return instance_of(program, name)


def instance_of(found: Any, name: str) -> Any:
    """Turn a signature, or a module or its class, into a module.

    Raises:
        SignatureError: it is neither a signature nor a module.
    """
    if isinstance(found, type) and issubclass(found, dspy.Signature):
        return dspy.Predict(found)
    if isinstance(found, type) and issubclass(found, dspy.Module):
        return found()
    if isinstance(found, dspy.Module):
        return found
    raise SignatureError(
        f"{name!r} is no signature and no dspy module.", remedy="Name one of these."
    )


def signature_of(name: str, config: SignatureConfig) -> Any:
    """Make the signature class that a file describes.

    Raises:
        SignatureError: an input and an output share a name.
    """
    both = config.inputs.keys() & config.outputs.keys()
    if both:
        raise SignatureError(
            f"{name}: {min(both)!r} is an input and an output.", remedy="Rename one of them."
        )
    fields: dict[str, Any] = {"__doc__": config.instructions, "__annotations__": {}}
    for group, output in ((config.inputs, False), (config.outputs, True)):
        for field, facts in group.items():
            fields["__annotations__"][field] = TYPES[facts.type]
            options = {} if facts.default is _UNSET else {"default": facts.default}
            fields[field] = SignatureField(facts.description, output=output, **options)
    class_name = "".join(part.capitalize() for part in name.replace("-", "_").split("_"))
    class_name = "".join(c for c in class_name if c.isalnum()) or "Program"
    fields["__module__"] = __name__
    make: Any = type(BaseSignature)
    return make(class_name, (BaseSignature,), fields)


def predictors_of(program: Any) -> dict[str, Any]:
    """The predictors of a module by name: those of a chain by the names of its steps."""
    if isinstance(program, ChainProgram):
        return dict(program.predictors_by_step)
    return dict(program.named_predictors())


def _taught(program: Any, config: ProgramConfig, where: str) -> Any:
    """Give predictors the instructions and demos that stand in the file."""
    predictors = predictors_of(program)
    for name, learned in config.predictors.items():
        if name not in predictors:
            raise SignatureError(
                f"{where}: there is no predictor {name!r}.",
                remedy=f"Its predictors: {', '.join(predictors) or 'none'}.",
            )
        predictor = predictors[name]
        if learned.instructions is not None:
            predictor.signature = predictor.signature.with_instructions(learned.instructions)
        _give_demos(predictor, learned.demos, where)
    return program


def _with_demos(program: Any, config: ProgramConfig, where: str) -> Any:
    _give_demos(program.predictors()[0], config.demos, where)
    return program


def _give_demos(predictor: Any, demos: Sequence[Mapping[str, Any]], where: str) -> None:
    field_names = set(predictor.signature.fields)
    for demo in demos:
        unknown = sorted(demo.keys() - field_names)
        if unknown:
            raise SignatureError(
                f"{where}: a demo has {unknown[0]!r}, which is no field of the signature.",
                remedy=f"Its fields: {', '.join(sorted(field_names))}.",
            )
    predictor.demos = [dspy.Example(**demo) for demo in demos]
