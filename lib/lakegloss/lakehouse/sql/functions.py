"""SQL functions over a served model: one template for Unity Catalog and for local sessions.

A SQL function cannot read a table whose name it is given, so they read lakegloss' own views: the
inventory says what columns a table has, the evidence what its data shows. The template's parts in
braces are filled with quoted names, never with text of a caller's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lakegloss.core.ddl import literal
from lakegloss.core.names import quote_parts
from lakegloss.drafting.table_cards import COMMENT_RESULT

COLUMN_COMMENTS = "lakegloss_column_comments"
TABLE_COMMENT = "lakegloss_table_comment"
COMMENT_QUALITY = "lakegloss_comment_quality"
FUNCTIONS = (COLUMN_COMMENTS, TABLE_COMMENT, COMMENT_QUALITY)

RETURN_TYPE = f"STRUCT<{COMMENT_RESULT}>"
"""What `ai_query` is to read an answer as: parts of the model's own signature are of any type."""

_FACTS = (
    "null_share", "distinct", "rows_read", "distinct_exact", "minimum", "maximum", "mean",
    "mean_length", "frequent", "shapes", "semantic", "personal", "key_role", "reference", "masked",
)  # fmt: skip
_CARDS = """\
SELECT i.`table`,
         max(CASE WHEN i.`column` = '' THEN i.`comment` END) AS `comment`,
         max(e.`rows`) AS `rows`,
         transform(
           array_sort(collect_list(CASE WHEN i.`column` <> '' THEN struct(
             i.`position` AS `position`, i.`column` AS `name`, i.`data_type` AS `type`,
             i.`comment` AS `comment`, {facts}) END)),
           c -> named_struct('name', c.`name`, 'type', c.`type`, 'comment', c.`comment`,
             {named})) AS `columns`
  FROM {inventory} i
  LEFT JOIN {evidence} e ON e.`table` = i.`table` AND e.`column` = i.`column`
  WHERE lower(i.`table`) = lower(table_name) AND i.`present`
  GROUP BY i.`table`"""
_ASKED = """\
SELECT ai_query({endpoint}, named_struct(
         'table', k.`table`, 'comment', k.`comment`, 'rows', k.`rows`, 'columns', k.`columns`,
         'task', {task}{choices}), returnType => {returns}, failOnError => false) AS `a`
  FROM (
  {cards}) k"""
_COLUMNS = """\
RETURN SELECT c.`column`, c.`comment`, c.`source`, c.`checks`, c.`reason`, q.`error`, q.`version`
  FROM (SELECT explode_outer(`a`.{result}.`comments`) AS `c`,
          coalesce(`a`.{error}, nullif(`a`.{result}.`error`, ''),
            `a`.{result}.`problem`) AS `error`,
          `a`.{result}.`version` AS `version`
        FROM ({asked})) AS q (`c`, `error`, `version`)
  WHERE c IS NULL OR c.`column` <> ''"""
_TABLE = """\
RETURN SELECT c.`comment`, c.`source`, c.`checks`, c.`reason`, q.`error`, q.`version`
  FROM (SELECT get(filter(`a`.{result}.`comments`, x -> x.`column` = ''), 0) AS `c`,
          coalesce(`a`.{error}, nullif(`a`.{result}.`error`, ''),
            `a`.{result}.`problem`) AS `error`,
          `a`.{result}.`version` AS `version`
        FROM ({asked})) AS q (`c`, `error`, `version`)"""
_QUALITY = """\
RETURN SELECT c.`column`, c.`score`, c.`problems`, q.`error`
  FROM (SELECT explode_outer(`a`.{result}.`quality`) AS `c`,
          coalesce(`a`.{error}, `a`.{result}.`error`) AS `error`
        FROM ({asked})) AS q (`c`, `error`)"""
_HEAD = "CREATE OR REPLACE {temporary}FUNCTION {name}(table_name STRING{about})\n"
_MADE = "`comment` STRING, `source` STRING, `checks` ARRAY<STRING>, `reason` STRING, `error` STRING"
_BODIES = {
    COLUMN_COMMENTS: (
        f"RETURNS TABLE (`column` STRING, {_MADE}, `version` STRING)",
        "New comments for the columns of a table of the inventory, checked against its data.",
        _COLUMNS,
        "comments",
        ", 'policy', 'all'",
    ),
    TABLE_COMMENT: (
        f"RETURNS TABLE ({_MADE}, `version` STRING)",
        "A new comment for a table of the inventory, checked against its data.",
        _TABLE,
        "comments",
        ", 'policy', 'all'",
    ),
    COMMENT_QUALITY: (
        "RETURNS TABLE (`column` STRING, `score` DOUBLE, `problems` ARRAY<STRING>, `error` STRING)",
        "What is wrong with the comments that a table and its columns have; 1 is nothing.",
        _QUALITY,
        "quality",
        "",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlTarget:
    """Where the functions live and what they read.

    Attributes:
        schema: catalog and schema of lakegloss' own tables, as parts; the functions are made there
            unless `temporary`.
        endpoint: the served model's name.
        result, error: what the session's `ai_query` calls the fields of its answers.
    """

    schema: tuple[str, ...]
    endpoint: str
    temporary: bool = False
    result: str = "result"
    error: str = "errorMessage"

    def name(self, function: str) -> str:
        """The function's quoted name."""
        return quote_parts((function,) if self.temporary else (*self.schema, function))


def render(function: str, target: SqlTarget) -> str:
    """The statement that makes a function."""
    returns, about, body, task, choices = _BODIES[function]
    asked = _ASKED.format(
        endpoint=literal(target.endpoint),
        task=literal(task),
        returns=literal(RETURN_TYPE),
        choices=choices,
        cards=_CARDS.format(
            inventory=quote_parts((*target.schema, "inventory_latest")),
            evidence=quote_parts((*target.schema, "evidence_latest")),
            facts=_lines(f"e.`{fact}` AS `{fact}`" for fact in _FACTS),
            named=_lines(f"'{fact}', c.`{fact}`" for fact in _FACTS),
        ),
    )
    head = _HEAD.format(
        temporary="TEMPORARY " if target.temporary else "",
        name=target.name(function),
        about=" COMMENT 'catalog.schema.table, as the inventory has it'",
    )
    filled = body.format(
        asked=asked, result=quote_parts((target.result,)), error=quote_parts((target.error,))
    )
    return f"{head}{returns}\nCOMMENT {literal(about)}\n{filled}"


def _lines(parts: Iterable[str]) -> str:
    """Parts with commas between them, four a line."""
    listed = list(parts)
    lines = (", ".join(listed[at : at + 4]) for at in range(0, len(listed), 4))
    return (",\n" + " " * 13).join(lines)


def example(function: str, target: SqlTarget, pattern: str) -> str:
    """A whole schema in one statement: what the function says of each of its tables.

    Args:
        pattern: of LIKE, such as `main.sales.%`.
    """
    inventory = quote_parts((*target.schema, "inventory_latest"))
    return (
        f"SELECT t.`table`, f.*\nFROM (SELECT DISTINCT `table` FROM {inventory}\n"
        f"      WHERE `present` AND `table` LIKE {literal(pattern)}) t,\n"
        f"  LATERAL {target.name(function)}(t.`table`) f\nORDER BY ALL"
    )
