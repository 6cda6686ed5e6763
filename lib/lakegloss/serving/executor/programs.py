"""Finds the programs that an executor knows by name, and prepares them for execution."""

import inspect
import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import dspy

from lakegloss.core.going_on import going_on
from lakegloss.core.selection import did_you_mean
from lakegloss.errors import ProgramNotFoundError, SettingsError, SignatureError
from lakegloss.programs.families import LISTED_SIGNATURES, NAMED_SIGNATURES
from lakegloss.programs.signatures import inputs_of, signature_named
from lakegloss.programs.split import SplitProgram, module_version, program_name, split
from lakegloss.programs.validation import (
    CheckedInputs,
    InputCheck,
    InputProblem,
    check_inputs,
    make_known,
)

_log = logging.getLogger("lakegloss.programs")
OF_VERSIONS = "A registered program is name/3, or name@champion once that version was promoted."
_OPEN = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


class ProgramSource(Protocol):
    """Loads programs that are not registered in the process: from files or a registry.

    A program that it loaded is kept by name, unless the source has `follows = True`: such a source
    is asked each time.
    """

    def load(self, model_id: str) -> Any | None:
        """The program of that id; None if there is none."""

    @property
    def names(self) -> list[str]:
        """The ids that the source knows without loading a program."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A program that can be executed: split if that is possible, else as it is.

    Attributes:
        version: a hash of what the program sends. A module's code is not in it: see
            `cache.identity_of`.
        registered: the registered version, such as `name/3`; '' if the program is not registered.
        described: what its file says that it does.
        variant: which of two versions it is in a rollout; '' where nobody splits.
    """

    name: str
    program: Any
    version: str
    signature: Any = None
    registered: str = ""
    described: str = ""
    variant: str = ""

    @property
    def description(self) -> str:
        """What it does, for people: what its file says, else its first paragraph, in one line."""
        text = self.described or (
            self.signature.instructions
            if self.signature is not None
            else inspect.cleandoc(type(self.program).__doc__ or "")
        )
        return " ".join(text.strip().partition("\n\n")[0].split())

    @property
    def outputs(self) -> list[str]:
        """The names of its outputs, as far as they are known before it is executed."""
        if self.signature is not None:
            return list(self.signature.output_fields)
        told = getattr(self.program, "outputs", None)
        if isinstance(told, tuple | list) and all(isinstance(name, str) for name in told):
            return list(told)
        return list(_last_outputs(self.program))

    @property
    def arguments(self) -> dict[str, str]:
        """The inputs by name with their types in words, `optional` among them."""
        if self.signature is not None:
            specs = inputs_of(self.signature).values()
            return {s.name: s.type_name + ("" if s.required else ", optional") for s in specs}
        wanted = getattr(self.program, "inputs", None)
        if isinstance(wanted, tuple):
            return dict.fromkeys(wanted, "")
        method = getattr(self.program, "aforward", None) or getattr(self.program, "forward", None)
        found = inspect.signature(method).parameters.values() if method is not None else ()
        return {
            a.name: "" if a.default is a.empty else "optional" for a in found if a.kind not in _OPEN
        }

    def check(self, inputs: Mapping[str, Any], *, unknown: str = "refuse") -> CheckedInputs:
        """Check inputs, as far as the program says what it takes."""
        if self.signature is not None:
            return check_inputs(self.signature, inputs, unknown=unknown)
        wanted = getattr(self.program, "inputs", None)
        if isinstance(wanted, tuple):
            return _check_names(wanted, inputs)
        return _check_arguments(self.program, inputs)


def _last_outputs(module: Any) -> Iterator[str]:
    """The outputs of a module's last predictor, which most modules return."""
    with going_on(_log, "no outputs of %s", type(module).__name__, level=logging.DEBUG):
        predictors = module.predictors()
        yield from predictors[-1].signature.output_fields if predictors else ()


def _check_names(wanted: tuple[str, ...], inputs: Mapping[str, Any]) -> CheckedInputs:
    missing = tuple(name for name in wanted if name not in inputs)
    message = f"Missing required input fields: {list(missing)}"
    remedy = f"Give {', '.join(missing)}."
    problems = (InputProblem(field=missing[0], message=message, remedy=remedy),) if missing else ()
    return CheckedInputs(values=dict(inputs), problems=problems, missing=missing)


def _check_arguments(program: Any, inputs: Mapping[str, Any]) -> CheckedInputs:
    """Inputs against the arguments of a module's method, which would fail in Python's words."""
    method = getattr(program, "aforward", None) or getattr(program, "forward", None)
    if method is None:
        return CheckedInputs(values=dict(inputs))
    arguments = inspect.signature(method).parameters.values()
    names = [a.name for a in arguments if a.kind is not a.VAR_KEYWORD]
    needed = tuple(a.name for a in arguments if a.default is a.empty and a.kind not in _OPEN)
    found = _check_names(needed, inputs)
    unknown = [name for name in inputs if name not in names]
    if not unknown or any(a.kind is a.VAR_KEYWORD for a in arguments):
        return found
    remedy = f"Known are: {', '.join(names)}."
    message = f"There is no input {unknown[0]!r}."
    problem = InputProblem(field=str(unknown[0]), message=message, remedy=remedy)
    return replace(found, problems=(*found.problems, problem))


def prepare(program: Any, *, name: str = "") -> Prepared:
    """A signature or module, ready to be executed.

    Raises:
        SignatureError: it is neither.
    """
    if isinstance(program, Prepared):
        return program
    if isinstance(program, SplitProgram):
        found: SplitProgram | None = program
    elif isinstance(program, dspy.Module) or _is_signature(program):
        found = split(program, name=name)
    else:
        raise SignatureError(
            f"A {type(program).__name__} is no program.",
            remedy="Give a signature class, a dspy module, or a name.",
        )
    told = getattr(program, "description", "") if isinstance(program, dspy.Module) else ""
    described = told if isinstance(told, str) else ""
    if found is None:
        return Prepared(
            name=name or program_name(program),
            program=program,
            version=_version_of(program),
            described=described,
        )
    return Prepared(
        name=name or found.name,
        program=found,
        version=found.version,
        signature=found.signature,
        described=described,
    )


def _version_of(module: Any) -> str:
    kind = type(module).__name__
    with going_on(_log, "no version of %s", kind, level=logging.DEBUG):  # it runs without one
        return module_version(module)
    return ""


def _is_signature(program: Any) -> bool:
    return isinstance(program, type) and issubclass(program, dspy.Signature)


class ProgramBook:
    """Programs and signatures by name: registered ones, the library's, those of sources.

    What a source loaded is kept until `forget`.
    """

    def __init__(self, sources: tuple[ProgramSource, ...] = ()) -> None:
        for source in sources:
            if not hasattr(source, "load"):
                raise SettingsError(
                    f"A {type(source).__name__} is no source of programs.",
                    remedy="Give sources=[DSPyModelLoader(folder)].",
                )
        self._sources = sources
        self._registered: dict[str, Prepared] = {}
        self._loaded: dict[str, Prepared] = {}
        self._library: dict[str, Prepared] = {}
        self._lock = threading.Lock()
        make_known(self)

    def check_of(self, name: str) -> InputCheck | None:
        """The check of a program that was registered or loaded; None if there is none."""
        with self._lock:
            known = self._registered.get(name) or self._loaded.get(name)
        return None if known is None else known.check

    def program_of(self, name: str) -> Any:
        """The program that was registered or loaded under a name; None if there is none."""
        with self._lock:
            known = self._registered.get(name) or self._loaded.get(name)
        return None if known is None else known.program

    def register(self, name: str, program: Any) -> None:
        """Know a program by a name; a later one of the same name takes its place.

        Raises:
            SignatureError: the name is empty, or it is no program.
        """
        if not name or not isinstance(name, str):
            raise SignatureError("A program needs a name.", remedy="Give a text.")
        prepared = prepare(program, name=name)
        with self._lock:
            self._registered[name] = prepared

    @property
    def signatures(self) -> dict[str, Any]:
        """All that have a signature, by name."""
        with self._lock:
            own = {n: p.signature for n, p in self._registered.items() if p.signature is not None}
        return dict(NAMED_SIGNATURES) | own

    def at_hand(self, name: str) -> Prepared | None:
        """The program of that name, if no source has to be asked for it."""
        if self.knows(name):
            return self.find(name)
        found = (s.at_hand(name) for s in self._sources if hasattr(s, "at_hand"))
        return next((program for program in found if program is not None), None)

    def of_files(self) -> list[str]:
        """The names that sources know and can load without importing or asking others."""
        return [n for source in self._sources if getattr(source, "is_local", False)
                for n in source.names]  # fmt: skip

    def knows(self, name: str) -> bool:
        """Whether a program of that name is at hand, without asking a source."""
        with self._lock:
            return name in NAMED_SIGNATURES or name in self._registered or name in self._loaded

    @property
    def names(self) -> list[str]:
        """The names of all programs: the library's, registered ones, those that sources name."""
        offered = [name for source in self._sources for name in source.names]
        with self._lock:
            return sorted({*LISTED_SIGNATURES, *self._registered, *self._loaded, *offered})

    def signature(self, name: str) -> Any:
        """The signature of that name.

        Raises:
            SignatureNotFoundError: there is none.
        """
        return signature_named(name, self.signatures)

    def signature_program(self, signature: Any) -> Prepared:
        """The program of a signature, by its name or the signature itself.

        Raises:
            SignatureNotFoundError: there is none of that name.
            SignatureError: it is no signature.
        """
        if not isinstance(signature, str):
            return prepare(signature)
        try:
            return self.find(signature)
        except ProgramNotFoundError:
            if signature in (names := self.names):
                raise
            signature_named(signature, dict.fromkeys(names))
            raise

    def find(self, name: str) -> Prepared:
        """The program of that name.

        Raises:
            ProgramNotFoundError: there is none.
        """
        with self._lock:
            for known in (self._registered, self._loaded, self._library):
                if name in known:
                    return known[name]
        if name in NAMED_SIGNATURES:
            prepared = prepare(NAMED_SIGNATURES[name], name=name)
            with self._lock:
                self._library[name] = prepared
            return prepared
        for source in self._sources:
            program = source.load(name)
            if program is not None:
                prepared = prepare(program, name=name)
                if not getattr(source, "follows", False):
                    with self._lock:
                        self._loaded[name] = prepared
                return prepared
        raise ProgramNotFoundError(
            f"Model {name} not found in registry",
            remedy=f"{self._near(name)}{self._of_versions(name)}"
            "list_signatures() names what is known; register_signature() adds to it.",
        )

    def _near(self, name: str) -> str:
        names: list[str] = []
        with going_on(_log, "no names of programs", level=logging.DEBUG):  # it is not found anyway
            names = self.names
        near = did_you_mean(name, [n for n in names if n != name.partition("@")[0]])
        return f"{near} " if near else ""

    def _of_versions(self, name: str) -> str:
        """What to know of versions, where a name is one's or that of a registered program."""
        with going_on(_log, "no names of programs", level=logging.DEBUG):  # as above
            is_one = bool(set(name) & {"@", "/"}) or name in self.names
            return f"{OF_VERSIONS} " if is_one else ""
        return ""

    def forget(self) -> None:
        """Load again what sources gave."""
        with self._lock:
            self._loaded.clear()
