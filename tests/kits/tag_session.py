"""A session whose catalog has tags as Unity Catalog has them, which open-source Spark does not.

It understands the statements that lakegloss writes about tags and the queries by which it reads
them, and refuses what the platform refuses, in its words: governed tags with other values or
without ASSIGN, rights, more than 50 tags, parts of columns, one statement about two columns.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from pyspark.errors import AnalysisException, ParseException

_NAME = r"(?:`(?:[^`]|``)*`)"
_PATH = rf"{_NAME}(?:\.{_NAME})*"
_TEXT = r"'(?:[^'\\]|\\.)*'"
_ALTER = re.compile(
    rf"ALTER (TABLE|VIEW|MATERIALIZED VIEW|STREAMING TABLE) ({_PATH})"
    rf"(?: ALTER COLUMN ({_PATH}))? (SET|UNSET) TAGS \((.*)\)",
    re.DOTALL,
)
_READ = re.compile(r"FROM `([^`]*)`\.information_schema\.(table|column)_tags")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a"}


@dataclass
class TagSession:
    """Keeps tags by table, column ('' for the table's own) and name.

    Attributes:
        views: tables that are views; governed: allowed values by tag; assignable: governed tags
            that this identity may assign; late: how many reads still show the tags from before.
        findings: rows of Databricks' data classification; None where it is not enabled.
    """

    tags: dict[tuple[str, str, str], str] = field(default_factory=dict)
    views: frozenset[str] = frozenset()
    governed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    assignable: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    findings: list[dict[str, str]] | None = None
    conflicts: int = 0
    statements: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)

    def sql(self, statement: str) -> Any:
        if statement.startswith("SELECT"):
            return self._query(statement)
        self.statements.append(statement)
        self._alter(statement)
        return SimpleNamespace(collect=list)

    def _query(self, statement: str) -> Any:
        self.queries.append(statement)
        if "system.data_classification.results" in statement:
            assert "samples" not in statement
            if self.findings is None:
                raise AnalysisException("[TABLE_OR_VIEW_NOT_FOUND] The table cannot be found.")
            rows = [SimpleNamespace(**row) for row in self.findings]
            return SimpleNamespace(collect=lambda: rows)
        found = _READ.search(statement)
        assert found, statement
        if found[1] == "hive_metastore":
            raise AnalysisException("[TABLE_OR_VIEW_NOT_FOUND] The table cannot be found.")
        wants_columns = found[2] == "column"
        rows = []
        for (table, column, tag), value in self.tags.items():
            catalog, schema, name = table.split(".")
            if catalog == found[1] and bool(column) == wants_columns:
                rows.append(
                    SimpleNamespace(
                        schema_name=schema, table_name=name, column_name=column, tag_name=tag,
                        tag_value=value,
                    )
                )  # fmt: skip
        return SimpleNamespace(collect=lambda: rows)

    def _alter(self, statement: str) -> None:
        found = _ALTER.fullmatch(statement)
        if not found:
            raise ParseException(f"[PARSE_SYNTAX_ERROR] Syntax error at {statement[:30]!r}")
        noun, table, column, verb, listed = found.groups()
        name = ".".join(_parts(table))
        if self.conflicts:
            self.conflicts -= 1
            raise AnalysisException("[DELTA_METADATA_CHANGED] MetadataChangedException")
        if (noun == "VIEW") != (name in self.views) and not (noun == "TABLE" and column):
            raise AnalysisException("[EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE] expects a table")
        if name in self.forbidden:
            raise AnalysisException(
                "[PERMISSION_DENIED] User does not have APPLY TAG on Table 'main.s.t'."
            )
        path = _parts(column) if column else ("",)
        if len(path) > 1:
            raise AnalysisException("[INVALID_PARAMETER_VALUE] nested columns have no tags")
        self._change(name, path[0], verb, _pairs(listed))

    def _change(self, table: str, column: str, verb: str, pairs: dict[str, str]) -> None:
        for tag, value in pairs.items():
            if tag in self.governed and tag not in self.assignable:
                raise AnalysisException(
                    f"[PERMISSION_DENIED] User does not have ASSIGN on tag policy {tag}."
                )
            if verb == "SET" and tag in self.governed and value not in self.governed[tag]:
                raise AnalysisException(
                    f"[INVALID_PARAMETER_VALUE.INVALID_PARAMETER_VALUE] Tag value {value} is not "
                    f"an allowed value for tag policy key {tag}. Allowed values: []"
                )
        own = {key for key in self.tags if key[:2] == (table, column)}
        if verb == "SET" and len(own | {(table, column, tag) for tag in pairs}) > 50:
            raise AnalysisException("[INVALID_PARAMETER_VALUE] exceeds the maximum of 50 tags")
        for tag, value in pairs.items():
            if verb == "SET":
                self.tags[table, column, tag] = value
            else:
                self.tags.pop((table, column, tag), None)


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part[1:-1].replace("``", "`") for part in re.findall(_NAME, path))


def _pairs(listed: str) -> dict[str, str]:
    """Tags of a list; a list that mixes tags with and without a value is refused."""
    pairs, rest = {}, listed
    while rest:
        found = re.match(rf"({_TEXT})(?: = ({_TEXT}))?(?:, |$)", rest, re.DOTALL)
        if not found or _text(found[1]) in pairs:
            raise ParseException(f"[PARSE_SYNTAX_ERROR] Syntax error at {rest[:20]!r}")
        pairs[_text(found[1])] = _text(found[2]) if found[2] else ""
        rest = rest[found.end() :]
    return pairs


def _text(literal: str) -> str:
    text = re.sub(
        r"\\u([0-9a-f]{4})",
        lambda found: chr(int(found[1], 16)),
        literal[1:-1].replace(r"\\", "\0"),
    )
    plain = re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text, flags=re.DOTALL)
    return plain.replace("\0", "\\")
