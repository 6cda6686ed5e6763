"""Plans how a YAML file of another tool gets the descriptions that it lacks."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from yaml.nodes import Node

from lakegloss.core.exchange.places import Place
from lakegloss.core.exchange.yaml_edit import YamlText

_AFTER = ("physicalName", "name", "identifier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """The texts of one table that the file may get.

    Attributes:
        texts: by column as the file names it, in lower case; '' is the table's own.
        is_own: whether lakegloss itself wrote a text of a column before; such a text is renewed.
        more: columns that the file does not have, by name, with their texts.
    """

    texts: Mapping[str, str]
    is_own: Callable[[str, str], bool] = lambda column, text: False  # noqa: ARG005
    more: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patched:
    """A patched file.

    Attributes:
        text: of the whole file.
        described: how many descriptions were set; `added`: columns that were added.
        kept: how many texts of people stayed that differ from the catalog's.
        skipped: the line, the entry and why it was left alone.
    """

    text: str
    described: int
    added: int
    kept: int
    skipped: tuple[tuple[int, str, str], ...]


def patch(
    text: str,
    root: Node,
    places: Sequence[Place],
    lacking: Callable[[str], Lacking | None],
    *,
    write: Callable[[str], str] = str,
    read: Callable[[str], str] = str,
) -> Patched:
    """Set missing descriptions, renew what lakegloss wrote before, and leave all else as it is.

    Args:
        places: the entries of the document, in its order.
        lacking: the texts for a table as the file names it; None where it is not known.
        write: how a text is written in this kind of file; read: the inverse.

    Raises:
        ValueError: the edited file would not read back as planned; nothing is to be written.
    """
    planner = _Planner(YamlText(text, root), write, read)
    times = Counter((place.table.lower(), place.column.lower()) for place in places)
    columns: dict[str, set[str]] = {}
    for place in places:
        if place.column:
            columns.setdefault(place.table, set()).add(place.column.lower())
    for place in places:
        found = lacking(place.table)
        if found is None:
            continue
        if times[place.table.lower(), place.column.lower()] > 1:
            planner.skip(place, "it is in the file more than once")
            continue
        planner.describe(place, found)
        if not place.column and place.grows:
            there = columns.get(place.table, set())
            more = {n: t for n, t in found.more.items() if n.lower() not in there}
            planner.add(place, more)
    return planner.result()


class _Planner:
    def __init__(
        self, document: YamlText, write: Callable[[str], str], read: Callable[[str], str]
    ) -> None:
        self._document = document
        self._write = write
        self._read = read
        self._described = self._added = self._kept = 0
        self._skipped: list[tuple[int, str, str]] = []

    def skip(self, place: Place, why: str) -> None:
        self._skipped.append((place.line, ".".join(filter(None, (place.table, place.column))), why))

    def describe(self, place: Place, found: Lacking) -> None:
        column = place.column.lower()
        new, there = found.texts.get(column, ""), self._there(place)
        if not new or " ".join(there.split()) == " ".join(new.split()):
            return
        if there and not found.is_own(column, there):
            self._kept += 1
            return
        if place.fixed:
            self.skip(place, place.fixed)
            return
        try:
            self._document.describe(place.node, self._write(new), after=_AFTER)
        except ValueError as error:
            self.skip(place, str(error))
        else:
            self._described += 1

    def add(self, place: Place, more: Mapping[str, str]) -> None:
        if not more or place.fixed:
            return
        texts = {name: self._write(text) for name, text in more.items()}
        try:
            self._document.add_columns(place.node, place.columns, texts)
        except ValueError as error:
            self.skip(place, f"{len(more)} columns are not added: {error}")
        else:
            self._added += len(more)

    def _there(self, place: Place) -> str:
        try:
            return self._read(place.text).strip()
        except ValueError:  # Jinja, which is a person's
            return place.text

    def result(self) -> Patched:
        return Patched(
            text=self._document.result(),
            described=self._described,
            added=self._added,
            kept=self._kept,
            skipped=tuple(self._skipped),
        )
