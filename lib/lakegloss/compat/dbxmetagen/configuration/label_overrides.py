"""Reads the labels that people fixed in dbxmetagen's file of overrides, in both of its shapes."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lakegloss.compat.dbxmetagen.configuration.label_settings import NONE, PROTECTED
from lakegloss.core.labels.groups import LabelGroup
from lakegloss.core.labels.label_review import labels_of_tag
from lakegloss.core.labels.overrides import EVERY_COLUMN, LabelOverride
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.names import join_path
from lakegloss.core.review.cells import from_cell
from lakegloss.core.review.rows import FileLine
from lakegloss.core.selection import SESSION_CATALOG
from lakegloss.errors import ReviewFileError
from lakegloss.lakehouse.review.files import SheetFile, read_sheet

LABEL_FIELDS = ("classification", "type", "domain", "subdomain")
_ANY = ("", "*")
_NOTHING = {"none", "null", "nan"}
_PLACE = ("catalog", "schema", "table")


def is_override_header(names: Sequence[str]) -> bool:
    """Whether these are columns of a file of overrides."""
    fields = {"comment", "override_value", *LABEL_FIELDS}
    return bool({"table", "column"} & set(names)) and bool(fields & set(names))


def has_comments(path: Path) -> bool:
    """Whether a file of overrides has a column for comments.

    Raises:
        ReviewFileError: the file cannot be read, or is none of overrides.
    """
    return bool({"comment", "override_value"} & set(_opened(path).names))


def _opened(path: Path) -> SheetFile:
    sheet = read_sheet(path, is_override_header)
    if any(sheet.names) and not is_override_header(sheet.names):
        raise ReviewFileError(
            f"{path.name!r} has no columns of a file of overrides, but "
            f"{', '.join(sheet.names)[:200]!r}.",
            remedy="Its first row is catalog,schema,table,column,comment,classification,type,"
            "domain,subdomain or catalog,schema,table,column,override_type,override_value.",
        )
    return sheet


def label_overrides(path: Path, scheme: LabelScheme) -> tuple[list[LabelOverride], list[str]]:
    """The labels of a scheme that a file fixes, and what was left out with the reasons.

    A blank or `*` stands for any catalog, schema, table or column; of a domain, for the table.

    Raises:
        ReviewFileError: the file cannot be read.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
    """
    sheet = _opened(path)
    tags = tags_of_fields(scheme)
    fixed: list[LabelOverride] = []
    notes: list[str] = []
    for line in sheet.lines:
        for name, said in _fields(line).items():
            tag = tags.get(name, "")
            if not tag or not said:
                continue
            value = label_meant(said, name, scheme, tag)
            if line.problem or line.formulas:
                notes.append(f"{path.name}, line {line.number}: it cannot be read as plain cells")
            elif value is None:
                notes.append(
                    f"{path.name}, line {line.number}: {said[:60]!r} is no label of the tag {tag!r}"
                )
            else:
                fixed.append(
                    LabelOverride(
                        pattern=_pattern(line), column=_column(line, name), tag=tag, value=value,
                        origin=path.name,
                    )
                )  # fmt: skip
    return fixed, notes


def tags_of_fields(scheme: LabelScheme) -> dict[str, str]:
    """The tag that each of dbxmetagen's columns speaks of; '' where the scheme has none."""
    own = (scheme.protected_tag, scheme.group_tag, scheme.domain_tag, scheme.subdomain_tag)
    return dict(zip(LABEL_FIELDS, own, strict=True))


def _fields(line: FileLine) -> Mapping[str, str]:
    kind = _cell(line, "override_type").lower()
    if kind:
        return {kind: _cell(line, "override_value")}
    return {name: _cell(line, name) for name in LABEL_FIELDS}


def label_meant(said: str, name: str, scheme: LabelScheme, tag: str) -> str | None:
    """The value that is written; '' for none, None where the scheme has no such label.

    Args:
        name: the column that it stands in (`LABEL_FIELDS`).
    """
    plain = "_".join(said.casefold().replace("-", " ").split())
    if plain in _NOTHING:
        return scheme.none_value if tag in (scheme.group_tag, scheme.protected_tag) else ""
    if name == "classification":
        known = {PROTECTED, "pi", "medical_information", *LabelGroup}
        return scheme.protected_value if plain in known else None
    own = {"_".join(v.casefold().replace("-", " ").split()): v for v in _labels(scheme, tag)}
    return own.get(plain)


def _labels(scheme: LabelScheme, tag: str) -> Iterator[str]:
    yield from (value for value in labels_of_tag(scheme, tag) if value != NONE)


def _pattern(line: FileLine) -> str:
    parts = [part.strip("`").lower() for part in (_cell(line, name) for name in _PLACE)]
    while parts and (parts[0] in _ANY or parts[0] == SESSION_CATALOG) and len(parts) > 1:
        parts = parts[1:]
    return join_path(tuple(part if part not in _ANY else "*" for part in parts))


def _column(line: FileLine, name: str) -> str:
    column = _cell(line, "column")
    if column.lower() in _NOTHING or name in {"domain", "subdomain"}:
        return ""
    return EVERY_COLUMN if column in _ANY else column


def _cell(line: FileLine, name: str) -> str:
    return from_cell(line.cells.get(name, "")).strip()
