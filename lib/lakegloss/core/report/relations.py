"""Finds the relations between tables, from the references in the ledger `evidence`."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lakegloss.core.names import join_path, own_name, schema_of, split_path
from lakegloss.core.records import LedgerRow
from lakegloss.core.report.picture import BoxPlace, BoxRow, Link, Node, draw

LEGIBLE = 30
"""More tables than this are drawn by schema."""
_PICTURES = 12
_ROWS = 40
_FOREIGN, _KEY, _PLAIN = "foreign", "key", "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A column that refers to a key; `inside` says whether the report has the other table."""

    table: str
    column: str
    other: str
    other_column: str
    inside: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationPicture:
    """A picture as SVG; `left_out` tables with relations are not in it."""

    title: str
    svg: str
    left_out: int = 0


def relations_of(rows: Iterable[LedgerRow], tables: Collection[str]) -> list[Relation]:
    """The references among rows of evidence, in order.

    Args:
        rows: each with `table`, `column` and `reference`.
        tables: those that the report knows.
    """
    found = []
    for row in rows:
        reference = row["reference"] or ""
        place = _split(reference, tables) if reference else None
        if place is None:
            continue
        other, column, inside = place
        found.append(
            Relation(
                table=row["table"], column=row["column"], other=other, other_column=column,
                inside=inside,
            )
        )  # fmt: skip
    return sorted(found, key=lambda r: (r.table, r.column))


def _split(reference: str, tables: Collection[str]) -> tuple[str, str, bool] | None:
    """The table and column of a reference, and whether the table is known."""
    try:
        parts = split_path(reference)
    except ValueError:  # not a path
        return None
    for cut in range(len(parts) - 1, 0, -1):
        if (table := join_path(parts[:cut])) in tables:
            return table, join_path(parts[cut:]), True
    if len(parts) < 2:
        return None
    return join_path(parts[:-1]), join_path(parts[-1:]), False


def pictures(
    relations: Sequence[Relation], keys: Mapping[str, Sequence[str]]
) -> list[RelationPicture]:
    """Draw the relations: of all tables where they are few, else of the schemas and then of each.

    Args:
        keys: the columns of primary keys by table.
    """
    tables = _related(relations)
    if not tables:
        return []
    if len(tables) <= LEGIBLE:
        return [_of_tables(relations, keys, "Relations between tables", "relations", [])]
    schemas = Counter(schema_of(name) for name in tables)
    drawn = [_of_schemas(relations, schemas)] if len(schemas) > 1 else []
    for number, (schema, _) in enumerate(_most(schemas)[:_PICTURES]):
        inside = [r for r in relations if schema_of(r.table) == schema]
        if not inside:
            continue
        connected = Counter(name for r in inside for name in {r.table, r.other})
        kept = {name for name, _ in _most(connected)[:LEGIBLE]}
        left = sorted(connected.keys() - kept)
        shown = [r for r in inside if {r.table, r.other} <= kept]
        if shown:
            drawn.append(_of_tables(shown, keys, schema, f"relations-{number}", left))
    return drawn


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _related(relations: Iterable[Relation]) -> set[str]:
    return {name for relation in relations for name in (relation.table, relation.other)}


def _of_tables(
    relations: Sequence[Relation],
    keys: Mapping[str, Sequence[str]],
    title: str,
    prefix: str,
    left: Sequence[str],
) -> RelationPicture:
    names = sorted(_related(relations))
    outside = {r.other for r in relations if not r.inside}
    columns = _columns(relations, keys, names)
    several = len({schema_of(name) for name in names}) > 1
    nodes = [
        Node(
            name=name,
            label=name if several else own_name(name),
            rows=tuple(BoxRow(text=text, kind=kind) for text, kind in columns[name].items()),
            faint=name in outside,
        )
        for name in names
    ]
    places = {name: {text: n for n, text in enumerate(rows)} for name, rows in columns.items()}
    links = [
        Link(
            source=BoxPlace(node=r.table, row=places[r.table].get(r.column)),
            target=BoxPlace(node=r.other, row=places[r.other].get(r.other_column)),
            title=f"{r.table}.{r.column} refers to {r.other}.{r.other_column}",
        )
        for r in relations
    ]
    return RelationPicture(
        title=title, svg=draw(nodes, links, title=title, id_prefix=prefix), left_out=len(left)
    )


def _columns(
    relations: Sequence[Relation], keys: Mapping[str, Sequence[str]], names: Sequence[str]
) -> dict[str, dict[str, str]]:
    """The columns that stand in each table's box, with what they are: keys, then references."""
    referred: defaultdict[str, dict[str, str]] = defaultdict(dict)
    referring: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for relation in relations:
        referring[relation.table][relation.column] = _FOREIGN
        referred[relation.other][relation.other_column] = _KEY
    columns = {}
    for name in names:
        own = dict.fromkeys(keys.get(name, ()), _KEY)
        rows = {**own, **referred[name], **referring[name]}
        columns[name] = dict(list(rows.items())[:_ROWS])
    return columns


def _of_schemas(relations: Sequence[Relation], schemas: Mapping[str, int]) -> RelationPicture:
    counts = Counter((schema_of(r.table), schema_of(r.other)) for r in relations)
    rows: defaultdict[str, list[BoxRow]] = defaultdict(list)
    links = []
    for (schema, other), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        references = f"{count:,} reference{'s' * (count != 1)}"
        if schema == other:
            rows[schema].insert(0, BoxRow(text=f"{references} inside", kind=_PLAIN))
    for (schema, other), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if schema == other or len(rows[schema]) >= _ROWS:
            continue
        references = f"{count:,} reference{'s' * (count != 1)}"
        links.append(
            Link(
                source=BoxPlace(node=schema, row=len(rows[schema])),
                target=BoxPlace(node=other, row=None),
                title=f"{schema} has {references} to {other}",
            )
        )
        rows[schema].append(BoxRow(text=f"{count:,} to {other}", kind=_FOREIGN))
    nodes = [
        Node(name=name, label=f"{name} ({number:,})", rows=tuple(rows[name]))
        for name, number in sorted(schemas.items())
    ]
    title = "Relations between schemas"
    return RelationPicture(title=title, svg=draw(nodes, links, title=title, id_prefix="schemata"))
