"""Programs from YAML files and from installed packages.

A file names signatures, classes and instructions; nothing in it is ever evaluated:

    name: email-assistant-v1
    module: ChainOfThought            # or Predict, which is the default
    signature:                        # or the name of one: EmailDraft
      instructions: Write an e-mail.
      inputs:
        recipient: who receives it
        context: {description: what is known, default: ""}
      outputs:
        email_body: the text
        urgent: {description: whether it is, type: bool}
    demos:
      - {recipient: Ann, email_body: "Dear Ann, ...", urgent: false}

In place of `signature` stands `chain: {inputs: [...], steps: [{signature: ..., wiring: ...}]}`, or
`class: package.module:Name` of a package that the loader was told to trust.
"""

import importlib
import importlib.metadata
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

import dspy
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from lakegloss.errors import ProgramNotFoundError, SettingsError, SignatureError
from lakegloss.programs.chain import SignatureChain
from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.naming import signature_named
from lakegloss.programs.signatures import BaseSignature, SignatureField

ENTRY_POINTS = "lakegloss.programs"
"""The group of entry points under which packages offer programs: signatures or modules."""
MOST_BYTES = 1_000_000
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
_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*")
_INSIDE = re.compile(r"function-after\[|SignatureConfig$|str$")
_ENDINGS = (".yaml", ".yml")
_UNSET: Any = object()


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
_Name = Annotated[str, Field(pattern=_NAME)]


class SignatureConfig(_Strict):
    """A signature of its own."""

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
    """A step of a chain."""

    signature: str
    wiring: dict[str, Any] = {}
    name: str = ""


class ChainConfig(_Strict):
    """A chain in place of a signature."""

    inputs: list[_Name]
    steps: list[StepConfig] = Field(min_length=1)


class ProgramConfig(_Strict):
    """A program's file."""

    name: str = Field(min_length=1, max_length=200)
    description: str = ""
    version: str = ""
    module: Literal["Predict", "ChainOfThought"] = "Predict"
    signature: str | SignatureConfig | None = None
    chain: ChainConfig | None = None
    class_: str | None = Field(None, alias="class")
    demos: list[dict[str, Any]] = []

    @model_validator(mode="after")
    def _one_of(self) -> "ProgramConfig":
        given = [self.signature, self.chain, self.class_]
        if sum(part is not None for part in given) != 1:
            raise ValueError("give one of signature, chain and class")
        if self.demos and self.signature is None:
            raise ValueError("demos go with a signature")
        return self


class DSPyModelLoader:
    """Loads programs from YAML files.

    Args:
        folder: where `load` looks for `<name>.yaml`; None looks nowhere.
        trusted: packages of which `class:` may name classes, beside lakegloss' own programs.

    Raises:
        SettingsError: there is no such folder.
    """

    def __init__(self, folder: str | Path | None = None, *, trusted: Sequence[str] = ()) -> None:
        self._folder = None if folder is None else Path(folder)
        if self._folder is not None and not self._folder.is_dir():
            raise SettingsError(
                f"There is no folder {str(folder)!r} of programs.", remedy="Correct its path."
            )
        self._trusted = ("lakegloss.programs", *trusted)

    def load_from_config(self, path: str | Path) -> dict[str, Any]:
        """A file's program: a dict of `program`, `name`, `description`, `version`.

        Raises:
            SettingsError: the file cannot be read, or holds something else.
            SignatureError: what it names does not fit together.
        """
        config = _read(Path(path))
        return {
            "program": self._program(config, Path(path)),
            "name": config.name,
            "description": config.description,
            "version": config.version,
        }

    @property
    def names(self) -> list[str]:
        """The files' names without their endings."""
        if self._folder is None:
            return []
        files = [path for ending in _ENDINGS for path in self._folder.glob(f"*{ending}")]
        return sorted({path.stem for path in files if _FILE_NAME.fullmatch(path.stem)})

    def load(self, model_id: str) -> Any | None:
        """The program of `<model_id>.yaml` in the folder; None where there is no such file.

        Raises:
            SettingsError, SignatureError: see `load_from_config`.
        """
        if self._folder is None or not _FILE_NAME.fullmatch(model_id):
            return None
        for ending in _ENDINGS:
            path = self._folder / f"{model_id}{ending}"
            if path.is_file():
                return self.load_from_config(path)["program"]
        return None

    def _program(self, config: ProgramConfig, path: Path) -> Any:
        if config.class_ is not None:
            return self._of_class(config.class_, path)
        if config.chain is not None:
            chain = SignatureChain()
            for step in config.chain.steps:
                chain.add(step.signature, step.wiring, name=step.name)
            return chain.program(inputs=config.chain.inputs)
        if isinstance(config.signature, SignatureConfig):
            signature = signature_of(config.name, config.signature)
        else:
            signature = signature_named(str(config.signature), SIGNATURES)
        return _with_demos(getattr(dspy, config.module)(signature), config, path)

    def _of_class(self, name: str, path: Path) -> Any:
        module, colon, attribute = name.partition(":")
        allowed = any(module == each or module.startswith(f"{each}.") for each in self._trusted)
        if not colon or not attribute.isidentifier() or not allowed:
            raise SettingsError(
                f"{path}: the class {name!r} is not of a trusted package.",
                remedy="Write package.module:Name, and give the package as "
                f"trusted=. Trusted now: {', '.join(self._trusted)}.",
            )
        try:
            found = getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            raise SettingsError(
                f"{path}: the class {name!r} cannot be imported: {error}.",
                remedy="Install its package, or correct the name.",
            ) from None
        return _instance(found, name)


def _instance(found: Any, name: str) -> Any:
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
    """A signature class of what a file says.

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


def _with_demos(program: Any, config: ProgramConfig, path: Path) -> Any:
    predictor = program.predictors()[0]
    known = set(predictor.signature.fields)
    for demo in config.demos:
        unknown = sorted(demo.keys() - known)
        if unknown:
            raise SignatureError(
                f"{path}: a demo has {unknown[0]!r}, which is no field of the signature.",
                remedy=f"Its fields: {', '.join(sorted(known))}.",
            )
    predictor.demos = [dspy.Example(**demo) for demo in config.demos]
    return program


def _read(path: Path) -> ProgramConfig:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SettingsError(f"{path} has more than {MOST_BYTES:,} bytes.", remedy="Shorten it.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"The program file {str(path)!r} cannot be read: {error.strerror}.",
            remedy="Correct its path.",
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text.", remedy="Save it as UTF-8.") from None
    try:
        content = yaml.safe_load(text)
        return ProgramConfig.model_validate(content)
    except (yaml.YAMLError, RecursionError) as error:
        where = str(error).replace("\n", " ")[:200]
        raise SettingsError(f"{path} is not valid YAML: {where}.", remedy="Correct it.") from None
    except ValidationError as error:
        lines = [
            f"{_place(item['loc']) or 'the file'}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_url=False, include_input=False, include_context=False)
            if item["loc"] != ("signature", "str") or isinstance(content["signature"], str)
        ]
        raise SettingsError(
            f"{path}: {'; '.join(lines[:5])}.", remedy="See docs/programs.md for the form."
        ) from None


def _place(location: tuple[int | str, ...]) -> str:
    """Where something is wrong, in the file's own words."""
    return ".".join(str(part) for part in location if not _INSIDE.match(str(part)))


class EntryPointSource:
    """Programs that installed packages offer under `lakegloss.programs`."""

    @property
    def names(self) -> list[str]:
        """The names of the entry points."""
        found = importlib.metadata.entry_points(group=ENTRY_POINTS)
        return sorted({entry.name for entry in found})

    def load(self, model_id: str) -> Any | None:
        """The program of that name; None where no package offers it.

        Raises:
            ProgramNotFoundError: a package offers it, and it cannot be imported.
        """
        for entry in importlib.metadata.entry_points(group=ENTRY_POINTS):
            if entry.name != model_id:
                continue
            try:
                return _instance(entry.load(), entry.value)
            except SignatureError:
                raise
            except Exception as error:  # whatever a package does when it is imported
                raise ProgramNotFoundError(
                    f"The program {model_id!r} cannot be imported from {entry.value}: "
                    f"{type(error).__name__}: {error}.",
                    remedy="Reinstall its package.",
                ) from error
        return None
