"""Keeps the variants of programs by number, with their states, and says which one is in use."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.release.saved_text import read_saved
from lakegloss.errors import ProgramNotFoundError, SignatureError
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.programs.families import NAMED_SIGNATURES, canonical_name
from lakegloss.programs.saved import load_saved, save

ORIGINAL = "original"
"""The variant that a program is before anything replaced it."""
_BOOKS = "variants"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVariant:
    """One variant.

    Attributes:
        number: counts the variants of a program and model from 1.
        version: a hash of what it sends; state: the JSON text of `save`.
    """

    number: int
    variant: str
    version: str
    state: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramVariants:
    """All variants of a program for a model; `current` is the number of the one in use."""

    name: str
    program: str = ""
    model: str = ""
    variants: tuple[KnownVariant, ...] = ()
    current: int = 0

    @property
    def in_use(self) -> KnownVariant:
        return self.numbered(self.current)

    def numbered(self, number: int) -> KnownVariant:
        return next(one for one in self.variants if one.number == number)

    def named(self, variant: str) -> KnownVariant | None:
        return next((one for one in self.variants if variant in self.names_of(one)), None)

    def is_replaced(self, variant: str) -> bool:
        """Whether executions of that name are of a known variant, and another one is in use."""
        return self.named(variant) is not None and variant not in self.names_of(self.in_use)

    def names_of(self, known: KnownVariant) -> frozenset[str]:
        """The names under which executions of a variant may be recorded.

        Those of a program as it is may name no variant: then it is the program's own name.
        """
        own = {self.program} if known.variant == ORIGINAL else set()
        return frozenset({known.variant, known.version, *own})


class VariantBook:
    """Adds variants and finds them again. What is replaced stays: it is the way back.

    Args:
        programs: programs of your own by name; those of the library are known.
    """

    def __init__(
        self,
        store: ProductionStore,
        programs: Mapping[str, Any] | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._programs = dict(programs or {})
        self._clock = clock

    def of(self, program: str, model: str) -> ProgramVariants:
        """The variants of a program for a model; the first is the program as it is.

        Raises:
            ProgramNotFoundError: nobody added a variant, and no program of that name is known.
        """
        name = name_of(program, model)
        known = self.by_name(name)
        if known.variants:
            return known
        original = {**NAMED_SIGNATURES, **self._programs}.get(program)
        if original is None:
            raise ProgramNotFoundError(
                f"No program {program[:80]!r} is known.",
                remedy="Give it in `programs`, or add its variants.",
            )
        self.add(program, model, ORIGINAL, save(original, program).text)
        return self.by_name(name)

    def add(self, program: str, model: str, variant: str, state: str) -> KnownVariant:
        """Add a variant by its state; the first of a program is in use. A known one stays.

        Raises:
            VersionRefusedError: the state is no program that can be built.
            SignatureError: it takes or gives other fields than the variant in use.
        """
        saved = read_saved(state)
        load_saved(saved)  # refuses what cannot, or must not, be built
        now = self._clock()
        with self._store.changing(_BOOKS, name_of(program, model), now) as body:
            rows = body.setdefault("variants", [])
            known = next((row for row in rows if row["variant"] == variant), None)
            if known is None:
                _require_same_fields(rows, saved.signature, variant)
                known = asdict(
                    KnownVariant(
                        number=len(rows) + 1, variant=variant, version=saved.version, state=state,
                        added_at=now.isoformat(),
                    )
                )  # fmt: skip
                rows.append(known)
            body.setdefault("current", 1)
            body |= {"program": canonical_name(program), "model": model}
        return KnownVariant(**known)

    def by_name(self, name: str) -> ProgramVariants:
        """The variants of a name of `name_of`."""
        body = self._store.document(_BOOKS, name)
        return ProgramVariants(
            name=name, variants=tuple(KnownVariant(**row) for row in body.get("variants", ())),
            current=body.get("current", 0), program=body.get("program", ""),
            model=body.get("model", ""),
        )  # fmt: skip

    def use(self, name: str, number: int) -> None:
        """Let a variant be the one in use."""
        with self._store.changing(_BOOKS, name, self._clock()) as body:
            body["current"] = number

    def names(self) -> list[str]:
        """All names that have variants."""
        return list(self._store.documents(_BOOKS))


def name_of(program: str, model: str) -> str:
    """The name under which the variants of a program for a model are kept and rolled out."""
    own = canonical_name(program)
    return f"{own} {model}" if model else own


def _require_same_fields(rows: list[dict[str, Any]], signature: str, variant: str) -> None:
    if rows and read_saved(rows[0]["state"]).signature != signature:
        raise SignatureError(
            f"The variant {variant[:80]!r} has other fields than the program has.",
            remedy="A variant differs in instructions and demonstrations, not in its fields.",
        )
