"""Writes cards: what a model is told of a table and its columns, one terse line each.

A column: ``c4 carrier string: ->airlines.carrier; 16 distinct; e.g. 'UA','B6'`` (some 22 tokens).
A line that starts with an id (t1, c1, ...) is asked about; one without is context. All names,
values and comments are neutralised (`core.text.neutral`). Values come from the evidence only, to
which the policy for values was applied before.
"""

from collections.abc import Iterable, Mapping, Sequence

from lakegloss.core.assets import Column, Table, TableKind
from lakegloss.core.evidence import Evidence
from lakegloss.core.house.house_text import HouseText
from lakegloss.core.names import split_path
from lakegloss.core.plan.card_values import compact, values_text
from lakegloss.core.text.neutral import cut, neutralise, quoted

LINE_LIMIT = 320
"""The most characters in a line."""
_NAME_LIMIT = 128
_TYPE_LIMIT = 60
_COMMENT_LIMIT = 100
_NEIGHBOURS_LIMIT = 360
_HOUSE_LIMIT = 200
HOUSE_GUIDANCE = (
    "Lines of `tables` that begin with described or elsewhere are people's own words about other "
    "columns and tables of this house. Use their terms and give the kinds of facts that they give; "
    "take a fact over only where it holds for what is asked about."
)
"""Stands in the guidance of a request that shows what people wrote nearby. Raise no version when it
changes: comments that are there stay, and new requests see the new words."""
_SHOWN_BY_REST = {"identifier", "code", "count", "boolean_flag", "free_text", "date_text"}


def table_card(
    table: Table,
    evidence: Mapping[str, Evidence],
    *,
    id: str | None,  # noqa: A002  the word that requests use
    neighbours: Sequence[str] = (),
) -> list[str]:
    """The lines that introduce a table.

    `id` is None where the table's comment is not asked for. `neighbours` are paths of columns that
    this request does not ask about; they are listed without ids. Of the evidence (by column path)
    only the number of rows is used.
    """
    lines = [f"{id or 'table'} {table_text(table, evidence)}"]
    return [*lines, neighbours_text(neighbours)] if neighbours else lines


def column_card(
    column: Column,
    evidence: Evidence | None,
    *,
    id: str,  # noqa: A002
    schema: str = "",
) -> str:
    """One line about one column that is asked about.

    `schema` is the table's own schema, which references leave out.
    """
    return f"{id} {column_text(column, evidence, schema=schema)}"


def table_text(table: Table, evidence: Mapping[str, Evidence]) -> str:
    """A table's line without its id: name, kind, rows, sources, existing comment."""
    facts = [_kind(table), _magnitude(evidence.values())]
    if table.sources:
        facts.append("reads " + ", ".join(short_name(s) for s in table.sources[:4]))
    if table.comment.strip():
        facts.append(f"now {quoted(table.comment, _COMMENT_LIMIT)}")
    return _line(short_name(table.name), [fact for fact in facts if fact])


def column_text(column: Column, evidence: Evidence | None, *, schema: str = "") -> str:
    """A column's line without its id."""
    facts = _facts(evidence, schema) if evidence else []
    if column.comment.strip():
        facts.append(f"now {quoted(column.comment, _COMMENT_LIMIT)}")
    name = neutralise(column.path, _NAME_LIMIT)
    return _line(f"{name} {neutralise(column.data_type, _TYPE_LIMIT)}", facts)


def neighbours_text(paths: Sequence[str]) -> str:
    """The line that names the columns that are not asked about, as many as fit."""
    names: list[str] = []
    size = 0
    for path in paths:
        name = neutralise(path, _NAME_LIMIT)
        size += len(name) + 2
        if size > _NEIGHBOURS_LIMIT and names:
            break
        names.append(name)
    rest = len(paths) - len(names)
    return "other columns: " + ", ".join(names) + (f" and {rest} more" if rest else "")


def house_text(item: HouseText, *, own: bool) -> str:
    """The line with what people wrote of a column or table that is not asked about.

    `own` says that the line stands under its own table, which it need not name.
    """
    path = neutralise(item.column, _NAME_LIMIT)
    if own:
        head = f"described {path}"
    else:
        head = f"elsewhere {short_name(item.table)}{'.' if path else ''}{path}"
    kind = f" {neutralise(item.data_type, _TYPE_LIMIT)}" if item.data_type else ""
    return _line(head + kind, [quoted(item.text, _HOUSE_LIMIT)])


def _line(head: str, facts: Sequence[str]) -> str:
    return cut(f"{head}: {'; '.join(facts)}" if facts else head, LINE_LIMIT)


def short_name(name: str) -> str:
    """A table's schema and name, neutralised; the catalog says nothing about meaning."""
    try:
        parts = split_path(name)[-2:]
    except ValueError:
        parts = (name,)
    return neutralise(".".join(parts), _NAME_LIMIT)


def short_schema(name: str) -> str:
    """The schema of a table's name as `short_name` writes it, '' where it has none."""
    return short_name(name).rpartition(".")[0]


def _kind(table: Table) -> str:
    return "" if table.kind == TableKind.TABLE else table.kind.value.replace("_", " ")


def _magnitude(evidence: Iterable[Evidence]) -> str:
    columns = list(evidence)
    rows = max((e.rows for e in columns), default=-1)
    if rows <= 0:
        return "" if rows < 0 else "empty"
    read = [e.rows_read for e in columns if e.sampled]
    return f"{compact(rows)} rows" + (f", {compact(max(read))} sampled" if read else "")


def _facts(evidence: Evidence, schema: str) -> list[str]:
    if evidence.rows_read == 0:
        return [fact for fact in (_key(evidence, schema),) if fact]
    if evidence.null_share >= 1:
        return [fact for fact in (_key(evidence, schema), "all null") if fact]
    facts = (
        _key(evidence, schema),
        f"personal {evidence.personal}" if evidence.personal else "",
        _semantic(evidence),
        _nulls(evidence.null_share),
        values_text(evidence),
    )
    return [fact for fact in facts if fact]


def _key(evidence: Evidence, schema: str) -> str:
    role = {"primary": "primary key", "unique": "unique"}.get(evidence.key_role, "")
    if evidence.key_with and not role:
        role = f"key together: {neutralise(evidence.key_with, _NAME_LIMIT)}"
    if not evidence.reference:
        return role
    target = neutralise(evidence.reference, _NAME_LIMIT)
    target = target.removeprefix(f"{schema}.") if schema else target
    return f"{role} ->{target}".strip()


def _semantic(evidence: Evidence) -> str:
    semantic = evidence.semantic
    if not semantic or semantic in _SHOWN_BY_REST or semantic == evidence.personal:
        return ""
    return neutralise(semantic, 24).replace("_", " ")


def _nulls(share: float) -> str:
    return f"{round(share * 100)}% null" if share >= 0.005 else ""
