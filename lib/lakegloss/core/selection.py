"""Selects the tables of a command by patterns such as `sales.*` or `main.crm.customers`."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase

from lakegloss.core.ddl import literal
from lakegloss.core.names import join_path, own_name, schema_of, split_path
from lakegloss.errors import AssetNotFoundError

SESSION_CATALOG = "spark_catalog"
_SHOWN = 10
_LESS = 0.15
"""So much less like what was typed than the best: not meant."""
_EMPTY = (
    "Name the catalog, the schema or the home folder that holds the tables, and check the right to "
    "see them; `lakegloss demo` makes some for a try."
)
_LIKE = str.maketrans({"*": "%", "?": "_", "%": "!%", "_": "!_", "!": "!!"})


def canonical_schema(parts: tuple[str, ...], current: str) -> tuple[str, ...]:
    """Give a schema its one name: one part in `spark_catalog` where that is current, else two.

    Args:
        parts: the schema's name, with its catalog or without (then the current one is meant).
        current: the session's current catalog.
    """
    if len(parts) == 1:
        parts = (current, *parts)
    elif parts[0].lower() == current.lower():
        parts = (current, *parts[1:])
    return parts[1:] if parts[0] == current == SESSION_CATALOG else parts


def canonical(patterns: Sequence[str], current: str) -> list[str]:
    """Write patterns in the form of table names, each once; a pattern without a dot is a schema.

    Names in `spark_catalog` have two parts where that is the current catalog; all others three.
    """
    unique: dict[str, None] = {}
    for pattern in patterns:
        parts = _parts(pattern)
        whole = (*parts, "*") if len(parts) == 1 else parts
        unique[join_path((*canonical_schema(whole[:-1], current), whole[-1]))] = None
    return list(unique)


def leave_out(names: Collection[str], exclude: Sequence[str]) -> list[str]:
    """The names that no pattern of `exclude` matches, in their order.

    A pattern that matches nothing is no error: it may be kept for tables to come.

    Raises:
        AssetNotFoundError: there are names, and none is left.
    """
    out = matching(names, exclude)
    left = [name for name in names if name not in out]
    if names and not left:
        raise AssetNotFoundError(
            f"exclude ({', '.join(exclude)}) leaves out all {len(names)} tables that are selected.",
            remedy="Narrow exclude, or select other tables.",
        )
    return left


def unmatched(names: Collection[str], exclude: Sequence[str]) -> list[str]:
    """The patterns of `exclude` that match none of the names: a slip, or for tables to come."""
    return [pattern for pattern in exclude if not matching(names, [pattern])]


def select(names: Collection[str], patterns: Sequence[str], *, where: str = "") -> list[str]:
    """The names that match a pattern, sorted, each once; no pattern selects all.

    `*` stands for any text within one part; names compare without case. A pattern without a dot
    is a schema.

    Args:
        where: the place that was searched, for the message: `in the catalog 'main'`.

    Raises:
        AssetNotFoundError: a pattern matches nothing, or without patterns there are no names.
    """
    if not names and not patterns:
        raise AssetNotFoundError(f"There is no table {where or 'here'}.", remedy=_EMPTY)
    chosen: set[str] = set(() if patterns else names)
    for pattern in patterns:
        matches = matching(names, [pattern])
        if not matches:
            raise AssetNotFoundError(
                f"No table {where}{' ' if where else ''}matches {pattern!r}.",
                remedy=_hint(names, pattern),
            )
        chosen |= matches
    return sorted(chosen)


def matching(names: Collection[str], patterns: Sequence[str]) -> set[str]:
    """The names that match any of the patterns."""
    part_patterns = [_pattern_parts(pattern) for pattern in patterns]
    return {name for name in names if any(_matches(_parts(name), parts) for parts in part_patterns)}


def covers_schema(schema: str, patterns: Sequence[str]) -> bool:
    """Whether a schema may hold tables that the patterns select."""
    parts = _parts(schema)
    return any(_matches(parts, _pattern_parts(pattern)[:-1]) for pattern in patterns)


def names_schema(schema: str, patterns: Sequence[str]) -> bool:
    """Whether a pattern names exactly this schema, without a `*` or `?`."""
    schema_parts = tuple(part.lower() for part in _parts(schema))
    return any(_pattern_parts(pattern)[:-1] == schema_parts for pattern in patterns)


def like_any(column: str, patterns: Sequence[str]) -> str:
    """Write an SQL condition that holds for all names that match, and perhaps for a few others."""
    likes = (
        f"lower(`{column}`) LIKE {literal(pattern.lower().translate(_LIKE))} ESCAPE '!'"
        for pattern in patterns
    )
    return " OR ".join(likes) or "false"


def _pattern_parts(pattern: str) -> tuple[str, ...]:
    parts = _parts(pattern.lower())
    return (*parts, "*") if len(parts) == 1 else parts


def _matches(parts: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    return len(parts) == len(patterns) and all(
        fnmatchcase(part.lower(), pattern.replace("[", "[[]"))
        for part, pattern in zip(parts, patterns, strict=True)
    )


def _parts(name: str) -> tuple[str, ...]:
    try:
        return split_path(name)
    except ValueError:  # a typing mistake: it matches nothing, and `select` gives a hint
        return tuple(name.split("."))


def did_you_mean(wanted: str, names: Collection[str]) -> str:
    """Ask whether a near name was meant, compared without case; '' where none is near."""
    return _asked(_near(wanted, {name: name for name in sorted(names)}))


def _near(wanted: str, names: Mapping[str, str]) -> list[str]:
    """At most three names that may have been meant, the likeliest first.

    Args:
        names: what each is compared by, by the whole name.
    """
    parts = {part.lower() for part in names.values()}
    near = difflib.get_close_matches(wanted.lower(), parts, n=3, cutoff=0.6)
    likeness = [difflib.SequenceMatcher(a=part, b=wanted.lower()).ratio() for part in near]
    near = [part for part, like in zip(near, likeness, strict=True) if like > likeness[0] - _LESS]
    return [whole for part in near for whole, own in names.items() if own.lower() == part][:3]


def _asked(near: Sequence[str]) -> str:
    return f"Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""


def _hint(names: Collection[str], pattern: str) -> str:
    schemas = sorted({schema_of(name) for name in names})
    if not schemas:
        return _EMPTY
    *space, table = _pattern_parts(pattern)
    inside = sorted(name for name in names if _matches(_parts(schema_of(name)), tuple(space)))
    near = _near(table, {name: own_name(name) for name in inside or sorted(names)})
    if not inside:  # parts are compared one by one: catalogs and stars are alike in all names
        near = [*_near_schemas(space[-1] if space else table, schemas, table, names), *near]
    if near:
        return _asked(list(dict.fromkeys(near))[:3])
    more = f" and {len(schemas) - _SHOWN} more" if len(schemas) > _SHOWN else ""
    return f"Schemas with tables: {', '.join(schemas[:_SHOWN])}{more}."


def _near_schemas(
    wanted: str, schemas: Collection[str], table: str, names: Collection[str]
) -> list[str]:
    """Patterns of the schemas that may have been meant, with the table where they have it."""
    near = _near(wanted, {schema: own_name(schema) for schema in schemas})
    exact = [f"{schema}.{table}" for schema in near]
    there = {name.lower() for name in names}
    return [
        one if one.lower() in there else f"{schema}.*"
        for one, schema in zip(exact, near, strict=True)
    ]
