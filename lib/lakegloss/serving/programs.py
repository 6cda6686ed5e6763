"""The programs that an executor knows by name."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import dspy

from lakegloss.errors import ProgramNotFoundError, SignatureError
from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.naming import signature_named
from lakegloss.programs.split import SplitProgram, program_name, split
from lakegloss.programs.validation import CheckedInputs, check_inputs


class ProgramSource(Protocol):
    """Where programs come from that are not registered in the process: files, a registry."""

    def load(self, model_id: str) -> Any | None:
        """The program of that id; None where there is none."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A program that can be executed: split where that is possible, else as it is.

    Attributes:
        version: of what is sent; '' where that cannot be told, and nothing is cached.
    """

    name: str
    program: Any
    version: str
    signature: Any = None

    def check(self, inputs: Mapping[str, Any], *, unknown: str = "refuse") -> CheckedInputs:
        """Check inputs, as far as the program says what it takes."""
        if self.signature is not None:
            return check_inputs(self.signature, inputs, unknown=unknown)
        wanted = getattr(self.program, "inputs", None)
        if not isinstance(wanted, tuple):
            return CheckedInputs(values=dict(inputs))
        return _check_names(wanted, inputs)


def _check_names(wanted: tuple[str, ...], inputs: Mapping[str, Any]) -> CheckedInputs:
    from lakegloss.programs.validation import InputProblem

    missing = tuple(name for name in wanted if name not in inputs)
    message = f"Missing required input fields: {list(missing)}"
    problems = (InputProblem(field=missing[0], message=message, remedy=""),) if missing else ()
    return CheckedInputs(values=dict(inputs), problems=problems, missing=missing)


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
    if found is None:
        return Prepared(name=name or program_name(program), program=program, version="")
    return Prepared(
        name=name or found.name, program=found, version=found.version, signature=found.signature
    )


def _is_signature(program: Any) -> bool:
    return isinstance(program, type) and issubclass(program, dspy.Signature)


class ProgramBook:
    """Programs and signatures by name: registered ones, the library's, those of sources.

    What a source loaded is kept until `forget`.
    """

    def __init__(self, sources: tuple[ProgramSource, ...] = ()) -> None:
        self._sources = sources
        self._registered: dict[str, Prepared] = {}
        self._loaded: dict[str, Prepared] = {}
        self._library: dict[str, Prepared] = {}
        self._lock = threading.Lock()

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
        return dict(SIGNATURES) | own

    @property
    def names(self) -> list[str]:
        """The names of all programs that are known without asking a source."""
        with self._lock:
            return sorted({*SIGNATURES, *self._registered, *self._loaded})

    def signature(self, name: str) -> Any:
        """The signature of that name.

        Raises:
            SignatureNotFoundError: there is none.
        """
        return signature_named(name, self.signatures)

    def find(self, name: str) -> Prepared:
        """The program of that name.

        Raises:
            ProgramNotFoundError: there is none.
        """
        with self._lock:
            for known in (self._registered, self._loaded, self._library):
                if name in known:
                    return known[name]
        if name in SIGNATURES:
            prepared = prepare(SIGNATURES[name], name=name)
            with self._lock:
                self._library[name] = prepared
            return prepared
        for source in self._sources:
            program = source.load(name)
            if program is not None:
                prepared = prepare(program, name=name)
                with self._lock:
                    self._loaded[name] = prepared
                return prepared
        raise ProgramNotFoundError(
            f"Model {name} not found in registry",
            remedy="list_signatures() names what is known; register_signature() adds to it.",
        )

    def forget(self) -> None:
        """Load again what sources gave."""
        with self._lock:
            self._loaded.clear()
