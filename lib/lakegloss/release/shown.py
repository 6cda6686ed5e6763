"""Finds the versions of programs that still show an example which was withdrawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lakegloss.core.learning.examples import Example
from lakegloss.errors import VersionRefusedError
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import RELEASES
from lakegloss.programs.saved import withdrawn_in
from lakegloss.release.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """A version, by its reference, with the withdrawn examples that its demonstrations hold."""

    reference: str
    aliases: tuple[str, ...]
    examples: tuple[Example, ...]


def released_names(ledgers: Ledgers) -> list[str]:
    """The names of programs on whose versions somebody decided."""
    if not ledgers.spark.catalog.tableExists(ledgers.name(RELEASES)):
        return []
    rows = ledgers.read(RELEASES).select("name").distinct().collect()
    return sorted(str(row["name"]) for row in rows)


def versions_showing(
    registry: Registry, names: Iterable[str], withdrawn: Sequence[Example]
) -> list[Showing]:
    """The versions of these names that show withdrawn examples, newest first in each name.

    Versions that must not be used are left out: nobody executes them.

    Raises:
        RegistryError: the registry failed.
    """
    showing = []
    for name in dict.fromkeys(names):
        if not withdrawn or not registry.is_allowed(name):
            continue
        for version in registry.versions(name):
            try:
                shown = withdrawn_in(registry.saved(version), withdrawn)
            except VersionRefusedError:
                continue
            if shown:
                showing.append(
                    Showing(
                        reference=version.reference,
                        aliases=tuple(version.aliases),
                        examples=tuple(shown),
                    )
                )
    return showing
