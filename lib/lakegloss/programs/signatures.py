"""Lets teams write signatures in a short form over `dspy.Signature`.

    class SummarizeEmail(BaseSignature):
        \"\"\"Summarize an email into key points.\"\"\"

        email_content = SignatureField(description="The full email")
        summary = SignatureField(description="The key points", prefix="Summary:")

`output=True` or a `prefix` (the words before an answer) makes a field an output. Where no field has
either, the last field is the output.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

import dspy
from dspy.signatures.signature import SignatureMeta
from pydantic.fields import FieldInfo

from lakegloss.errors import SignatureError, SignatureNotFoundError

_UNSET: Any = object()
_FACTS = "lakegloss"
"""The key in a field of DSPy under which lakegloss keeps its own facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declared:
    """A field as it was written, before its class says whether it is an input or an output."""

    description: str
    prefix: str | None
    output: bool | None
    default: Any
    aliases: tuple[str, ...]
    bounds: Mapping[str, Any]


def SignatureField(  # noqa: N802 - the published name, as dspy.InputField
    description: str = "",
    *,
    prefix: str | None = None,
    output: bool | None = None,
    default: Any = _UNSET,
    required: bool = True,
    aliases: Sequence[str] = (),
    minimum: float | None = None,
    maximum: float | None = None,
    max_length: int | None = None,
) -> Any:
    """Declare a field of a `BaseSignature`, of type str unless it is annotated.

    Args:
        description: tells the model what the field holds.
        prefix: the words before an answer. It makes the field an output and has no other effect,
            as answers use the names of fields as keys.
        output: whether the field is an output; by default this is inferred.
        default: the value of an input that is left out.
        required: False is the same as a default of None.
        aliases: other names under which callers may give an input.
        minimum, maximum: bounds of a number.
        max_length: most characters of a text, most items of a list.
    """
    bounds = {"minimum": minimum, "maximum": maximum, "max_length": max_length}
    return _Declared(
        description=description,
        prefix=prefix,
        output=output,
        default=None if default is _UNSET and not required else default,
        aliases=tuple(aliases),
        bounds={name: bound for name, bound in bounds.items() if bound is not None},
    )


class _Meta(SignatureMeta):  # type: ignore[misc]  # dspy is untyped
    """Turns declared fields into fields of DSPy, before DSPy reads the class."""

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any
    ) -> Any:
        declared = {key: v for key, v in namespace.items() if isinstance(v, _Declared)}
        if declared:
            outputs = _outputs(name, declared, bases)
            annotations = namespace.setdefault("__annotations__", {})
            for key, declaration in declared.items():
                namespace[key] = _dspy_field(declaration, output=key in outputs)
                annotations.setdefault(key, str)
                if declaration.default is None and key not in outputs:
                    annotations[key] = annotations[key] | None
            if not namespace.get("__doc__") and not _described(bases):
                inputs = ", ".join(key for key in declared if key not in outputs)
                produced = ", ".join(key for key in declared if key in outputs)
                namespace["__doc__"] = f"Given {inputs or 'nothing'}, produce {produced}."
        return super().__new__(mcs, name, bases, namespace, **kwargs)


def _described(bases: Sequence[type]) -> bool:
    """Whether a base class with fields has instructions."""
    return any(getattr(base, "input_fields", None) and base.__doc__ for base in bases)


def _outputs(name: str, declared: Mapping[str, _Declared], bases: Sequence[type]) -> set[str]:
    declared_outputs = {
        key for key, f in declared.items() if f.output or (f.output is None and f.prefix)
    }
    if declared_outputs or any(getattr(base, "output_fields", None) for base in bases):
        return declared_outputs
    candidates = [key for key, f in declared.items() if f.output is None]
    if not candidates:
        raise SignatureError(
            f"The signature {name} has no output.",
            remedy="Give one of its fields output=True, or a prefix.",
        )
    return {candidates[-1]}


def _dspy_field(declaration: _Declared, *, output: bool) -> Any:
    facts = {_FACTS: FieldFacts(aliases=declaration.aliases, **declaration.bounds)}
    options: dict[str, Any] = {"desc": declaration.description} if declaration.description else {}
    if output:
        dspy_field = dspy.OutputField(**options)
    elif declaration.default is _UNSET:
        dspy_field = dspy.InputField(**options)
    else:
        dspy_field = dspy.InputField(default=declaration.default, **options)
    dspy_field.json_schema_extra.update(facts)
    return dspy_field


class BaseSignature(dspy.Signature, metaclass=_Meta):  # type: ignore[misc]  # dspy is untyped
    """A signature whose fields are written with `SignatureField`; any dspy module takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFacts:
    """Facts about a field's values beyond its type: other names, and bounds."""

    aliases: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field of any signature of DSPy.

    Attributes:
        kind: the annotation.
        required: whether it is an input without a default.
    """

    name: str
    kind: Any
    description: str
    required: bool
    default: Any = None
    facts: FieldFacts = field(default_factory=FieldFacts)

    @property
    def type_name(self) -> str:
        """The type as a person writes it."""
        if get_origin(self.kind) is None and not get_args(self.kind):
            return getattr(self.kind, "__name__", str(self.kind))
        return str(self.kind).replace("typing.", "")


def inputs_of(signature: Any) -> dict[str, FieldSpec]:
    """The inputs of a signature by name, in order."""
    return {name: _spec(name, field_info) for name, field_info in signature.input_fields.items()}


def outputs_of(signature: Any) -> dict[str, FieldSpec]:
    """The outputs of a signature by name, in order."""
    return {name: _spec(name, field_info) for name, field_info in signature.output_fields.items()}


def _spec(name: str, field_info: FieldInfo) -> FieldSpec:
    extra: Mapping[str, Any] = field_info.json_schema_extra or {}  # type: ignore[assignment]
    description = str(extra.get("desc") or "")
    return FieldSpec(
        name=name,
        kind=field_info.annotation,
        description="" if description == f"${{{name}}}" else description,
        required=field_info.is_required(),
        default=None if field_info.is_required() else field_info.default,
        facts=extra.get(_FACTS) or FieldFacts(),
    )


def signature_named(name: str, known: Mapping[str, Any]) -> Any:
    """Find the signature of a name.

    Raises:
        SignatureNotFoundError: there is none; the error suggests similar names.
    """
    if not isinstance(name, str):
        raise SignatureNotFoundError(
            f"A {type(name).__name__} is no signature's name.",
            remedy="Give a name, or a signature class.",
        )
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=3)
    hint = f"Did you mean {', '.join(near)}?" if near else "list_signatures() names all."
    raise SignatureNotFoundError(f"Signature {name!r} not found.", remedy=hint)
