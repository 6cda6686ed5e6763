"""A program as one JSON text: what a registered version holds. It is data, never a pickle.

What is read back is built of names that are allowed (lakegloss' own programs and signatures) and
of the text's own instructions, fields and examples, and must have the signature that was saved.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dspy
from pydantic_core import PydanticSerializationError, to_jsonable_python

from lakegloss.core.text.causes import first_line
from lakegloss.core.text.terminal import visible
from lakegloss.errors import LakeglossError, SignatureError, VersionRefusedError
from lakegloss.programs.comment import PROGRAM, CommentProgram, WriteComments, signature_hash
from lakegloss.programs.config import TYPES, ProgramConfig, program_of, read_config
from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.signatures import FieldFacts, FieldSpec, inputs_of, outputs_of
from lakegloss.programs.split import split

FORMAT = 1
COMMENT, CONFIG = "comment", "config"
MOST_BYTES = 5_000_000
_TYPE_NAMES = {repr(kind): name for name, kind in TYPES.items()}
_REASONING = "reasoning"
# What dspy and pydantic raise at names that they keep, and at facts that make no field.
_AT_KEPT_NAMES = (ValueError, TypeError, NameError, AttributeError, LookupError, RuntimeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedProgram:
    """A program as data.

    Attributes:
        name: under which it is executed; kind: COMMENT, or CONFIG for any other.
        version: a hash of what decides what is sent; signature: of its fields alone.
        body: what `load_saved` builds it of.
    """

    name: str
    kind: str
    version: str
    signature: str
    body: Mapping[str, Any]

    @property
    def content(self) -> str:
        """A hash of all that it says."""
        said = [self.name, self.kind, self.version, self.signature, dict(self.body)]
        text = json.dumps(said, ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()  # whole, as somebody may try to meet it

    @property
    def text(self) -> str:
        """As JSON."""
        content = {
            "format": FORMAT,
            "kind": self.kind,
            "name": self.name,
            "version": self.version,
            "signature": self.signature,
            "body": dict(self.body),
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def save(program: Any, name: str = "") -> SavedProgram:
    """A comment program, a signature, or a Predict or ChainOfThought of one, as data.

    Args:
        name: by default the program's own.

    Raises:
        SignatureError: it cannot be said as data: a module of a class of its own, or a field of a
            type that is not among `config.TYPES` in a signature that is not the library's.
    """
    if isinstance(program, CommentProgram):
        return SavedProgram(
            name=name or PROGRAM,
            kind=COMMENT,
            version=program.version,
            signature=signature_hash(WriteComments),
            body=json.loads(program.dump()),
        )
    found = split(program, name=name)
    if found is None:
        raise SignatureError(
            f"A {type(program).__name__} cannot be saved as data.",
            remedy="Save a signature, a Predict or a ChainOfThought of one, or write a program's "
            "file (docs/programs.md).",
        )
    reasons = type(program) is dspy.ChainOfThought
    body: dict[str, Any] = {"name": found.name}
    body |= {"module": "ChainOfThought"} if reasons else {}
    body |= _signature(found.signature, reasons=reasons)
    if found.demos:
        body["demos"] = [_plain(dict(demo)) for demo in found.demos]
    return save_config(read_config(body, found.name))


def save_config(config: ProgramConfig) -> SavedProgram:
    """A program's file as a saved program.

    Raises:
        SettingsError, SignatureError: see `config.program_of`.
    """
    program = program_of(config, config.name)
    body = config.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return SavedProgram(
        name=config.name,
        kind=CONFIG,
        version=_version(program, body),
        signature=_signature_of(program),
        body=body,
    )


def read_saved(text: str) -> SavedProgram:
    """What a text says of a program; `load_saved` builds it.

    Raises:
        VersionRefusedError: it is no saved program, or one of a later lakegloss.
    """
    try:
        content = json.loads(text[: MOST_BYTES + 1])
        form = content["format"]
        parts = {key: content[key] for key in ("name", "kind", "version", "signature")}
        body = content["body"]
    except (ValueError, RecursionError, KeyError, TypeError):
        form, parts, body = None, {}, None
    whole = isinstance(body, dict) and all(isinstance(part, str) for part in parts.values())
    if form is None or not whole:
        raise VersionRefusedError(
            "The text is no saved program.", remedy="Register the program again."
        )
    if form != FORMAT or parts["kind"] not in {COMMENT, CONFIG}:
        raise VersionRefusedError(
            f"The program {visible(parts['name'])[:80]!r} was saved in a form that this version of "
            "lakegloss does not know.",
            remedy="Update lakegloss, or register the program again.",
        )
    return SavedProgram(**parts, body=body)


def load_saved(saved: SavedProgram) -> Any:
    """The program: a `CommentProgram`, or a module or signature that an executor takes.

    Raises:
        VersionRefusedError: it names what is not allowed, or has another signature than was saved.
    """
    name = visible(saved.name)[:80]
    try:
        if saved.kind == COMMENT:
            program: Any = CommentProgram.restore(json.dumps(saved.body))
            signature = signature_hash(WriteComments)
        else:
            program = program_of(read_config(dict(saved.body), name), name)
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
    found = split(program)
    return found.version if found is not None else _hash(body)


def _signature_of(program: Any) -> str:
    """A hash of the fields of a program's signatures; not of their instructions."""
    if isinstance(program, dspy.Module):
        signatures = [predictor.signature for _, predictor in program.named_predictors()]
    else:
        signatures = [program]
    return _hash([[_facts(s) for s in _fields(signature)] for signature in signatures])


def _fields(signature: Any) -> list[FieldSpec]:
    return [*inputs_of(signature).values(), *outputs_of(signature).values()]


def _facts(spec: FieldSpec) -> list[Any]:
    return [spec.name, repr(spec.kind), spec.description, spec.required]


def _hash(content: object) -> str:
    text = json.dumps(content, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _signature(signature: Any, *, reasons: bool) -> dict[str, Any]:
    """A signature as the library's name with other instructions, else by its fields."""
    kept = [spec for spec in _fields(signature) if not (reasons and spec.name == _REASONING)]
    own = SIGNATURES.get(signature.__name__)
    named = next((n for n, s in SIGNATURES.items() if _same_fields(s, kept)), "")
    if own is not None and _same_fields(own, kept):
        named = signature.__name__
    if named:
        told = {"signature": named}
        same = signature.instructions == SIGNATURES[named].instructions
        return told if same else told | {"instructions": signature.instructions}
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
    return [_facts(spec) for spec in _fields(signature)] == [_facts(spec) for spec in specs]


def _field(spec: FieldSpec) -> dict[str, Any]:
    type_name = _TYPE_NAMES.get(repr(spec.kind), "")
    if not type_name or spec.facts != FieldFacts():
        raise SignatureError(
            f"The field {spec.name!r} cannot be saved as data: it has "
            + ("bounds or aliases." if type_name else f"the type {spec.type_name}."),
            remedy=f"Types that can be saved: {', '.join(TYPES)}.",
        )
    told: dict[str, Any] = {"description": spec.description, "type": type_name}
    return told if spec.required or spec.default is None else told | {"default": spec.default}


def _plain(values: Mapping[str, Any]) -> Any:
    try:
        return to_jsonable_python(values)
    except PydanticSerializationError:
        raise SignatureError(
            "A demonstration holds a value that is no JSON value.", remedy="Leave it out."
        ) from None
