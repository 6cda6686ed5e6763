"""Signatures as teams write them: thin faces over `dspy.Signature`.

    class SummarizeEmail(BaseSignature):
        \"\"\"Summarize an email into key points.\"\"\"

        email_content = SignatureField(description="The full email")
        summary = SignatureField(description="The key points", prefix="Summary:")

Which fields are outputs is said by `output=True` or by a `prefix` (the words before an answer);
where no field says so, the last one is the output.
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
"""Where a field of dspy's keeps what lakegloss knows of it."""


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
    """A field of a `BaseSignature`, of type str unless it is annotated.

    Args:
        description: what the model is told of it.
        prefix: the words before an answer; makes the field an output, and has no other effect:
            answers are keyed by the fields' names.
        output: whether it is one, where that is not to be inferred.
        default: of an input that may be left out.
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
    """Turns declared fields into dspy's before dspy looks at the class."""

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any
    ) -> Any:
        declared = {key: v for key, v in namespace.items() if isinstance(v, _Declared)}
        if declared:
            outputs = _outputs(name, declared, bases)
            annotations = namespace.setdefault("__annotations__", {})
            for key, found in declared.items():
                namespace[key] = _dspy_field(found, output=key in outputs)
                annotations.setdefault(key, str)
                if found.default is None and key not in outputs:
                    annotations[key] = annotations[key] | None
            if not namespace.get("__doc__") and not _described(bases):
                given = ", ".join(key for key in declared if key not in outputs)
                made = ", ".join(key for key in declared if key in outputs)
                namespace["__doc__"] = f"Given {given or 'nothing'}, produce {made}."
        return super().__new__(mcs, name, bases, namespace, **kwargs)


def _described(bases: Sequence[type]) -> bool:
    """Whether a base that somebody wrote tells what is to be done."""
    return any(getattr(base, "input_fields", None) and base.__doc__ for base in bases)


def _outputs(name: str, declared: Mapping[str, _Declared], bases: Sequence[type]) -> set[str]:
    said = {key for key, f in declared.items() if f.output or (f.output is None and f.prefix)}
    if said or any(getattr(base, "output_fields", None) for base in bases):
        return said
    candidates = [key for key, f in declared.items() if f.output is None]
    if not candidates:
        raise SignatureError(
            f"The signature {name} has no output.",
            remedy="Give one of its fields output=True, or a prefix.",
        )
    return {candidates[-1]}


def _dspy_field(found: _Declared, *, output: bool) -> Any:
    facts = {_FACTS: FieldFacts(aliases=found.aliases, **found.bounds)}
    options: dict[str, Any] = {"desc": found.description} if found.description else {}
    if output:
        made = dspy.OutputField(**options)
    elif found.default is _UNSET:
        made = dspy.InputField(**options)
    else:
        made = dspy.InputField(default=found.default, **options)
    made.json_schema_extra.update(facts)
    return made


class BaseSignature(dspy.Signature, metaclass=_Meta):  # type: ignore[misc]  # dspy is untyped
    """A signature whose fields are written with `SignatureField`; any dspy module takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFacts:
    """What a field says of its values beyond its type."""

    aliases: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field of a signature, of dspy's own kind too.

    Attributes:
        kind: the annotation; required: an input without a default.
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
    return {name: _spec(name, found) for name, found in signature.input_fields.items()}


def outputs_of(signature: Any) -> dict[str, FieldSpec]:
    """The outputs of a signature by name, in order."""
    return {name: _spec(name, found) for name, found in signature.output_fields.items()}


def _spec(name: str, found: FieldInfo) -> FieldSpec:
    extra: Mapping[str, Any] = found.json_schema_extra or {}  # type: ignore[assignment]
    description = str(extra.get("desc") or "")
    return FieldSpec(
        name=name,
        kind=found.annotation,
        description="" if description == f"${{{name}}}" else description,
        required=found.is_required(),
        default=None if found.is_required() else found.default,
        facts=extra.get(_FACTS) or FieldFacts(),
    )


def signature_named(name: str, known: Mapping[str, Any]) -> Any:
    """The signature of that name.

    Raises:
        SignatureNotFoundError: there is none; names that are near are told.
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
